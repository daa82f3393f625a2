# Everything a person or CI needs. `make run` and `make test` work on a fresh clone with nothing
# but Python 3.11+, pip and make; once installed they ask no package index again.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help run test lint train evaluate replays test-train clean

help:  ## Show what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

run: $(VENV)/.installed  ## Install if needed and start the daemon on config.toml
	@exec $(BIN)/monitor run

test: $(VENV)/.installed-test  ## Install if needed and run the whole test suite
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal --cov --cov-report=term:skip-covered --cov-fail-under=95

lint: $(VENV)/.installed-lint  ## Formatter, linter, types, import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

train: $(VENV)/.installed-train  ## Make the model anew (PyTorch, two cores, hours; BUILD=clean: open licences only)
	$(BIN)/python -m models.train $(if $(DATA),--data $(DATA)) $(if $(BUILD),--build $(BUILD))

evaluate: $(VENV)/.installed-train  ## Measure what ships beside its baselines: texts, then growth, bursts, stories, replays
	$(BIN)/python -m models.train.evaluate $(if $(DATA),--data $(DATA)) \
		$(foreach each,$(MODEL),--model $(each)) $(foreach each,$(FP32),--fp32 $(each))
	$(BIN)/python -m models.train.forecasts $(if $(DATA),--data $(DATA))

replays: $(VENV)/.installed  ## Replay known scandals and quiet weeks: how early each alert comes
	$(BIN)/python -m models.train.measure_replays

test-train: $(VENV)/.installed-train $(VENV)/.installed-test  ## Test the training recipe on a toy corpus
	$(BIN)/python -m pytest tests/train

clean:  ## Remove what was installed and built
	rm -rf $(VENV) build dist *.egg-info

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.installed-%: pyproject.toml $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --editable '.[$*]'
	@touch $@
