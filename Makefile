# Everything here is one command away and sets up what it needs; a second call is instant (stamp files in .venv).
# Extra arguments: make run ARGS="--port 8000", make test ARGS="-k digest", make bench ARGS=--quick.

.DEFAULT_GOAL := help
.PHONY: help run install test bench faults teams-e2e lint format docs lock clean
MAKEFLAGS += --no-print-directory

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet install
KILLS := 500
# Tests mostly wait, so three share two cores; those of one file stay together, with its browser and servers.
WORKERS := 3
# Microsoft's own schema of Teams app manifests (MIT), which a test holds ours to.
TEAMS_SCHEMA := $(VENV)/teams-schema.json
TEAMS_SCHEMA_PACKAGE := @microsoft/app-manifest@1.1.2
TEAMS_SCHEMA_SHA256 := b4b311031e1a086e47815b68160664790250362ad85351f4c3dca4730fa5529d
# A checkout on the path instead of an installed package: the playground needs no build tool.
export PYTHONPATH := $(CURDIR)
# No names of package indexes in the header of a lock file.
export UV_CUSTOM_COMPILE_COMMAND := make lock

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.runtime ## the playground: a local workspace with a web page, no account needed
	@$(PY) -m bot playground $(ARGS)

install: $(VENV)/.dev ## put the boundary-bot command into .venv/bin
	@echo "Installed: $(VENV)/bin/boundary-bot"

test: $(VENV)/.dev $(TEAMS_SCHEMA) ## the whole test suite (COVERAGE=1 measures it too; WORKERS=0 in one process)
	@$(PY) $(if $(COVERAGE),-m coverage run) -m pytest --numprocesses $(WORKERS) --dist loadfile $(ARGS)

bench: $(VENV)/.dev ## the numbers, each beside its stated peer (ARGS=--quick for a short form)
	@$(PY) -m tests.bench $(ARGS)

faults: $(VENV)/.dev ## kill the bot 500 times while it delivers, and count (KILLS=50 for fewer)
	@$(PY) -m tests.faults --kills $(KILLS) $(ARGS)

teams-e2e: $(VENV)/.dev ## by hand: the story through Microsoft's test client for Teams (needs Node and Chromium)
	@$(PY) -m tests.teams_e2e $(ARGS)

lint: $(VENV)/.dev ## style, formatting, types and import rules
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports

format: $(VENV)/.dev ## rewrite the source in the one format
	@$(VENV)/bin/ruff check --fix-only --quiet .
	@$(VENV)/bin/ruff format .

docs: $(VENV)/.dev ## write the generated tables of README.md and deploy/docs/
	@$(PY) -m tests.support.tables

lock: ## resolve the dependencies anew into requirements*.txt, with hashes (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv: pipx install uv" >&2; exit 1; }
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		pyproject.toml -o requirements.txt
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--constraint requirements.txt --group dev pyproject.toml -o requirements-dev.txt

clean: ## remove the environment, caches and build results
	rm -rf $(VENV) build dist htmlcov .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis \
		.import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment -----------------------------------------------------------------------------------------------

$(VENV)/.created:
	@python=; for each in $(PYTHON) python3 python3.13 python3.12 python3.11 python3.14; do \
		if "$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$each; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
		echo "Boundary Bot needs Python 3.11 or newer and found none." >&2; \
		echo "Install it (Debian, Ubuntu: apt-get install python3 python3-venv; macOS: brew install python)" >&2; \
		echo "or name one: make run PYTHON=/path/to/python3" >&2; exit 1; \
	fi; \
	"$$python" -m venv $(VENV) || { rm -rf $(VENV); \
		echo "Python's venv module is missing (Debian, Ubuntu: apt-get install python3-venv)." >&2; exit 1; }
	@touch $@

$(VENV)/.runtime: $(VENV)/.created requirements.txt
	@echo "Installing what the bot needs into $(VENV) (once)…"
	@$(PIP) --require-hashes -r requirements.txt
	@touch $@

# Hash-locked tools first, so that the build of our own package downloads nothing.
$(VENV)/.dev: $(VENV)/.created requirements-dev.txt pyproject.toml
	@echo "Installing what the bot and its tests need into $(VENV) (once)…"
	@$(PIP) --require-hashes -r requirements-dev.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $(VENV)/.runtime $@

# Without npm or network the rest is tested, and that one test says what is missing.
$(TEAMS_SCHEMA): | $(VENV)/.created
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT; \
	if ! command -v npm >/dev/null; then \
		echo "No npm (Debian, Ubuntu: apt-get install npm): the Teams manifest is not held to its schema." >&2; \
	elif (cd "$$folder" && npm pack --silent $(TEAMS_SCHEMA_PACKAGE) >/dev/null 2>&1 \
		&& tar -xzOf ./*.tgz package/build/json-schemas/teams/v1.29/MicrosoftTeams.schema.json >schema.json \
		&& $(CURDIR)/$(PY) -c 'import hashlib, sys; sys.exit(sys.argv[1] != hashlib.sha256( \
			open("schema.json", "rb").read()).hexdigest())' $(TEAMS_SCHEMA_SHA256)); then \
		cp "$$folder/schema.json" $@; \
	else \
		echo "npm could not fetch $(TEAMS_SCHEMA_PACKAGE): the Teams manifest is not held to its schema." >&2; \
	fi
