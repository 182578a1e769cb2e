# Every target first makes what it needs. `make` alone lists them.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh

# The first Python that is new enough; PYTHON=/path/to/python chooses another.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
RUN := .venv/bin
STAMP := .venv/installed
# Tests run side by side, in groups and in their order (tests/conftest.py): much of a test's time is waiting for servers.
# ARGS="-n 0" runs them one after the other, for instance to look into one with --pdb.
SIDE_BY_SIDE := -n 2 --dist loadgroup --no-loadscope-reorder
# What the image installs beside the plain dependencies.
IMAGE_EXTRAS := --extra parquet --extra s3 --extra sftp
# Where Python may not keep what it compiled, each of a run's hundreds of processes compiles its libraries anew: a second
# each. Inside .venv it is in nobody's way.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX := $(CURDIR)/.venv/bytecode
export UV_SYSTEM_CERTS := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# The environment holds absolute paths: in a folder that was moved or copied it is made anew.
ifneq ($(shell cat $(STAMP) 2>/dev/null),$(CURDIR))
.PHONY: $(STAMP)
FRESH := yes
endif

.PHONY: help
help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*  ## /\1|/p' $(MAKEFILE_LIST) | while IFS='|' read -r t d; do printf '  make %-9s %s\n' "$$t" "$$d"; done

.PHONY: install
install: $(STAMP)  ## make .venv with the locked dependencies and the command .venv/bin/gastrack

# The stamp goes first and comes last, so an interrupted installation begins anew with an empty environment.
$(STAMP): requirements.lock uv.lock.txt
	@test -n "$(PYTHON)" || { echo "Gastrack needs Python 3.11 or newer: install it, or name it with make PYTHON=/path/to/python."; exit 1; }
	@if [ -n "$(FRESH)" ]; then echo "Making .venv (half a minute) …"; rm -f $@; $(PYTHON) -m venv --clear .venv; else rm -f $@; fi
	@$(RUN)/python -m pip install -q --require-hashes --only-binary :all: -r uv.lock.txt
	@$(RUN)/uv pip sync -q --python $(RUN)/python --no-build --require-hashes requirements.lock
	@$(RUN)/python -c 'import sysconfig, pathlib; pathlib.Path(sysconfig.get_path("purelib"), "gastrack.pth").write_text("$(CURDIR)\n$(CURDIR)/client\n")'
	@printf '#!/bin/sh\nexec "%s/.venv/bin/python" -m gastrack "$$@"\n' "$(CURDIR)" > $(RUN)/gastrack && chmod +x $(RUN)/gastrack
	@printf '%s\n' "$(CURDIR)" > $@

.PHONY: demo
demo: $(STAMP)  ## everything on this machine, filled with three years of gas; ARGS="--history 30d --port 8090 --no-live"
	@exec $(RUN)/python -m gastrack demo $(ARGS)

.PHONY: test
test: check  ## check, then all tests on real servers, with the coverage gates
	@$(RUN)/python -m deploy.local.browser >/dev/null
	@$(RUN)/python -m deploy.local.nginx >/dev/null
	@$(RUN)/python -m deploy.local.openers >/dev/null
	@$(RUN)/python -m deploy.local.prometheus >/dev/null
	@$(RUN)/python -m pytest -m "not drill and not bench" $(SIDE_BY_SIDE) --cov --cov-report= $(ARGS)
	@$(RUN)/coverage report
	@$(RUN)/coverage report --include='shared/domain/*' --fail-under=100 --format=total >/dev/null || { echo "shared/domain needs every branch covered:"; $(RUN)/coverage report --include='shared/domain/*'; exit 1; }

.PHONY: check
check: $(STAMP)  ## lint, format, types, import directions
	@$(RUN)/ruff check
	@$(RUN)/ruff format --check
	@$(RUN)/mypy
	@$(RUN)/lint-imports

.PHONY: drill
drill: $(STAMP)  ## repeated kills, long faults, soak
	@exec $(RUN)/python -m pytest -m drill $(ARGS)

.PHONY: bench
bench: $(STAMP)  ## the figures of this machine
	@exec $(RUN)/python -m tests.bench $(ARGS)

.PHONY: clean
clean:  ## remove the demo's data and what tools left behind; .venv and the cache of downloads stay
	@test -n "$(PYTHON)" || { echo "Gastrack needs Python 3.11 or newer."; exit 1; }
	@$(PYTHON) -m deploy.local.clean
	@rm -rf build .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.PHONY: lock
lock: $(STAMP)  ## resolve the dependencies anew, with hashes and without addresses
	@$(RUN)/uv pip compile -q --universal --generate-hashes --no-header --all-extras pyproject.toml -o requirements.lock
	@$(RUN)/uv pip compile -q --universal --generate-hashes --no-header $(IMAGE_EXTRAS) -c requirements.lock pyproject.toml -o requirements-services.lock
	@sed -n 's/^\(uv==[^ ]*\).*/\1/p' uv.lock.txt | $(RUN)/uv pip compile -q --universal --generate-hashes --no-header - -o uv.lock.txt
	@cd deploy/local && ../../$(RUN)/jgo --ignore-config --resolver python --links copy lock
