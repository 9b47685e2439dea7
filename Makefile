# make demo    a forecast of examples/airline-passengers.csv, from nothing to a picture
# make test    ruff, mypy, clang-format and every test
# make lint    the checks of the code alone          make format     put the code in form
# make bench   the race against PyTorch and Keras     make bench-sweep  cost over units, steps, batch, threads
# make compilers  build the kernels with each compiler here
# make parity  train random models here and in Keras, and compare     make docs  the documentation as a site
# make sanitize   test the native part under sanitizers: memory, undefined behaviour, threads
# make clean   remove everything that was made
#
# Needs Python >= 3.11, make and a C++20 compiler. All else goes into .venv.

PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13 python3.14; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check
# which Python files there are, as a number: an editable install knows them by name, so it is made anew when it changes
LAYOUT := .venv/layout-$(shell find src -name '*.py' | LC_ALL=C sort | cksum | cut -d' ' -f1)
NATIVE := CMakeLists.txt $(shell find native -name '*.cpp' -o -name '*.hpp' -o -name '*.h')
CROSS := aarch64-linux-gnu-g++
CPP = $(shell find native -name '*.cpp' -o -name '*.hpp' -o -name '*.h')

.PHONY: demo test lint format bench bench-sweep parity docs compilers sanitize clean help
.DEFAULT_GOAL := help

help:
	@sed -n 's/^# \{0,1\}//p;/^$$/q' Makefile

demo: .venv/installed
	$(BIN)/tidegate forecast examples/airline-passengers.csv --target Passengers --horizon 12

test: lint
	$(BIN)/python -m pytest

lint: .venv/installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/clang-format --dry-run --Werror $(CPP)
	$(BIN)/mypy

format: .venv/installed-dev
	$(BIN)/ruff check --fix --quiet
	$(BIN)/ruff format
	$(BIN)/clang-format -i $(CPP)

bench: .venv/installed-bench
	$(BIN)/python -m benchmarks $(ARGS)

bench-sweep: .venv/installed
	$(BIN)/python -m benchmarks.sweep $(ARGS)

parity: .venv/installed-bench .venv/installed-dev
	KERAS_BACKEND=torch $(BIN)/python -m pytest -q tests/parity/live.py tests/parity/doors.py

docs: .venv/installed-docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet
	@echo "the site begins at build/site/index.html"

compilers: .venv/installed-dev
	@mkdir -p build; for cxx in g++ clang++; do \
		command -v $$cxx > /dev/null || { echo "$$cxx: not on this machine"; continue; }; \
		echo "$$cxx: building"; \
		$(BIN)/cmake -S . -B build/$$cxx -G Ninja -DCMAKE_CXX_COMPILER=$$cxx -DCMAKE_CXX_FLAGS=-Werror \
			-DCMAKE_MAKE_PROGRAM=$(CURDIR)/$(BIN)/ninja -DPython_EXECUTABLE=$(CURDIR)/$(BIN)/python \
			-DTIDEGATE_NATIVE=ON --log-level=WARNING > build/$$cxx.log && $(BIN)/ninja -C build/$$cxx --quiet || exit 1; \
	done; if command -v $(CROSS) > /dev/null; then echo "$(CROSS): compiling for NEON"; \
		for source in $(filter-out native/bindings.cpp,$(filter %.cpp,$(CPP))); do \
			$(CROSS) -std=c++20 -O1 -Wall -Wextra -Werror -Inative -DTIDEGATE_ISA=neon -DTIDEGATE_HAVE_NEON=1 \
				-c $$source -o build/neon.o || exit 1; \
		done; else echo "$(CROSS): not on this machine"; fi; echo "all compilers build the kernels"

sanitize: .venv/installed-dev
	$(BIN)/python native/sanitize.py $(ARGS)

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis compile_commands.json
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ---- .venv: made once; the kernels again when their sources change; Python sources are used where they lie ----

.venv/made:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed, and none was found; name one: make PYTHON=..."; exit 1; }
	@echo "creating .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv .venv
	@$(PIP) scikit-build-core nanobind cmake ninja
	@touch $@

$(LAYOUT): | .venv/made
	@rm -f .venv/layout-*
	@touch $@

.venv/installed: .venv/made $(LAYOUT) pyproject.toml $(NATIVE)
	@echo "installing tidegate (compiles its kernels; a minute or two the first time)"
	@$(PIP) --no-build-isolation --editable '.[all]'
	@touch $@

.venv/installed-dev: pyproject.toml | .venv/installed
	@echo "installing the tools for tests"
	@$(PIP) --no-build-isolation --editable '.[dev]'
	@touch $@

.venv/installed-docs: pyproject.toml | .venv/installed
	@echo "installing the tools for the site"
	@$(PIP) --no-build-isolation --editable '.[docs]'
	@touch $@

.venv/installed-bench: pyproject.toml | .venv/installed
	@$(BIN)/python benchmarks/install.py
	@touch $@
