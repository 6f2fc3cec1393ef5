"""``make pictures``: draw the README's picture anew, from the sample and what the built-in engine makes of it."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from pipeline.pictures.render import ImageSize, PdfFile

SAMPLE = Path("pipeline/commands/samples/census-disability-2010.pdf")
PICTURE = Path("docs/pictures/result.png")
WIDTH, HEIGHT = 1500, 960
# The result is shown at half its size, so that as much of it is seen as of the page.
FRAME = """<!DOCTYPE html><style>body{{margin:0;display:flex;gap:16px;background:#dfe3e8;overflow:hidden}}
img,div{{height:{height}px;width:{half}px;object-fit:contain;object-position:top;background:#fff;overflow:hidden}}
iframe{{height:200%;width:200%;border:0;transform:scale(.5);transform-origin:0 0}}</style>
<img src="page.png"><div><iframe src="result/{stem}.html"></iframe></div>"""


def main() -> None:
    """Convert the sample, put page and result side by side, and have a browser draw them."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        sys.exit("This needs chromium: apt-get install chromium")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = [
            sys.executable,
            "-m",
            "pipeline",
            "convert",
            str(SAMPLE),
            "--engine",
            "basic",
            "-o",
            str(folder / "result"),
        ]
        subprocess.run([*command, "--pages", "1"], check=True)
        with PdfFile(SAMPLE) as pdf:
            (folder / "page.png").write_bytes(pdf.render(1, ImageSize(longest_side_px=HEIGHT, colour=True)).data)
        frame = folder / "frame.html"
        frame.write_text(FRAME.format(height=HEIGHT, half=WIDTH // 2 - 8, stem=SAMPLE.stem))
        PICTURE.parent.mkdir(exist_ok=True)
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--allow-file-access-from-files"]
        size = f"--window-size={WIDTH},{HEIGHT}"
        shot = [browser, *flags, size, f"--user-data-dir={folder / 'profile'}", f"--screenshot={PICTURE}", str(frame)]
        subprocess.run(shot, check=True, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
