#!/usr/bin/env bash
# Every test of the project. Ends with "N passed, N failed"; a step that fails does not keep the others from running.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

logs=.build-tools/test-logs
mkdir -p "$logs"
passed=0
failed=0
number=0

finish() {
    echo
    echo "$passed passed, $failed failed"
    [[ $failed -eq 0 ]] || exit 1
    exit 0
}

# step TITLE FUNCTION: a heading, the work, its time. The function adds to passed and failed.
step() {
    local begun=$SECONDS
    number=$((number + 1))
    echo
    echo "== $number. $1"
    "$2"
    echo "== $number. $1: $((SECONDS - begun)) s"
}

# one NAME COMMAND...: a step that is one test by itself.
one() {
    local name=$1 log="$logs/$1.log"
    shift
    if "$@" > >(tee "$log") 2>&1; then
        passed=$((passed + 1))
        echo "passed: $name"
    else
        failed=$((failed + 1))
        echo "failed: $name (log in $log)"
    fi
}

formatting() { one formatting swift format lint --strict --parallel --recursive Sources Tests Package.swift; }

documents() { one documents Scripts/check_docs.py --check; }

build_tests() {
    if ! swift build --build-tests; then
        failed=$((failed + 1))
        echo "failed: the tests do not build"
        finish
    fi
}

# Counts the test cases of an xUnit file: "passed failed".
count_cases() {
    python3 - "$1" <<'PYTHON'
import sys
import xml.etree.ElementTree as tree

cases = list(tree.parse(sys.argv[1]).iter("testcase"))
bad = sum(1 for case in cases if case.find("failure") is not None or case.find("error") is not None)
print(len(cases) - bad, bad)
PYTHON
}

# Partners answer over real sockets within real time limits, so their tests do not share the cores with the others.
swift_tests() {
    swift_run swift --skip HydrantConnectorsTests
    swift_run partners --filter HydrantConnectorsTests
}

# swift_run NAME ARGUMENT...: the Swift tests that the arguments choose.
swift_run() {
    local report="$PWD/$logs/$1.xml" log="$logs/$1.log" code good bad
    shift
    rm -f "$report"
    timeout -k 10 1200 swift test --skip-build --parallel --disable-xctest --xunit-output "$report" "$@" >"$log" 2>&1
    code=$?
    grep -E '^✘|^↳ [^LT]|^± |^.? ?Test run with|error:|Fatal error' "$log" | cut -c1-400 | head -n 200
    if [[ -s $report ]] && read -r good bad < <(count_cases "$report") && [[ $((good + bad)) -gt 0 ]]; then
        passed=$((passed + good))
        failed=$((failed + bad))
        [[ $code -eq 0 || $bad -gt 0 ]] || failed=$((failed + 1))
    else
        failed=$((failed + 1))
        tail -n 20 "$log"
    fi
    [[ $code -eq 0 ]] || echo "failed: Swift tests (log in $log)"
}

release_build() { one release-build Scripts/build.sh; }

process_tests() {
    one kill-ingest Scripts/kill_ingest.py --kills "${HYDRANT_KILLS:-200}"
    one kill-ingest-postgres Scripts/kill_ingest.py --postgres --kills "${HYDRANT_POSTGRES_KILLS:-20}"
    local test
    for test in Tests/Process/*; do
        if [[ -f $test && -x $test ]]; then one "$(basename "${test%.*}")" "$test"; fi
    done
}

api_tests() { one schemathesis Scripts/schemathesis.sh; }

step "Formatting" formatting
step "Documents" documents
step "Build the tests" build_tests
step "Swift tests" swift_tests
step "Release build" release_build
if [[ -x .build/release/hydrant ]]; then
    step "Process tests" process_tests
    step "API against its own description" api_tests
fi
finish
