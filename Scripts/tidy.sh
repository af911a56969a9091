#!/usr/bin/env bash
# Checks formatting and runs the house rules alone. The rules need no target of the package, so they are built in a
# package of their own in seconds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

bad=0
swift format lint --strict --parallel --recursive Sources Tests Package.swift || bad=1

package=.build-tidy
mkdir -p "$package/Tests"
ln -sfn ../../Tests/TidyTests "$package/Tests/TidyTests"
cat >"$package/Package.swift" <<'MANIFEST'
// swift-tools-version: 6.2
import PackageDescription

let package = Package(name: "tidy", targets: [.testTarget(name: "TidyTests")])
MANIFEST
swift build --package-path "$package" --build-tests --quiet
HYDRANT_ROOT=$PWD swift test --package-path "$package" --skip-build --disable-xctest |
    grep -E '^↳ [^LT]|^✘ Test .*Expectation failed|Test run with' || bad=1
exit $bad
