"""`make service-trial`: the printed unit under a real systemd, with a real journal, in a machine that is emulated.

Nothing is shared with this machine but two disk images, of which the machine inside writes to neither, and the line by
which it tells how the trials went.  Needs Debian's mmdebstrap, e2fsprogs and qemu-system-x86; takes about ten minutes,
and as many more the first time.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

from service_trial.image import ROOT, make_project, make_system, missing_tools

_LONGEST_S = 3600


def main() -> int:
    """Build what is missing, run, and print what the machine says; 0 where all went well."""
    parser = argparse.ArgumentParser(prog="service_trial", description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "service-trial", help="of the disk images")
    parser.add_argument("--accelerator", default="tcg", help="of qemu; kvm where it works")
    arguments = parser.parse_args()
    if missing := missing_tools():
        sys.stderr.write(f"not installed: {', '.join(missing)}\n")
        return 1
    folder: Path = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "system.img").exists():
        make_system(folder)
    make_project(folder)
    return run(folder, arguments.accelerator)


def run(folder: Path, accelerator: str) -> int:
    """Start the machine and wait for its end; 0 where it told that there was no fault."""
    started, last = time.monotonic(), ""
    with subprocess.Popen(
        _command(folder, accelerator), stdout=subprocess.PIPE, text=True, errors="replace"
    ) as machine:
        assert machine.stdout is not None
        try:
            for line in machine.stdout:
                last = line.strip() or last
                sys.stdout.write(f"{time.monotonic() - started:5.0f} s  {line.rstrip()}\n")
                sys.stdout.flush()
        finally:
            machine.terminate()
    if last != "END 0":
        sys.stderr.write(f"not all went well; what the machine said at its start is in {folder / 'console.log'}\n")
    return 0 if last == "END 0" else 1


def _command(folder: Path, accelerator: str) -> list[str]:
    kernel = ["-kernel", str(folder / "kernel"), "-initrd", str(folder / "initrd")]
    kernel += ["-append", "root=/dev/vda rw console=ttyS0 quiet mitigations=off no_timer_check"]
    disks = [f"file={folder / name},format=raw,if=virtio,{how}" for name, how in _DISKS.items()]
    return [
        *("timeout", "--kill-after=10", str(_LONGEST_S), "qemu-system-x86_64"),
        *("-accel", accelerator, "-cpu", "Nehalem", "-smp", "2", "-m", "2048"),
        *("-nodefaults", "-display", "none", "-no-reboot", "-nic", "none"),
        *kernel,
        *(word for disk in disks for word in ("-drive", disk)),
        *("-serial", f"file:{folder / 'console.log'}", "-serial", "stdio"),
    ]


_DISKS = {"system.img": "snapshot=on", "project.tar": "readonly=on"}


if __name__ == "__main__":
    sys.exit(main())
