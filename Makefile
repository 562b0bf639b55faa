# Two commands: `make demo` makes the demo reports, `make test` runs every check.
# Both set up .venv from requirements.lock first; PYTHON chooses the interpreter (3.11 or newer).
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: demo test lint notebooks lab lock bench clean

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tilstand needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/tilstand lab --kernel-only
	@touch $(READY)

demo: $(READY)
	$(BIN)/tilstand demo

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

test: lint
	$(BIN)/tilstand demo --data-only
	$(BIN)/python -m pytest --numprocesses auto --dist loadscope
	$(BIN)/python -m pytest --nbval --nbval-current-env --nbval-sanitize-with tests/notebooks/sanitize.cfg notebooks

# The notebooks as they are kept, with the outputs that nbval compares with.
notebooks: $(READY)
	$(BIN)/tilstand demo --data-only
	$(BIN)/python tests/notebooks/refresh.py

lab: $(READY)
	$(BIN)/tilstand lab

# Needs uv (https://docs.astral.sh/uv/); the lock holds no address of an index.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-header --extra dev pyproject.toml --output-file requirements.lock

bench: $(READY)
	$(BIN)/python -m benchmarks

clean:
	rm -rf build data
