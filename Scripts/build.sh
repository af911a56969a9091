#!/usr/bin/env bash
# Builds the release binary, and does nothing when no source changed since the last build.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

binary=.build/release/hydrant
stamp=.build/hydrant-release.stamp

# Folders count too: removing a file changes the time of its folder.
if [[ -x $binary && -e $stamp && -z $(find Sources Package.swift -newer "$stamp" -print -quit) ]]; then
    exit 0
fi
mkdir -p .build
touch "$stamp.begun"
begun=$SECONDS
echo "build: release build of hydrant (a first one takes some minutes)"
Scripts/swift_build.sh --product hydrant
mv "$stamp.begun" "$stamp"
echo "build: $binary after $((SECONDS - begun)) s"
