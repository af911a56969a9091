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
    local name=$1 log="$logs/$1.log" begun=$SECONDS
    shift
    if "$@" > >(tee "$log") 2>&1; then
        passed=$((passed + 1))
        echo "passed: $name ($((SECONDS - begun)) s)"
    else
        failed=$((failed + 1))
        echo "failed: $name ($((SECONDS - begun)) s, log in $log)"
    fi
}

formatting() { one formatting swift format lint --strict --parallel --recursive Sources Tests Package.swift; }

documents() {
    one documents Scripts/check_docs.py --check
    one mutants-listed Scripts/mutants.py --check
}

# The tests are built in the background, out of the way of the tests of the release binary.
begin_build_of_tests() {
    nice -n 15 Scripts/swift_build.sh --build-tests >"$logs/build-tests.log" 2>&1 &
    building=$!
}

end_build_of_tests() {
    if ! wait "$building"; then
        grep -E 'error:' "$logs/build-tests.log" | sort -u | head -n 40
        failed=$((failed + 1))
        echo "failed: the tests do not build (log in $logs/build-tests.log)"
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
    timeout -k 10 1200 swift test --configuration release -debug-info-format none --skip-build --parallel \
        --disable-xctest --xunit-output "$report" "$@" >"$log" 2>&1
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

# What these find does not depend on how fast the machine is just now: they share the processors, in lanes of about
# the same length. The last lane mostly waits for clocks of its own. The others run alone.
lanes=(
    "accessibility polling packing vendor_clients"
    "interceptors labels auditor canaries people keeper command_line"
    "service"
)

# lane NAME...: one test after the other, with what they say in their logs and how they ended in a file.
lane() {
    local name begun
    for name in "$@"; do
        begun=$SECONDS
        if "Tests/Process/$name.py" >"$logs/$name.log" 2>&1; then
            echo "$((SECONDS - begun)) s" >"$logs/$name.passed"
        fi
    done
}

tests_in_lanes() {
    local names name beside=()
    rm -f "$logs"/*.passed
    for names in "${lanes[@]:0:1}" "${lanes[@]:2}"; do
        # Not quoted: each lane is a list of names.
        # shellcheck disable=SC2086
        lane $names &
        beside+=($!)
    done
    one kill-ingest Scripts/kill_ingest.py --kills "${HYDRANT_KILLS:-200}"
    one kill-ingest-postgres Scripts/kill_ingest.py --postgres --kills "${HYDRANT_POSTGRES_KILLS:-20}"
    # shellcheck disable=SC2086
    lane ${lanes[1]}
    wait "${beside[@]}"
    for name in ${lanes[*]}; do
        if [[ -e $logs/$name.passed ]]; then
            passed=$((passed + 1))
            echo "passed: $name ($(<"$logs/$name.passed"))"
        else
            failed=$((failed + 1))
            tail -n 40 "$logs/$name.log"
            echo "failed: $name (log in $logs/$name.log)"
        fi
    done
}

tests_alone() {
    local test name
    for test in Tests/Process/*; do
        name=$(basename "${test%.*}")
        [[ " ${lanes[*]} " != *" $name "* ]] || continue
        if [[ -f $test && -x $test ]]; then one "$name" "$test"; fi
    done
}

api_tests() { one schemathesis Scripts/schemathesis.sh; }

step "Formatting" formatting
step "Documents" documents
step "Release build" release_build
begin_build_of_tests
if [[ -x .build/release/hydrant ]]; then step "Process tests in lanes, while the tests are built" tests_in_lanes; fi
step "Build the tests" end_build_of_tests
step "Swift tests" swift_tests
if [[ -x .build/release/hydrant ]]; then
    step "Process tests that run alone" tests_alone
    step "API against its own description" api_tests
fi
finish
