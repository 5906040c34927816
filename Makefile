PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PACKAGES := shared services/api services/meter-sync services/billing services/notify deploy/local
READY  := $(VENV)/.ready

help: ## list the targets
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST)

env: $(READY) ## make .venv with every package and tool

$(READY): constraints.txt pyproject.toml $(PACKAGES:=/pyproject.toml)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Flows needs Python 3.11 or later, $(PYTHON) is %d.%d: call make PYTHON=python3.11 (or later)" % sys.version_info[:2])'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --group dev $(PACKAGES:%=--editable %)
	@touch $@

demo: env ## start everything with a simulated community on this machine
	$(BIN)/flows demo

test: env ## run the whole test suite; ONLY=path runs a part of it
	$(BIN)/pytest $(if $(ONLY),$(ONLY),-n 2 --dist loadfile) $(ARGS)

check: env ## ruff, mypy --strict and the import rule between packages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: env ## mend what ruff can mend, and format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

settings: env ## write docs/settings.md, every setting with its default and meaning
	$(BIN)/flows settings --markdown > docs/settings.md

schema: env ## write docs/schema.sql, the whole schema on one page, with the rates of VAT by today's rules
	$(BIN)/python -m flows_billing.vat.in_sql shared/flows_shared/schema/functions/flows/supply_vat_rate.sql
	$(BIN)/python -m flows_local.schema_page docs/schema.sql

migration: env ## write the next migration from the models; NAME="what it does"
	$(BIN)/python -m flows_local.new_migration "$(NAME)"

bench: env ## measure the figures; ONLY=name runs one
	PYTHONPATH=tests $(BIN)/python -m benchmarks $(ONLY)

measures: env ## count what is meant to stay small: Any, broad except, cycles of folders
	$(BIN)/python tests/measures.py

.PHONY: help env demo test check fix settings schema migration bench measures
.DEFAULT_GOAL := help
