# `make` lists the targets.  Everything that is downloaded or built lives in one folder outside the tree.
CACHE := $(or $(STAGECOACH_CACHE),$(HOME)/.cache/stagecoach)
PYTHON3 ?= python3
STACK ?= stage1
PROVIDER ?= hetzner
BASE ?= main
LAB_NAME ?= $(PROVIDER)
LOCK := $(shell cat requirements.txt requirements-dev.txt | sha256sum | cut -c1-12)
VENV := $(CACHE)/venv-$(LOCK)
PY := .venv/bin/python
RUN_LAB := $(PY) -m lab --name $(LAB_NAME)

export STAGECOACH_CACHE := $(CACHE)
export LAB

.DEFAULT_GOAL := help
.PHONY: help setup up down reset clean status url logs kubectl loadtest usage pulumi preview test proof check fmt docs bench lock tools programs checkov

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

up: setup programs  ## build or update the lab's deployment (STACK=stage2 moves it by rename; LAB=simulated: no pod really runs)
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

usage: setup  ## what containers use of what they request, under load (ARGS="--customers 20"): Markdown
	@$(RUN_LAB) usage $(ARGS)

pulumi: setup  ## run the lab's pulumi, for example ARGS="preview --diff"
	@$(RUN_LAB) pulumi -- $(ARGS)

# The engine's preview is the lab's where one is up, otherwise a configured backend's.
preview: setup  ## what a pull request would say (BASE=main OUTPUT=comment.md STACK=stage2)
	@$(RUN_LAB) preview --base '$(BASE)' $(if $(OUTPUT),--output '$(OUTPUT)') $(if $(filter command,$(origin STACK)),--stack $(STACK))

test: setup programs  ## every test, with the time that each part took
	@$(PY) -m tests.run

proof: setup programs  ## the long proofs: every stage on real servers, all three clouds, every bad day
	@$(PY) -m tests.proof

check: setup  ## lint, types, pure unit tests on every core: minutes, before every commit
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@$(PY) -m pytest -q -m "not needs" -x -n auto --dist worksteal tests

checkov: setup  ## checkov's Kubernetes checks over every rendered object
	@$(PY) -m tests.manifests.checkov
	@$(PY) -m pytest -q -m checkov tests

fmt: setup  ## format and mend what can be mended
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

docs: setup  ## write docs/reference again from models, stages, catalog and commands
	@$(PY) -m tools.reference

bench: setup  ## speed beside the figures that the project promises
	@$(PY) -m tests.bench

lock: setup  ## write requirements*.txt again from requirements*.in
	@$(PY) -m venv $(CACHE)/lock && $(CACHE)/lock/bin/pip install -q pip-tools==7.5.2
	@$(CACHE)/lock/bin/pip-compile -q --generate-hashes --strip-extras --no-header --no-emit-find-links --no-emit-index-url -o requirements.txt requirements.in
	@$(CACHE)/lock/bin/pip-compile -q --generate-hashes --strip-extras --no-header --no-emit-find-links --no-emit-index-url -o requirements-dev.txt requirements-dev.in
	@$(CACHE)/lock/bin/pip-compile -q --generate-hashes --strip-extras --no-header --no-emit-find-links --no-emit-index-url -c requirements-dev.txt -o examples/shop/requirements.txt examples/shop/requirements.in
	@$(CACHE)/lock/bin/pip-compile -q --generate-hashes --strip-extras --no-header --no-emit-find-links --no-emit-index-url -c requirements-dev.txt -o examples/minimal/requirements.txt examples/minimal/requirements.in
	@$(CACHE)/lock/bin/pip-compile -q --generate-hashes --strip-extras --no-header --no-emit-find-links --no-emit-index-url -o requirements-checkov.txt requirements-checkov.in

tools: setup  ## build the engine and the control plane (minutes, once)
	@$(PY) -m lab.toolchain

programs: setup  ## the Debian packages that tests use (needs root where they are missing)
	@sh tools/debian.sh

# The environment is keyed by the lock files, so that a changed pin never meets an old environment.
setup:
	@[ -e $(VENV)/.complete ] || $(PYTHON3) tools/environment.py $(VENV)
	@[ "$$(readlink .venv)" = "$(VENV)" ] || ln -sfn $(VENV) .venv
