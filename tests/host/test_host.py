"""What Windows' Python lacks is used in this folder alone.

What it lacks is read from the types of the standard library that mypy brings along: a name that is there on Linux and
not on Windows.
"""

import ast
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import mypy

PACKAGE = Path(__file__).resolve().parents[2] / "pipeline"
TYPES = Path(mypy.__file__).parent / "typeshed" / "stdlib"
#: Names the kernel's own interfaces, and is entered where :func:`pipeline.sandbox.policy.try_out` finds them only.
LINUX_ALONE = {"landlock.py", "seccomp.py"}
MODULES = sorted(
    path.relative_to(PACKAGE).as_posix()
    for path in PACKAGE.rglob("*.py")
    if path.relative_to(PACKAGE).parts[0] != "host" and path.name not in LINUX_ALONE
)


def holds(test: ast.expr, platform: str) -> bool:
    """Whether a condition of a types file is true there; of other conditions it is taken that it is."""
    match test:
        case ast.BoolOp(op=ast.And(), values=values):
            return all(holds(each, platform) for each in values)
        case ast.BoolOp(op=ast.Or(), values=values):
            return any(holds(each, platform) for each in values)
        case ast.Compare(
            left=ast.Attribute(value=ast.Name(id="sys"), attr="platform"),
            ops=[ast.Eq() | ast.NotEq() as operator],
            comparators=[ast.Constant(value=name)],
        ):
            return (platform == name) is isinstance(operator, ast.Eq)
        case ast.Compare(left=ast.Attribute(value=ast.Name(id="sys"), attr="version_info"), ops=[operator]):
            return isinstance(operator, ast.GtE)
        case _:
            return True


def names_in(body: Iterable[ast.stmt], platform: str) -> Iterator[str]:
    for node in body:
        match node:
            case ast.If(test=test, body=yes, orelse=no):
                yield from names_in(yes if holds(test, platform) else no, platform)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)]):
                yield name
            case ast.ImportFrom(module=str(module), names=[ast.alias(name="*")]):
                yield from names_of(module, platform)
            case ast.ImportFrom(names=aliases):  # what is given the name that it has already is passed on
                yield from (alias.name for alias in aliases if alias.asname == alias.name)
            case _:
                pass


@cache
def names_of(module: str, platform: str) -> frozenset[str]:
    """What a module of the standard library holds on a system; nothing where it has no types of its own."""
    path = TYPES.joinpath(*module.split("."))
    file = path / "__init__.pyi" if path.is_dir() else path.with_suffix(".pyi")
    if not file.exists():
        return frozenset()
    members = names_in(ast.parse(file.read_text(encoding="utf-8")).body, platform)
    enums = {"signal": ("Signals",)}.get(module, ())
    inner = (
        names_in(node.body, platform)
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and node.name in enums
    )
    return frozenset(members).union(*inner)


def lacks(module: str, name: str) -> bool:
    """Whether Linux has it and Windows does not; a module that is Unix' own holds nothing on Windows."""
    return name in names_of(module, "linux") - names_of(module, "win32")


def uses(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(module), names=aliases, level=0) if module in sys.stdlib_module_names:
                yield from (f"{module}.{each.name}" for each in aliases if lacks(module, each.name))
            case ast.Import(names=aliases):
                yield from (each.name for each in aliases if is_of_unix(each.name))
            case ast.Attribute(value=ast.Name(id=module), attr=name) if lacks(module, name):
                yield f"{module}.{name}"


def is_of_unix(module: str) -> bool:
    """Whether all that it holds is missing on Windows."""
    linux, windows = ({name for name in names_of(module, on) if name[0] != "_"} for on in ("linux", "win32"))
    return bool(linux) and not windows


def test_the_types_tell_what_windows_lacks() -> None:
    source = "import fcntl, resource, pwd, os, json, termios\nfrom os import fork\n"
    calls = "os.pidfd_open os.setxattr os.O_NOFOLLOW os.open os.eventfd signal.SIGKILL signal.SIGTERM socket.AF_INET"
    more = "socket.AF_UNIX select.poll socket.send_fds socket.recv_fds os.killpg os.pread os.waitpid os.getuid"
    found = set(uses(ast.parse(source + "\n".join(f"{calls} {more}".split()))))

    assert found == {
        *("fcntl", "resource", "pwd", "termios", "os.fork", "os.pidfd_open", "os.setxattr", "os.O_NOFOLLOW"),
        *("os.eventfd", "signal.SIGKILL", "socket.AF_UNIX", "select.poll", "socket.send_fds", "os.killpg"),
        *("socket.recv_fds", "os.pread", "os.getuid"),
    }


def test_outside_of_host_nothing_is_used_that_windows_lacks() -> None:
    found = {module: set(uses(ast.parse((PACKAGE / module).read_text(encoding="utf-8")))) for module in MODULES}

    assert {module: names for module, names in found.items() if names} == {}
