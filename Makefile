# The front door. `make demo` and `make test` are all a newcomer needs; both
# install what is missing (as root or with sudo) and never ask a question.

.DEFAULT_GOAL := build
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.PHONY: demo test build bench fuzz check asan clean distclean install

RELEASE := build/release
DEPS := build/deps
STAMP_BUILD := $(DEPS)/.bootstrap-build
STAMP_TEST := $(DEPS)/.bootstrap-test
DUCKDB := $(DEPS)/duckdb/libduckdb.so
PAGE := web/dist/report.html

# --- set-up: each step leaves a stamp and does nothing when it is there -------

$(STAMP_BUILD): tools/bootstrap
	@tools/bootstrap build
	@mkdir -p $(@D) && touch $@

$(STAMP_TEST): tools/bootstrap
	@tools/bootstrap build test
	@mkdir -p $(@D) && touch $@

$(DUCKDB): tools/fetch-duckdb | $(STAMP_BUILD)
	@tools/fetch-duckdb $(DEPS)/duckdb

WEB_SOURCES := $(shell find web -path web/node_modules -prune -o -path web/dist -prune -o -type f -print 2>/dev/null)
$(PAGE): $(WEB_SOURCES) tools/build-web | $(STAMP_BUILD)
	@tools/build-web

# --- build --------------------------------------------------------------------

$(RELEASE)/build.ninja: CMakeLists.txt cmake/*.cmake | $(STAMP_BUILD) $(DUCKDB) $(PAGE)
	@cmake --preset release >$(DEPS)/cmake.log || { cat $(DEPS)/cmake.log; exit 1; }

build: $(RELEASE)/build.ninja $(PAGE)
	@ninja -C $(RELEASE) --quiet

# --- use ----------------------------------------------------------------------

demo: build
	@tools/demo

test: $(STAMP_TEST) build
	@tests/run

asan: $(STAMP_TEST) build
	@tests/run asan

bench: $(STAMP_TEST) build
	@bench/run

fuzz: $(STAMP_TEST) build
	@fuzz/run $(or $(MINUTES),1)

install: build
	@cmake --install $(RELEASE) --prefix $(or $(PREFIX),/usr/local)

clean:
	@rm -rf build/release build/dev build/clang build/asan build/tsan build/fuzz build/cov build/demo

distclean: clean
	@rm -rf build web/node_modules web/dist
