# setup   install the Debian packages that building and testing need (or print the line that does)
# build   build the release binary .build/release/hydrant
# test    every test: house rules, unit, process and API tests; the last line counts them
# tidy    check formatting and house rules only, in seconds
# format  write the formatting into the sources
# demo    run the hub with a simulated outside world and a Double-11 day; prints the address
# bench   measure against a plain C program and write bench.json
# soak    ingest with random kills for SECONDS (make soak SECONDS=600), then verify
# mutants switch on bugs put in on purpose, one at a time, and see that each is found
# docs    check the links of all documents and list the error pages

SHELL := /bin/bash
SECONDS ?= 600

.PHONY: help setup build test tidy format demo bench soak mutants docs

help:
	@sed -n '/^#/!q; s/^# /make /p' Makefile

setup:
	@Scripts/setup.sh build test

build:
	@Scripts/setup.sh build
	@Scripts/build.sh

test: setup
	@Scripts/test.sh

tidy:
	@Scripts/tidy.sh

format:
	@swift format --in-place --parallel --recursive Sources Tests Package.swift

demo: build
	@.build/release/hydrant demo

bench: build
	@Benchmarks/run.sh

soak: setup build
	@Scripts/kill_ingest.py --seconds $(SECONDS)

mutants: setup
	@Scripts/mutants.py

docs:
	@Scripts/check_docs.py
