# Everything works from a fresh clone with Python 3.11 or newer and make; each target sets up what it needs.

.DEFAULT_GOAL := help
.PHONY: help venv cometbft localnet localnet-reset docker-image docker-testnet docker-testnet-down test test-docker-long bench bench-localnet lint format proto lock clean

ifndef PYTHON
PYTHON := $(shell for p in .venv/bin/python python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)
endif
BIN := .venv/bin

help: ## show the targets
	@echo "Lamppost: a DePIN appchain in pure Python on CometBFT"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-20s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

venv: ## create .venv with the pinned dependencies
	@test -n "$(PYTHON)" || { echo "error: Python 3.11 or newer is needed; install it or say make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -m localnet.provision

cometbft: venv ## put the pinned CometBFT into build/cometbft
	@$(BIN)/python -m localnet.cometbft.build

localnet: cometbft ## run four validators with devices that earn, and watch them
	@$(BIN)/python -m localnet

localnet-reset: venv ## forget the state of the local network
	@$(BIN)/python -m localnet --reset

docker-image: cometbft ## build the container image of a node (lamppost:dev)
	@$(BIN)/python -m localnet.docker.image

docker-testnet: cometbft ## run four validators, a full node, a gateway and devices in containers
	@$(BIN)/python -m localnet.docker.testnet up

docker-testnet-down: venv ## remove the network of containers with its state
	@$(BIN)/python -m localnet.docker.testnet down

test: venv ## run all checks and tests (STAGES="ruff unit" runs some)
	@$(BIN)/python tests/run.py $(STAGES)

test-docker-long: cometbft ## break a testnet of containers in every way; reports in build/docker-testnet
	@$(BIN)/python tests/run.py docker-long

bench: venv ## measure, print figures, write build/bench.json
	@$(BIN)/python -m tests.bench

bench-localnet: cometbft ## measure through real CometBFT, into the same file
	@$(BIN)/python -m tests.bench --localnet

lint: venv ## run the fast checks alone
	@$(BIN)/python tests/run.py generated ruff types imports architecture

format: venv ## format the code
	@$(BIN)/ruff check --fix-only --quiet . ; $(BIN)/ruff format .

proto: venv ## generate chain/pb from proto/
	@$(BIN)/python proto/generate.py

lock: ## pin the newest versions that pyproject.toml allows into requirements.lock
	@$(PYTHON) -m localnet.provision --lock

clean: ## remove what was built; keeps the local network's state
	@test ! -e build/docker/daemon/pid || $(PYTHON) -m localnet.docker.daemon stop
	rm -rf .venv .tools build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
