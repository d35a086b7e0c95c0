# make demo   open the sample store in a browser
# make test   style, types and the whole suite; the last line says what was left out, if anything
# make lint   style and types only
# make bench  the figures of docs/BENCHMARKS.md
# make lock   pin again what pyproject.toml allows (needs uv)
# make clean  remove the environment and the caches; data/ stays

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
UV ?= uv
# One more than there are processors, up to eight: tests also wait, for writers, browsers and other processes.
WORKERS ?= $(shell $(BIN)/python -c 'import os; print(min(os.cpu_count() + 1, 8))' 2>/dev/null || echo 2)
BUILD := 'hatchling>=1.27,<2\neditables\n'
PIN := $(UV) --no-config pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-header --no-emit-index-url

# Where there is room for it tests write into memory: what they make does not outlive them.
MEMORY := $(shell df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 6000000 { print "/dev/shm" }')
# What a test starts again and again is compiled once, whatever the machine's habit is.
export PYTHONDONTWRITEBYTECODE =

.PHONY: demo test lint style bench lock clean

demo: $(VENV)/ready
	@$(BIN)/qiantai demo

# Types are checked beside the tests: they take one processor, and tests also wait.
test: style
	@echo "types, services (PostgreSQL and Chromium) and tests"
	@$(BIN)/mypy --no-error-summary > $(VENV)/types.log 2>&1 & types=$$!; \
	$(BIN)/python -m tests.services && \
	TMPDIR=$${TMPDIR:-$(MEMORY)} $(BIN)/pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder; \
	tests=$$?; wait $$types || { echo "types:"; cat $(VENV)/types.log; exit 1; }; exit $$tests

lint: style
	@echo "types"
	@$(BIN)/mypy --no-error-summary

style: $(VENV)/ready-dev
	@echo "style"
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet

bench: $(VENV)/ready-dev
	@$(BIN)/python -m benchmarks

lock:
	@printf $(BUILD) | $(PIN) pyproject.toml - --output-file requirements.lock
	@printf $(BUILD) | $(PIN) --extra dev --constraint requirements.lock pyproject.toml - --output-file requirements-dev.lock

clean:
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis dist
	@find bot storage tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps are younger than what they were made from, so that a second call starts at once.
$(VENV)/ready: $(VENV)/made requirements.lock pyproject.toml
	@echo "packages: what the assistant needs, by hash, from requirements.lock"
	@$(PIP) install --no-compile --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/ready-dev: $(VENV)/ready requirements-dev.lock
	@echo "packages: what the tests need, by hash, from requirements-dev.lock"
	@$(PIP) install --no-compile --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/made:
	@test -n "$(PYTHON)" || { echo "Qiantai needs Python 3.11 or newer; install it, or name it: make demo PYTHON=/path/to/python3"; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Qiantai needs Python 3.11 or newer, and $(PYTHON) is $$("$(PYTHON)" --version 2>&1)"; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make environments; on Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "environment: $(VENV) with $$("$(PYTHON)" --version)"
	@"$(PYTHON)" -m venv $(VENV)
	@touch $@
