"""What ARCHITECTURE.md promises of the code itself."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "pipeline"
MODULES = sorted(PACKAGE.rglob("*.py"))
#: Not a rule but a reason to look: is it still one noun?  A module is split where a new noun appears.
LONGEST_MODULE = 500
LONGEST_FUNCTION = 40

_LOADED = "import sys, {module}; print(*sorted(sys.modules))"


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring."""
    explained = ast.get_docstring(function, clean=False)
    return (function.end_lineno or 0) - function.lineno + 1 - (explained.count("\n") + 1 if explained else 0)


def loaded_by(module: str) -> set[str]:
    """Every module that is there after importing one in a fresh interpreter."""
    command = [sys.executable, "-c", _LOADED.format(module=module)]
    return set(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_is_short_and_says_what_it_is(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]

    too_long = [each.name for each in functions if lines_of(each) > LONGEST_FUNCTION]

    assert len(source.splitlines()) <= LONGEST_MODULE
    assert too_long == []
    assert ast.get_docstring(tree)


def test_the_root_imports_nothing() -> None:
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))

    assert [type(node) for node in tree.body] == [ast.Expr]


def test_extraction_loads_nothing_else_of_the_package() -> None:
    ours = {name for name in loaded_by("pipeline.extraction") if name.startswith("pipeline")}

    assert {name for name in ours if not name.startswith("pipeline.extraction")} == {"pipeline"}


def test_a_worker_loads_nothing_that_it_does_not_need() -> None:
    roots = {name.split(".")[0] for name in loaded_by("pipeline.worker.worker")}
    settings_and_page = {"pydantic", "pydantic_settings", "typer", "watchdog", "yaml", "jinja2"}

    assert roots.isdisjoint(settings_and_page | {"numpy", "scipy", "rich", "cryptography"})


def test_the_daemon_reads_no_pdf_itself() -> None:
    loaded = loaded_by("pipeline.daemon.daemon")

    assert "pipeline.web.server" not in loaded, "it is loaded while the workers start, and not for watch --once"
    assert not {name for name in loaded if name.startswith("pipeline.cluster")}, "few have one"
    assert (loaded | loaded_by("pipeline.web.server")).isdisjoint({"pypdfium2", "pdfminer"})


def test_every_promise_names_a_test_that_exists() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    promises = re.findall(r"^\W*P\d+\b.*$", text, re.MULTILINE)
    tests = re.findall(r"`(tests/[\w/.]+)(?:::(\w+))?`", text)

    assert all("`tests/" in promise for promise in promises)
    for file, name in tests:
        path = ROOT / file
        assert path.exists(), file
        assert not name or re.search(rf"^\s*def {name}\(", path.read_text(encoding="utf-8"), re.MULTILINE), name
