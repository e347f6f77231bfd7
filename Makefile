# The workshop. `make help` lists the targets; hooks and CI call the same ones.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help build dev run test lint fmt peers bench docs nightly lock browser clean

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
UV     := $(BIN)/uv
RUST   := Cargo.toml Cargo.lock rust-toolchain.toml $(shell find crates -name '*.rs' -o -name Cargo.toml)
# Engines that `make bench` runs beside us, each in an environment of its own.
PEERS  := $(patsubst requirements/peers/%.in,%,$(wildcard requirements/peers/*.in))
# What a page needs to be looked at, where the machine lacks it and we may install it.
APT    := apt-get install -y -qq --no-install-recommends chromium

help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: $(VENV)/.package  ## Make .venv, install the locked requirements, build the core

run: build  ## Make a simulated market and take two strategies through Gates 1 and 2
	@$(BIN)/sluice demo

test: dev browser  ## Run every test, Rust and Python
	cargo test --workspace --exclude sluice-python --quiet
	$(BIN)/python -m pytest -n 2 -m "not slow"

lint: dev  ## Formatting, lints, types, stubs and the import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m mypy.stubtest sluice._core
	$(BIN)/lint-imports
	cargo fmt --all --check
	PYO3_PYTHON=$(abspath $(BIN)/python) cargo clippy --workspace --all-targets --quiet -- -D warnings

fmt: dev  ## Format Python and Rust
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	cargo fmt --all

peers: $(PEERS:%=$(VENV)/peers/%.made)  ## Install the engines that we measure ourselves beside

bench: dev peers  ## Measure our speed beside the peers', in one run
	$(BIN)/python -m benchmarks

docs: dev  ## Write the reference pages from the code, then run every documented command
	$(BIN)/python scripts/build_docs.py
	$(BIN)/python -m pytest tests/e2e/test_documents.py

nightly: dev browser  ## The long campaigns and every slow test
	$(BIN)/python -m pytest -n 2
	$(BIN)/python -m tests.campaigns.luck_or_effect --seeds 100

lock: $(VENV)/.tools  ## Lock the requirements anew
	$(UV) pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 requirements/build.in -o requirements/build.lock
	$(UV) pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml -o requirements/core.lock
	$(UV) pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml requirements/dev.in -o requirements/dev.lock
	for peer in $(PEERS); do $(UV) pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 requirements/peers/$$peer.in -o requirements/peers/$$peer.lock || exit 1; done

clean:  ## Remove what the build made (never your data)
	rm -rf $(VENV) target src/sluice/_core*.so

dev: $(VENV)/.package $(VENV)/.dev

$(VENV)/.tools: requirements/build.lock
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is missing. Install it (Debian: apt-get install python3 python3-venv) or name one: make PYTHON=/path/to/python3"; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$$($(PYTHON) -V) is too old: Sluice needs Python 3.11 or newer. Name one: make PYTHON=python3.11"; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv module is missing. Install it (Debian: apt-get install python3-venv)"; exit 2; }
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/build.lock
	@touch $@

$(VENV)/.core: requirements/core.lock $(VENV)/.tools
	@$(UV) pip install -q --python $(BIN)/python --require-hashes -r requirements/core.lock
	@touch $@

$(VENV)/.package: $(RUST) pyproject.toml $(VENV)/.core
	@command -v cargo >/dev/null || { echo "Rust is missing. Install rustup (https://rustup.rs), then: rustup toolchain install $$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)"; exit 2; }
	@command -v cc >/dev/null || { echo "A C linker is missing. Install one (Debian: apt-get install build-essential)"; exit 2; }
	@rm -f src/sluice/_core*.so
	@echo "building the core (about half a minute the first time)"
	@$(UV) pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.lock $(VENV)/.core
	@$(UV) pip install -q --python $(BIN)/python --require-hashes -r requirements/dev.lock
	@touch $@

$(VENV)/peers/%.made: requirements/peers/%.lock $(VENV)/.tools
	@mkdir -p $(VENV)/peers
	@$(UV) venv -q --clear --python $(BIN)/python $(VENV)/peers/$*
	@$(UV) pip install -q --python $(VENV)/peers/$*/bin/python --require-hashes -r requirements/peers/$*.lock
	@touch $@

browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || \
	{ [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && $(APT) >/dev/null; } || \
	echo "Chromium is missing, so the tests that look at pages will skip. Install it: sudo $(APT)"
