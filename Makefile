# Everything runs in .venv, which is made where it is missing or older than pyproject.toml.

# Where the environment forbids Python to write bytecode, each of some hundred processes would compile all of it anew.
export PYTHONDONTWRITEBYTECODE :=

PYTHON ?= python3
BIN := .venv/bin
OLDEST := build/oldest
SAMPLE := pipeline/commands/samples/census-disability-2010.pdf

.PHONY: case demo test test-slow test-portable test-oldest windows windows-quick check simulator fuzz chaos chaos-hosts soak long-life hooks drops badpdf service-trial bench calls pictures man docs dist install-trial image-trial release-check clean

## Convert a bundled sample: with LM Studio where one answers, else with the built-in engine.
demo: .venv/installed
	@$(BIN)/dropleaf demo

## The check of every change: format, lint, types, layers, tests.  More processes than cores, since many tests wait.
test: .venv/tested check
	$(BIN)/pytest -n 6 --dist worksteal -m "not slow and not docs"

## What proves endurance or sweeps whole corpora.
test-slow: .venv/tested
	$(BIN)/pytest -n 4 --dist worksteal -m slow

## What touches the system once more, with Linux' own side of pipeline/host hidden, as on any other Unix.
PORTABLE := host files inbox pool threads log status dispatch results worker daemon commands/test_doctor.py commands/test_retry.py
test-portable: .venv/tested
	PYTHONPATH=$(CURDIR)/tests/portable_side $(BIN)/pytest -n 4 --dist worksteal -m "not slow and not linux and not docs" $(PORTABLE:%=tests/%)

## The quick tests with the oldest dependencies that pyproject.toml allows; ARGS="tests/web tests/log" for some of them.
test-oldest: $(OLDEST)/tested
	$(OLDEST)/bin/pytest -n 6 --dist worksteal -m "not slow and not docs" $(or $(ARGS),tests)

## Windows' side by Windows' own Python under Wine, and 500 kills there; ARGS="--help" lists what can be added.
windows: .venv/tested
	PYTHONPATH=tests $(BIN)/python -m windows $(ARGS)

## The most important of it in 300 seconds, set-up included; skipped, with the reason, where Wine is not installed.
windows-quick: .venv/tested
	PYTHONPATH=tests $(BIN)/python -m windows --quick

## All of it but the tests.
check: .venv/tested
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	for system in win32 darwin; do $(BIN)/mypy --platform $$system --cache-dir .mypy_cache/$$system pipeline || exit 1; done
	$(BIN)/lint-imports

## A simulated model server to play with; ARGS="--help" lists what it can do wrong.
simulator: .venv/tested
	PYTHONPATH=tests $(BIN)/python -m simulator $(ARGS)

## 100,000 random and mutated answers through the client and the normaliser, counted at the end; then 10,000 random pages.
fuzz: .venv/tested
	FUZZ_CASES=$${FUZZ_CASES:-100000} $(BIN)/pytest -n 2 --timeout=3600 tests/vision -k fuzz
	FUZZ_PAGES=$${FUZZ_PAGES:-10000} $(BIN)/pytest -n 2 --timeout=3600 tests/extraction/test_faults.py

## A test case of a saved answer (see --save-answers): make case ANSWER=FILE NAME=what-it-is
case: .venv/tested
	PYTHONPATH=tests $(BIN)/python tests/new_case.py "$(ANSWER)" "$(NAME)"

## Kills at every system call and at 3,000 random instants, and the books must hold; ARGS="--help" lists what to leave out.
chaos: .venv/tested
	PYTHONPATH=tests $(BIN)/python -m chaos $(ARGS)

## Hosts, gateway and scheduler killed, stopped and cut off at 300 random instants (HITS=); as root in network namespaces.
chaos-hosts: .venv/tested
	PYTHONPATH=tests $(BIN)/python -m chaos --host-hits $(or $(HITS),300)

## Half an hour (SECONDS=1800) of drops with a worker killed every minute: is anything growing?
soak: .venv/tested
	PYTHONPATH=tests $(BIN)/python tests/soak.py $(or $(SECONDS),1800)

## A daemon's long life: 100,000 documents (DOCUMENTS=), its server down half of the time: is anything growing?
long-life: .venv/tested
	PYTHONPATH=tests $(BIN)/python tests/long_life.py $(or $(DOCUMENTS),100000) $(or $(SECONDS),7200)

## Hooks of 1,000 documents (DOCUMENTS=): the receiver down, then 500, 302, 404, 200, and the daemon killed in between.
hooks: .venv/tested
	PYTHONPATH=tests $(BIN)/python tests/hook_run.py $(or $(DOCUMENTS),1000)

## 18 ways of dropping, 50 times each, then 10,000 files at once while the kernel's event queue overflows.
drops: .venv/tested
	PYTHONPATH=tests $(BIN)/python tests/ways.py $(ARGS)

## Every file of ../shared/badpdf-dev through a real daemon, without and with a model.
badpdf: .venv/tested
	PYTHONPATH=tests $(BIN)/python -m badpdf $(ARGS)

## The printed unit under a real systemd, in an emulated machine; ARGS="--help" says what it needs.
service-trial: .venv/tested
	PYTHONPATH=tests $(BIN)/python -m service_trial $(ARGS)

## Which system calls workers make over PDFs, by strace; ARGS="PDF... [--server URL]".
calls: .venv/tested
	PYTHONPATH=tests $(BIN)/python tests/worker_calls.py $(or $(ARGS),$(SAMPLE))

## The figures of the README and ARCHITECTURE.md, against the simulated server: a simulation, and it says so.
bench: .venv/tested
	for script in tests/benchmarks/*.py; do echo "== $$script"; PYTHONPATH=tests $(BIN)/python $$script || exit 1; done

## The pictures of the README: the result of the sample, and the page during a run.  Needs chromium.
pictures: .venv/tested
	$(BIN)/python tests/readme_pictures.py
	$(BIN)/python tests/web/pictures.py

## The manual page, made out of the commands' own help; `man docs/dropleaf.1` shows it.
man: .venv/tested
	$(BIN)/python tests/man_page.py

## The documentation in build/docs: every setting and command made of the program; then each of its commands and links is tried.
docs: .venv/documented
	rm -rf build/docs
	$(BIN)/sphinx-build -q -W --keep-going -b html docs build/docs
	PYTHONPATH=tests $(BIN)/pytest -n 3 --dist worksteal tests/docs
	@echo "the documentation is in build/docs/index.html"

## Wheel and sdist in dist/, the same bytes each time.
dist: .venv/tested
	rm -rf dist
	$(BIN)/python -m hatchling build

## Each way to install, on each Python that is here, without a checkout: first result, and how long it took.
install-trial: dist .venv/releasing
	PYTHONPATH=tests $(BIN)/python -m install_trial $(ARGS)

## The image of Containerfile, built and run without an engine; needs root, buildah, debootstrap and runc.
image-trial: .venv/tested
	PYTHONPATH=tests $(BIN)/python tests/image_trial.py

## All that must hold before a person pushes the tag of a release: built, installed, the demo, the documentation, licences.
release-check: install-trial docs
	$(BIN)/pytest -n 0 tests/test_packaging.py

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/bin/python:
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip

.venv/installed: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

.venv/tested: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	touch $@ .venv/installed

.venv/documented: pyproject.toml | .venv/tested
	$(BIN)/python -m pip install --quiet --editable '.[docs]'
	touch $@

.venv/releasing: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --editable '.[release]'
	touch $@

$(OLDEST)/tested: pyproject.toml | .venv/releasing
	$(PYTHON) -m venv $(OLDEST)
	$(BIN)/uv pip compile --quiet --resolution lowest-direct --python $(OLDEST)/bin/python \
		--extra ocr --extra cluster --output-file $(OLDEST)/constraints.txt pyproject.toml
	$(OLDEST)/bin/python -m pip install --quiet --constraint $(OLDEST)/constraints.txt --editable '.[ocr,cluster,test]'
	touch $@
