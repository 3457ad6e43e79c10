# make demo · make test · make check — each sets itself up in .venv from the hash-locked requirements.
# Nothing else is needed but Python 3.11–3.13 (with venv) and make; Java and Maven for the tests on a real Kafka.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
BROKER ?= embedded
ONCE   ?=
JSON   ?=
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DEFAULT_GOAL := help
.PHONY: bench doors rule test-rule help demo test unit integration check eval train chaos lock clean format

help:
	@echo "make demo               the whole story on a broker of its own (ONCE=1, BROKER=embedded|kafka|HOST:PORT)"
	@echo "make test               every test this machine can run"
	@echo "make check              formatting, lint, types, import rules, smoke test of the built wheel"
	@echo "make unit | integration the fast half | the half on a real Kafka"
	@echo "make bench [FILE=events.ndjson]  how fast this machine masks these events, or events of its own"
	@echo "make long               tests that take minutes: a storm of faults, kills over TLS"
	@echo "make doors              tests of the doors into other programs (Spark, Dask, Langfuse), which it installs: 600 MB"
	@echo "make eval               detection quality on the evaluation sets; fails on a drop"
	@echo "make rule NAME=acme-api-key [FAMILY=credentials|generic|personal|national|formats] · make test-rule NAME=acme-api-key"
	@echo "make chaos              kills, cuts, full disks and wrong clocks over three brokers and two hosts, for hours (SEED=1 EVENTS=1000000 KILLS=200 ROUNDS=12)"
	@echo "make train CORPORA=DIR  train the NER models again, with labelled texts of DIR"
	@echo "make lock               lock requirements/ again"

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' || \
	  { echo "maskgate needs Python 3.11, 3.12 or 3.13; $(PYTHON) is $$($(PYTHON) -V 2>&1). Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "python3-venv is missing. On Debian and Ubuntu: apt install python3-venv"; exit 2; }

# A Java for the local Kafka, where this machine has none.
JAVA := $(BIN)/python -c 'import sys; from maskgate.local.kafka_local import find_java; sys.exit(find_java() is None)'

$(VENV)/.run: requirements/run.txt pyproject.toml | $(VENV)/bin/python
	@echo "Setting up $(VENV) (once; one to three minutes) …"
	@$(BIN)/python -m pip install -q --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@$(JAVA) || $(BIN)/python -m pip install -q --require-hashes -r requirements/jdk.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(VENV)/bin/python
	@echo "Setting up $(VENV) for tests (once; one to three minutes) …"
	@$(BIN)/python -m pip install -q --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@$(JAVA) || $(BIN)/python -m pip install -q --require-hashes -r requirements/jdk.txt
	@touch $@ $(VENV)/.run

demo: $(VENV)/.run
	@$(BIN)/maskgate demo --broker $(BROKER) $(if $(ONCE),--once) $(if $(JSON),--json $(JSON))

test: $(VENV)/.dev
	@$(BIN)/python -m pytest -m "not kafka and not long" -n 2 --dist loadfile -q
	@$(BIN)/python -m pytest -m "kafka and not long" -q

$(VENV)/.doors: requirements/doors.txt $(VENV)/.dev
	@$(BIN)/python -m pip install -q --require-hashes -r requirements/doors.txt
	@touch $@

doors: $(VENV)/.doors
	@$(BIN)/python -m pytest -m doors -q

long: $(VENV)/.dev
	@$(BIN)/python -m pytest -m long -q

unit: $(VENV)/.dev
	@$(BIN)/python -m pytest -m "not kafka and not slow and not browser" -n 2 --dist loadfile -q

integration: $(VENV)/.dev
	@$(BIN)/python -m pytest -m "kafka and not long" -q

check: $(VENV)/.dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python tests/wheel_smoke.py

bench: $(VENV)/.run
	@$(BIN)/maskgate bench $(FILE)

eval: $(VENV)/.dev
	@$(BIN)/python -m benchmarks.detection --model none --check
	@$(BIN)/python -m benchmarks.detection --model default --check
	@$(BIN)/python -m benchmarks.detection --model en_core_web_sm --check

$(VENV)/.train: requirements/train.txt $(VENV)/.dev
	@$(BIN)/python -m pip install -q --require-hashes -r requirements/train.txt
	@touch $@

rule: $(VENV)/bin/python
	@$(BIN)/python detectors/new_rule.py $(NAME) $(FAMILY)

test-rule: $(VENV)/.dev
	@$(BIN)/python -m pytest tests/detectors/test_rules_samples.py -q -k "[$(NAME)] or ids or links"

train: $(VENV)/.train
	@cd detectors && OPENBLAS_NUM_THREADS=1 ../$(BIN)/python -m training.build --corpora "$(abspath $(CORPORA))"

chaos: $(VENV)/.dev
	@$(BIN)/python -m benchmarks.chaos.storm --events $(or $(EVENTS),1000000) --kills $(or $(KILLS),200) --rounds $(or $(ROUNDS),12) --seed $(or $(SEED),1)

format: $(VENV)/.dev
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock:
	@sh requirements/lock.sh

clean:
	@rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
