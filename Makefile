# `make` lists the targets.  Everything that is downloaded or built lives in one folder outside the tree.
CACHE := $(or $(STAGECOACH_CACHE),$(HOME)/.cache/stagecoach)
PYTHON3 ?= python3
STACK ?= stage1
PROVIDER ?= hetzner
BASE ?= main
LAB_NAME ?= $(PROVIDER)
LOCK := $(shell cat requirements.txt requirements/dev.txt | sha256sum | cut -c1-12)
# The environment of a Python: another one, or a changed pin, never meets it.
VENV = $(CACHE)/venv-$$($(1) -V 2>/dev/null | cut -d' ' -f2)-$(LOCK)
PY := .venv/bin/python
LOCKS := requirements requirements/dev requirements/checkov requirements/scanners \
	$(foreach one,shop minimal cookiecutter websocket,examples/$(one)/requirements)
RUN_LAB := $(PY) -m lab --name $(LAB_NAME)

export STAGECOACH_CACHE := $(CACHE)
export LAB

.DEFAULT_GOAL := help
.PHONY: help setup up down reset clean status url logs kubectl loadtest usage pulumi preview test proof check fmt docs bench lock tools programs checkov

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

up: setup programs  ## build or update the lab (STACK=stage2 moves it, LAB=simulated)
	@$(RUN_LAB) up --stack $(STACK) --provider $(PROVIDER)

down: setup  ## stop the lab's processes, keep its state
	@$(RUN_LAB) down

reset: setup  ## stop the lab's processes and forget its state
	@$(RUN_LAB) reset

clean: setup  ## free the disk of what this checkout does not use: programs, images, environments of others; no lab
	@$(RUN_LAB) clean

status: setup  ## what runs in the lab
	@$(RUN_LAB) status

url: setup  ## the shop's address, nothing else
	@$(RUN_LAB) url

logs: setup  ## the last lines of the shop's pods (POD=celery-worker FOLLOW=1)
	@$(RUN_LAB) logs $(if $(POD),--pod '$(POD)') $(if $(FOLLOW),--follow)

kubectl: setup  ## run kubectl in the lab, for example ARGS="get pods -A"
	@$(RUN_LAB) kubectl -- $(ARGS)

loadtest: setup  ## the guide's load test on the lab's shop (ARGS="--count 200")
	@$(PY) -m infra loadtest --kubeconfig "$$($(RUN_LAB) kubeconfig)" $(ARGS)

usage: setup  ## measure containers under load, as Markdown
	@$(RUN_LAB) usage $(ARGS)

pulumi: setup  ## run the lab's pulumi, for example ARGS="preview --diff"
	@$(RUN_LAB) pulumi -- $(ARGS)

# The engine's preview is the lab's where one is up, otherwise a configured backend's.
preview: setup  ## write what a pull request would say (BASE=main STACK=stage2)
	@$(RUN_LAB) preview --base '$(BASE)' $(if $(OUTPUT),--output '$(OUTPUT)') $(if $(filter command,$(origin STACK)),--stack $(STACK))

test: setup programs  ## run what a change can break: minutes, before a merge
	@$(PY) -m tests.run

proof: setup programs  ## run the long proofs that are due (PART=moves LIST=1 FRESH=1)
	@$(PY) -m tests.proof $(if $(PART),--part '$(PART)') $(if $(LIST),--list) $(if $(FRESH),--fresh) $(if $(JOBS),--jobs $(JOBS))

check: setup  ## lint, types and unit tests: minutes, before a commit
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@$(PY) -m pytest -q -m "not needs" -x -n auto --dist worksteal tests

checkov: setup  ## checkov's Kubernetes checks over every rendered object
	@$(PY) -m tests.manifests.checkov
	@$(PY) -m pytest -q -m checkov tests

fmt: setup  ## format, and fix what can be fixed
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

docs: setup  ## write docs/reference and docs/images again from the code
	@$(PY) -m tools.reference
	@$(PY) -m tools.pictures

bench: setup  ## speed beside the figures that the project promises
	@$(PY) -m tests.bench

# By uv, because pip-tools locks for the one Python that it runs in.
lock:  ## write every lock file again from its .in file
	@$(PYTHON3) -m venv --clear $(CACHE)/lock && $(CACHE)/lock/bin/pip install -q uv==0.13.9
	@$(foreach one,$(LOCKS),$(CACHE)/lock/bin/uv pip compile -qn $(if $(filter examples/%,$(one)),-c requirements/dev.txt) -o $(one).txt $(one).in &&) true

tools: setup programs  ## build and install all that is used (minutes, once)
	@$(PY) -m tests.run builds

programs: setup  ## install the Debian packages that are missing (root)
	@sh tools/debian.sh

# What .venv shows stays while it is right and PYTHON3 is not given: python3 itself may take 0.1 s to say which one it is.
setup:
	@is() { [ "$$(readlink .venv)" = "$(call VENV,$$1)" ]; }; \
	[ -e .venv/.complete ] && cmp -s tools/stagecoach .venv/bin/stagecoach && is .venv/bin/python && { [ '$(origin PYTHON3)' = file ] || is '$(PYTHON3)'; } || \
	{ venv="$(call VENV,$(PYTHON3))" && $(PYTHON3) tools/environment.py "$$venv" && ln -sfn "$$venv" .venv; }
