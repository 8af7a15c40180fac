# make demo    the whole stack, one dataset, and everything stopped again
# make run     the stack, staying up                   (PORT=8080 DATA=data)
# make test    the tests that take less than ten seconds each  (PROCESSES=3)
# make check   everything a change has to pass
# make night   what explores: random examples, values in other environments, every chaos seed
# make proto   what protoc makes of proto/*.proto, made anew
# make wheel   what an index is given, in dist/, checked
# make oldest  the library's tests with the oldest dependencies that it allows
# make chaos   everything breaking, from seeds         (SEEDS=40, or SEED=7 to play one again)
# make bench   speed against other tools, into benchmarks/RESULTS.md
#
# Each installs what it needs into .venv first. Another Python: make PYTHON=python3.12 test

PYTHON ?= python3
PORT ?= 8080
DATA ?= data
PYTEST_ARGS ?=
# One more than a small machine has cores: tests of servers wait now and then.
PROCESSES ?= 3
SEEDS ?= 40
SEED ?=
CHAOS_ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
PACKAGES := synthmill
# compileall follows no link.
LINKED := app generators migrations workers
OLDEST := $(VENV)/oldest
LOCKS := requirements/uv.txt requirements/lock.txt
# Each process begins with its share of the tests in their order, so that it starts few servers, and takes from
# the others what is left at the end.
PYTEST := $(BIN)/pytest -n $(PROCESSES) --dist worksteal
# Where bytecode is not to be written each of hundreds of processes would compile the same modules again.
test test-slow night check oldest chaos: export PYTHONDONTWRITEBYTECODE :=
QUICK := not slow and not night

.PHONY: help demo run test test-slow check night proto wheel oldest chaos bench format lock clean
.DELETE_ON_ERROR:

help:
	@sed -n '/^# make/s/^# //p' Makefile

demo: $(INSTALLED)
	@$(BIN)/synthmill demo

run: $(INSTALLED)
	@exec $(BIN)/synthmill up --data "$(DATA)" --port "$(PORT)"

test: $(INSTALLED)
	@$(PYTEST) -m "$(QUICK)" $(PYTEST_ARGS)

test-slow: $(INSTALLED)
	@$(BIN)/pytest -n 2 --dist worksteal -m "slow and not night" $(PYTEST_ARGS)

# Other examples every time, and more of them.
night: $(INSTALLED)
	@$(PYTEST) --hypothesis-profile=night $(PYTEST_ARGS)
	@$(BIN)/python -m tests.strangers --cases 10000
	@$(MAKE) oldest
	@$(MAKE) chaos

# The folder is named as it is imported. A test holds what is there to what this makes.
proto: $(INSTALLED)
	$(BIN)/python -m grpc_tools.protoc -I . --python_out=. --pyi_out=. --grpc_python_out=. synthmill/proto/*.proto

# An sdist, and a wheel that is made from it. The tests of the folder packaging hold them to more.
wheel: $(INSTALLED)
	rm -rf dist
	$(BIN)/uv build --quiet --no-build-isolation --python $(BIN)/python --out-dir dist
	$(BIN)/twine check --strict dist/*
	$(BIN)/check-wheel-contents dist/*.whl

# docs/decisions/040-floors-and-one-package.md says how the floors were found.
oldest: $(INSTALLED)
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(OLDEST)
	$(BIN)/uv pip install --quiet --python $(OLDEST)/bin/python --resolution lowest-direct -r setup.cfg --all-extras
	$(BIN)/uv pip install --quiet --python $(OLDEST)/bin/python --group test setuptools
	NUMBA_CACHE_DIR="$(CURDIR)/$(OLDEST)" $(OLDEST)/bin/python -m synthmill.generators.kernels.compile
	NUMBA_CACHE_DIR="$(CURDIR)/$(OLDEST)" $(OLDEST)/bin/python -m pytest -n 2 --dist worksteal -m "$(QUICK)" \
		tests/generators tests/importing tests/exporting $(PYTEST_ARGS)

check: $(INSTALLED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PYTEST) -m "$(QUICK)" $(PYTEST_ARGS)

chaos: $(INSTALLED)
	@$(BIN)/python -m tests.chaos $(if $(SEED),--seed $(SEED),--seeds $(SEEDS)) $(CHAOS_ARGS)

bench: $(INSTALLED)
	@$(BIN)/python -m benchmarks

format: $(INSTALLED)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# One lock for all supported Pythons. It holds hashes and no address.
lock: $(INSTALLED)
	$(BIN)/uv pip compile requirements/uv.in --universal --python-version 3.11 --generate-hashes --no-header \
		--quiet --output-file requirements/uv.txt
	$(BIN)/uv pip compile setup.cfg --all-extras --group test --group check --universal --python-version 3.11 \
		--generate-hashes --no-header --quiet --output-file requirements/lock.txt

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(INSTALLED): $(LOCKS) setup.cfg pyproject.toml
	@command -v $(PYTHON) >/dev/null || \
		{ echo "Synthmill needs Python 3.11 or newer, and there is no $(PYTHON) here; name yours: make PYTHON=..."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Synthmill needs Python 3.11 or newer, and $(PYTHON) is `$(PYTHON) -V 2>&1`; name another: make PYTHON=..."; exit 1; }
	@echo "Installing into $(VENV), once; this takes about a minute."
	@$(BIN)/python -c '' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV) || \
		{ echo "$(PYTHON) can't make virtual environments; install its venv module (Debian: python3-venv)"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt || \
		{ echo "The installer could not be downloaded (the reason is above). Is there a network? Then: make again"; exit 1; }
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r requirements/lock.txt || \
		{ echo "A download broke off or was not what the lock says (the reason is above). Nothing is lost: make again"; exit 1; }
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable . || \
		{ echo "Synthmill itself could not be installed (the reason is above)"; exit 1; }
	@# Where PYTHONDONTWRITEBYTECODE is set every process would compile a second's worth of modules again.
	@$(BIN)/python -m compileall -q $(PACKAGES) $(LINKED)
	@$(BIN)/python -m synthmill.generators.kernels.compile
	@touch $@
