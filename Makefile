# `make` lists the targets. Each works in a fresh clone, and again at no cost where nothing changed.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.NOTPARALLEL:
.PHONY: help setup demo test test-faults test-corpus test-crates fuzz deb package-test e2e e2e-one figure8 boot-lab bench lint doc fixtures guests debian stacks clean-fixtures \
	fmt clippy rustdoc deny unit doctest examples alone

# A new rustup is not in PATH yet.
export PATH := $(PATH):$(or $(CARGO_HOME),$(HOME)/.cargo)/bin

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' Makefile

setup: ## install what building, testing and the demo need (APT)
	@.ci/setup build test demo qemu appliance

demo: ## prepare a child of a real Debian, read it back, revert it
	@.ci/setup build test demo
	@fixtures/demo.sh

test: setup fixtures unit doctest examples ## every test, the real Debian's included

e2e: ## boot children on a shared OS through libvirt: every scenario (APT, root)
	@.ci/setup build test demo appliance e2e
	@tests/e2e/run.sh

figure8: ## three children of one master boot once, each as itself, beside a full copy; one table (APT, root)
	@.ci/setup build test demo appliance e2e
	@tests/e2e/run.sh three_children_as_themselves

# One child through libvirt, and one whose link is cut before it powers off, each beside one unprepared, with the
# program that the tests built. Only with the link cut does a child without its unit take long every time.
e2e-one:
	@.ci/setup build test demo qemu appliance e2e
	@cargo build --quiet --all-features
	@OSGRAFT="$${CARGO_TARGET_DIR:-target}/debug/osgraft" tests/e2e/run.sh one_child_boots_on_the_share power_off_takes_no_longer
	@OSGRAFT="$${CARGO_TARGET_DIR:-target}/debug/osgraft" GUESTS=networkd SITUATIONS=cut tests/e2e/boot-lab.sh

boot-lab: ## boot seven guests in seven situations beside the same unprepared (APT, root); GUESTS=, SITUATIONS=
	@.ci/setup build test demo qemu appliance e2e
	@GUESTS="$(GUESTS)" SITUATIONS="$(SITUATIONS)" tests/e2e/boot-lab.sh

test-faults: setup fixtures ## every fault at every place: kills, torn writes, power cuts, crowds; one table
	@.ci/faults

test-corpus: setup guests ## all hostile images, and 2,400 damaged file systems through the worker
	if cargo nextest --version >/dev/null 2>&1; then \
		cargo nextest run --all-features --run-ignored all --success-output final \
			-E 'test(/^(gate|mutated|vmdk::(hostile|traced))::/)'; \
	else \
		cargo test --all-features --test it -- --include-ignored gate:: mutated:: vmdk::; \
	fi

test-crates: ## the packages for crates.io, and programs that depend on them alone
	@.ci/setup build
	@tests/crates/run.sh

fuzz: ## each parser for SECONDS=600, JOBS=1 at once (tests/fuzz/README.md)
	@.ci/setup build test fuzz
	@$(MAKE) guests
	@tests/fuzz/run $(or $(SECONDS),600)

deb: ## the Debian package, to target/debian
	@.ci/setup build package
	@packaging/make-deb

package-test: ## install, upgrade, remove and purge the package in a chroot while machines start (root)
	@.ci/setup build test demo package
	@$(MAKE) guests
	@packaging/test

bench: setup fixtures ## the benches
	cargo bench

lint: fmt clippy alone rustdoc deny ## formatting, clippy, documentation, licences and advisories

doc: ## the library's documentation, to target/doc
	cargo doc --no-deps --all-features

fixtures: guests debian stacks ## the guests that the tests work on (fixtures/INDEX.md)

guests:
	@fixtures/guests/make-all.sh >/dev/null

debian:
	@fixtures/guests/debian.gen.sh >/dev/null

stacks:
	@fixtures/guests/stacks.gen.sh >/dev/null

clean-fixtures: ## remove all guests, the demo and what e2e and boot-lab left
	rm -rf target/fixtures target/demo target/e2e target/figure8 target/boot-lab

fmt:
	cargo fmt --check

clippy:
	cargo clippy --all-targets --all-features -- -D warnings

# The library for those who link it without the program, and the program as it is installed and
# without the appliance.
alone:
	cargo clippy --lib --no-default-features -- -D warnings
	cargo clippy --lib --no-default-features --features etcd -- -D warnings
	cargo clippy --bins -- -D warnings
	cargo clippy --bins --no-default-features --features cli -- -D warnings

rustdoc:
	RUSTDOCFLAGS='-D warnings' cargo doc --no-deps --all-features

deny:
	@.ci/deny

unit:
	if cargo nextest --version >/dev/null 2>&1; then \
		cargo nextest run --all-features; \
	else \
		cargo test --all-features --lib --bins --tests; \
	fi

doctest:
	cargo test --all-features --doc --workspace

examples:
	cargo build --all-features --examples
