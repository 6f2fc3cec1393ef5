"""The commands of docs/api.md, run as they stand there."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from daemons import PATIENCE_S, ROOT, Daemon, Place
from delivery import deliveries_in
from pdfs import numbered_pdf
from simulator import Latency, Setup, Simulator


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl: apt-get install curl")
def test_the_commands_of_the_guide_to_the_api_do_what_it_says(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "api.md").read_text()
    script = "\n".join(re.findall(r"```sh\n(.*?)```", guide, re.DOTALL))
    numbered_pdf(tmp_path / "report.pdf", 2)
    with Simulator(Setup(slots=2, latency=Latency(seconds=0.01))) as sim:
        place = Place(tmp_path, server=sim.url, workers=2, web={"port": 0})
        with Daemon(place) as daemon:
            url = str(daemon.wait_for("web_page")["url"])
            commands = "set -euo pipefail\n" + script.replace("PAGE=http://127.0.0.1:62162", f"PAGE={url}")
            done = subprocess.run(
                ["bash", "-c", commands], cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE_S, check=False
            )
            assert done.returncode == 0, done.stderr
            daemon.wait_for("published", document="report.pdf", count=2)
            assert daemon.stop() == 0
    assert '{"name":"report.pdf","folder":"statements"}' in done.stdout
    assert '"taken":["statements/report"]' in done.stdout
    assert "There is no such document in the list." in done.stdout
    assert {name for name in ("html", "xlsx", "csv.zip", "md", "pdf") if (tmp_path / f"report.{name}").stat().st_size}
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
    assert json.loads((tmp_path / "document.json").read_bytes())["document"]["file"] == "statements/report"
    assert json.loads((tmp_path / "openapi.json").read_bytes())["openapi"] == "3.1.0"
    assert deliveries_in(place.outbox)["statements/report"].methods == {"vision": 2}
