#!/usr/bin/env bash
# Measures the plain C program and the hub in one run and writes bench.json: a list of name, value, unit, limit, ratio.
# The same on a PostgreSQL server of its own goes into bench-postgres.json; "run.sh postgres" does only that.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tools=.build-tools
mkdir -p "$tools"
directory=$(mktemp -d "$PWD/$tools/bench.XXXXXX")
trap 'rm -rf "$directory"' EXIT

hydrant=${HYDRANT_BINARY:-.build/release/hydrant}

measure_postgres() {
    local folder port server
    cc -O2 $(pkg-config --cflags libpq) -o "$tools/limit_postgres" Benchmarks/limit/limit_postgres.c -lpq
    coproc CLUSTER { Scripts/postgres.sh "$directory/postgres"; }
    local input=${CLUSTER[1]} process=$CLUSTER_PID
    chmod 0755 "$directory"
    read -r folder port server <&"${CLUSTER[0]}"
    echo "bench: the limit on PostgreSQL, a plain C program with binary arrays (server $server)" >&2
    "$tools/limit_postgres" "host=$folder port=$port user=hydrant dbname=postgres" >"$directory/limit-postgres.json"
    echo "bench: the hub on PostgreSQL" >&2
    "$hydrant" bench --limit "$directory/limit-postgres.json" --directory "$directory" --output bench-postgres.json \
        --database "postgres://hydrant@/postgres?host=$folder&port=$port"
    exec {input}>&-
    wait "$process" || true
}

if [[ ${1:-} == postgres ]]; then
    measure_postgres
    exit 0
fi

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
"$hydrant" bench --limit "$directory/limit.json" --directory "$directory" --output bench.json
measure_postgres
