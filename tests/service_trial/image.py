"""What the trial's machine is started from: a Debian of its own, and a disk with the project on it."""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from pdfs import numbered_pdf

ROOT = Path(__file__).resolve().parents[2]
_TESTS = ROOT / "tests"
_SUITE, _PYTHON = "bookworm", "3.11"
_PACKAGES = (
    *("systemd", "systemd-sysv", "dbus", "libpam-systemd", "dbus-user-session", "iproute2", "procps"),
    *("python3", "python3-venv", "linux-image-cloud-amd64", "initramfs-tools"),
)
# The kernel gives the disks their names in this order: the system, the project.
_UNIT = """\
[Unit]
Description=The trial of the service
SuccessAction=poweroff-force
FailureAction=poweroff-force

[Service]
ExecStart=/bin/sh -ec 'exec >/dev/ttyS1 2>&1; tar -x -C /opt -f /dev/vdb; exec sh -e /opt/begin'

[Install]
WantedBy=multi-user.target
"""
_TOOLS = ("mmdebstrap", "mke2fs", "qemu-system-x86_64")
_PLATFORMS = ("manylinux2014_x86_64", "manylinux_2_17_x86_64", "manylinux_2_28_x86_64")
_BEGIN = """\
python3 -m venv --without-pip /opt/dropleaf
mv /opt/site/* /opt/dropleaf/lib/python3*/site-packages
mv /opt/script /opt/dropleaf/bin/dropleaf
cd /opt/tests
exec python3 -m service_trial.guest
"""
_SCRIPT = """\
#!/opt/dropleaf/bin/python3
from pipeline.commands.main import main
main()
"""


def missing_tools() -> list[str]:
    """What has to be installed first."""
    return [tool for tool in _TOOLS if shutil.which(tool) is None]


def make_system(folder: Path) -> None:
    """Build ``system.img``, ``kernel`` and ``initrd`` in a folder; minutes, most of them spent on downloads.

    Nothing of it runs in this machine's own name spaces of mounts and processes.
    """
    tree, archive = folder / "tree", folder / "system.tar"
    include = f"--include={','.join(_PACKAGES)}"
    subprocess.run(["mmdebstrap", "--variant=minbase", "--mode=unshare", include, _SUITE, str(archive)], check=True)
    tree.mkdir()
    # As root of a name space of one's own, so that files get their owners and no right of the real root is needed.
    unshared = [] if os.getuid() == 0 else ["unshare", "--map-auto", "--map-root-user"]
    script = """
        tar -x --exclude='./dev/*' -f "$1" -C "$2"
        printf '%s' "$3" >"$2/etc/systemd/system/service-trial.service"
        ln -s ../service-trial.service "$2/etc/systemd/system/multi-user.target.wants/"
        echo '/dev/vda / ext4 rw 0 1' >"$2/etc/fstab"
        cp "$2"/boot/vmlinuz-* "$4/kernel"; cp "$2"/boot/initrd.img-* "$4/initrd"
        mke2fs -q -t ext4 -d "$2" "$4/system.tmp" 3G
        rm -r "$2" "$1"
    """
    words = [str(archive), str(tree), _UNIT, str(folder)]
    subprocess.run([*unshared, "sh", "-ec", script, "sh", *words], check=True)
    (folder / "system.tmp").rename(folder / "system.img")


def make_project(folder: Path) -> None:
    """Build ``project.tar`` in a folder: the project as pip installs it there, the trials, the samples."""
    made = folder / "made"
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir()
    (made / "begin").write_text(_BEGIN)
    (made / "script").write_text(_SCRIPT)
    (made / "script").chmod(0o755)
    (made / "samples").mkdir()
    numbered_pdf(made / "samples" / "short.pdf", 3)
    numbered_pdf(made / "samples" / "long.pdf", 8, document=1)
    platforms = [f"--platform={name}" for name in _PLATFORMS]
    target = ["--only-binary=:all:", f"--python-version={_PYTHON}", *platforms, f"--target={made / 'site'}"]
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    # Its wheel first, since only wheels may be installed for another machine.
    subprocess.run([*pip, "wheel", "--no-deps", f"--wheel-dir={made}", str(ROOT)], check=True)
    subprocess.run([*pip, "install", *target, *map(str, made.glob("*.whl"))], check=True)
    with tarfile.open(folder / "project.tar", "w") as disk:
        for name in ("begin", "script", "site"):
            disk.add(made / name, name)
        disk.add(made / "samples", "tests/samples")
        for name in ("simulator", "service_trial"):
            disk.add(_TESTS / name, f"tests/{name}")
