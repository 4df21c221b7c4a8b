# What this folder can do. Needs Python 3.10-3.12 and make, nothing else: `make setup` brings the rest into .venv, .flinksql and
# the user's cache, pinned with hashes, and does nothing when all is there.

BIN := .venv/bin
ARGS ?=
LIGHT := not engine and not kafka and not e2e and not browser

.DEFAULT_GOAL := help
.PHONY: help setup demo test unit check format format-corpus docs fuzz test-repeat bench bench-dialect bench-mutations bench-collect bench-test lint-proofs lock lock-engine connector-options down clean distclean

help:  ## what each target does
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup:  ## brings everything into .venv and the cache; .venv/bin/flinksql is there afterwards
	@sh scripts/setup.sh

demo: setup  ## runs the main job from simulated cars to the database and prints what happened (ARGS="--cars 500 --duration 120")
	@$(BIN)/flinksql demo vehicles $(ARGS)

# What needs no server shares the cores; pytest's 5 is "no test chosen", as it is in one of the two for most ARGS.
test: check browser servers  ## lints, checks types and runs all tests, with a real Flink, Kafka and PostgreSQL (ARGS="-k lock")
	@$(BIN)/python -m pytest -n 2 --dist worksteal -m "$(LIGHT)" $(ARGS) || [ $$? = 5 ]
	@$(BIN)/python -m pytest -m "not ($(LIGHT))" --durations 15 $(ARGS) || [ $$? = 5 ]

.PHONY: test-heavy
test-heavy: setup servers  ## runs what takes minutes: both demos in all ways, Flink's own SQL client, the container of the web API
	@HEAVY_TESTS=all $(BIN)/python -m pytest tests/e2e tests/web_api/test_privacy_container.py --durations 10 $(ARGS)

unit: setup  ## runs the tests that need no Flink, no Kafka and no browser
	@$(BIN)/python -m pytest -n 2 --dist worksteal -m "$(LIGHT)" $(ARGS)

.PHONY: browser servers test-browser lock-dashboard
browser:
	@sh scripts/browser.sh

servers:
	@sh scripts/servers.sh

test-browser: setup  ## runs all tests of the dashboards' pages in Chromium, with the running demo (installs Debian's chromium)
	@sh scripts/browser.sh required
	@BROWSER_TESTS=all $(BIN)/python -m pytest tests/browser $(ARGS)

check: setup  ## ruff, mypy, and the layout of this project's SQL
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/flinksql format --check --quiet

format: setup  ## lets ruff repair what it can, and lays out this project's SQL
	@$(BIN)/ruff check --fix .
	@$(BIN)/flinksql format

format-corpus: setup  ## formats all of the corpus of Flink SQL, and 20,000 templates made by chance
	@FORMAT_CORPUS=all FORMAT_CHANCE=20000 $(BIN)/python -m pytest -q --timeout 3600 tests/unit/format $(ARGS)

docs: setup  ## writes docs/cli.md from --help, docs/diagnostics.md and docs/rules from codes and rules, keys of docs/dashboards.md
	@$(BIN)/python scripts/make_cli_page.py
	@$(BIN)/python scripts/make_rule_pages.py
	@$(BIN)/python scripts/make_dashboard_page.py

fuzz: setup  ## tries 100,000 broken statements on the dialect, as many broken templates and YAML files, and templates both ways
	@FUZZ=100000 FUZZ_TEMPLATES=20000 $(BIN)/python -m pytest -q --timeout=0 tests/unit/dialect/test_dialect_limits.py \
	  tests/unit/templating/test_templating_fuzz.py tests/unit/templating/test_templating_evaluate.py $(ARGS)

bench: setup  ## measures, and writes docs/performance.md (makes environments of its own for the tools compared with)
	@$(BIN)/python bench/run.py $(ARGS)

test-repeat: setup  ## runs the cases of tests/semantics 100 times and counts differences (ARGS=10: so many times)
	@$(BIN)/python tests/semantics/repeat.py $(ARGS)

bench-dialect: setup  ## the dialect on a corpus of Flink SQL (ARGS="--corpus FOLDER --oracle FOLDER --sqlfluff PYTHON")
	@$(BIN)/python bench/dialect.py $(ARGS)

lint-proofs: setup  ## shows on a real Flink that what lint rules warn of does harm (ARGS="FS831 FS803"); writes tests/lint_proofs/results.json
	@$(BIN)/python tests/lint_proofs/prove.py $(ARGS)

.PHONY: analyser-proofs
analyser-proofs: setup  ## records what Flink's planner says of the examples of analyser and option codes (needs a JDK, starts no Flink)
	@$(BIN)/python bench/proofs.py

.PHONY: bench-analysis
bench-analysis: setup  ## the analyser beside Flink's planner, on sound and broken SQL; writes docs/analysis.md (needs a JDK)
	@$(BIN)/python bench/analysis.py $(ARGS)

bench-mutations: setup  ## seeds mistakes into the project's nodes: how many of them its own tests find
	@$(BIN)/python bench/mutations.py --write $(ARGS)

bench-collect: setup  ## lines a second of the log shipper
	@$(BIN)/python bench/collect.py --write $(ARGS)

bench-test: setup  ## seconds of unit tests, beside flink-unittest and a harness of PyFlink
	@$(BIN)/python bench/unit_tests.py --write $(ARGS)

.PHONY: bench-dashboard
bench-dashboard: setup  ## what viewers of a dashboard cost: queries for 1 and 200, the server's memory over half an hour
	@$(BIN)/python bench/dashboard.py --write $(ARGS)

.PHONY: bench-api-logs bench-api bench-geo
bench-geo: setup  ## what looking addresses up costs, beside a function that does nothing, a plain one, and none
	@$(BIN)/python bench/geo.py --write $(ARGS)

bench-api-logs: setup  ## the demo api_logs on five seeds, lines a second of its job, and from a line to the page at 5,000 lines/s
	@$(BIN)/python bench/demo_api_logs.py --write
	@$(BIN)/python bench/api_logs.py --write
	@$(BIN)/python bench/live_page.py --write

bench-api: setup  ## what the web API's detectors find on rendered photos, photos a second, and its memory over 2,000
	@$(BIN)/python bench/privacy_api.py --write $(ARGS)

lock: setup  ## resolves requirements/lock.txt anew from pyproject.toml
	@$(BIN)/python scripts/lock_requirements.py

.PHONY: pictures
pictures: setup  ## takes the pictures of README and docs from a run of the main job: docs/pictures
	@sh scripts/browser.sh required
	@$(BIN)/python scripts/make_pictures.py

lock-dashboard: setup  ## locks what the dashboards' page loads from npm anew
	@$(BIN)/python scripts/lock_dashboard.py

lock-engine: setup  ## locks the engine's own jars anew (gateway, Kafka's broker)
	@$(BIN)/python scripts/lock_engine.py

connector-options: setup  ## asks the connectors' factories for their options anew (needs a JDK): flinksql_runner/options
	@$(BIN)/python scripts/make_connector_options.py

down:  ## ends the services of this folder, if any run
	@test ! -x $(BIN)/flinksql || $(BIN)/flinksql down

clean: down  ## removes what was made: target, .flinksql, caches of tools; keeps .venv
	@test ! -x $(BIN)/flinksql || $(BIN)/flinksql clean --all || true
	@rm -rf target .flinksql .pytest_cache .mypy_cache .ruff_cache

distclean: clean  ## removes .venv as well
	@rm -rf .venv
