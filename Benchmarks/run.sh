#!/usr/bin/env bash
# Measures the plain C program and the hub in one run and writes bench.json: a list of name, value, unit, limit, ratio.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tools=.build-tools
mkdir -p "$tools"
directory=$(mktemp -d "$PWD/$tools/bench.XXXXXX")
trap 'rm -rf "$directory"' EXIT

cc -O2 -o "$tools/limit" Benchmarks/limit/limit.c -lsqlite3
echo "bench: the limit, a plain C program that writes the same rows" >&2
# Whatever else the machine does can only make it slower, so the better of two runs is the limit.
for run in 1 2; do "$tools/limit" --directory "$directory" >"$directory/limit-$run.json"; done
python3 -c '
import json, sys
runs = [json.load(open(path)) for path in sys.argv[1:]]
print(json.dumps({batch: max(run[batch] for run in runs) for batch in runs[0]}))
' "$directory"/limit-[12].json >"$directory/limit.json"
echo "bench: the hub" >&2
"${HYDRANT_BINARY:-.build/release/hydrant}" bench --limit "$directory/limit.json" --directory "$directory" --output bench.json
