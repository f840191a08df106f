# The only task runner; its targets are the table of contents.
PYTHON := .venv/bin/python
ARGS ?=
ONLY ?=
# Each process would translate the same thousand files again: five seconds of every start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help bootstrap run test check bench shots matrix seed worker lock

help:            ## this list
	@grep -hE '^[a-z]+: .*## ' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 12

bootstrap:
	@tools/bootstrap

run: bootstrap    ## the four portals with the demo world, until Ctrl-C (PORT, XUESHI_HOME, DATABASE_URL)
	@exec $(PYTHON) -m xueshi.config.launcher

# One worker a core: a third one costs more, for its own start and database, than the others leave idle.
test: bootstrap   ## the whole suite on two cores, in random order (ARGS= for pytest)
	@$(PYTHON) tools/browser.py
	@$(PYTHON) tools/programs.py
	@$(PYTHON) tools/with_database.py $(PYTHON) -m pytest -n 2 --dist loadscope --no-loadscope-reorder $(ARGS)

check: bootstrap  ## style, types, arrows, templates, migrations, packs, static rules, lock files (ONLY=name)
	@$(PYTHON) tools/with_database.py $(PYTHON) tools/check.py $(ONLY)

matrix: bootstrap ## share of the requirement rows that tests prove (ARGS=--missing lists the others)
	@$(PYTHON) tools/matrix.py $(ARGS)

shots: bootstrap  ## pictures of the pages of tools/shots.toml, wide and narrow, into shots/ (BASE= a running server, ONLY=name)
	@$(PYTHON) tools/browser.py
	@$(PYTHON) tools/shots.py $(ONLY)

bench: bootstrap  ## every operation against its reference in one run (ONLY=name, PEOPLE=1000000: among so many)
	@$(PYTHON) -m tools.bench $(ONLY) $(if $(PEOPLE),--people $(PEOPLE))

seed: bootstrap   ## load a world into the running database (ARGS="--size s --rng 1")
	@$(PYTHON) -m xueshi.config.launcher seed $(ARGS)

worker: bootstrap ## one more worker on the same database
	@exec $(PYTHON) -m xueshi procrastinate worker

lock:             ## write the lock files anew after changing requirements*.in or package.json
	@tools/lock
