#!/usr/bin/env python3
"""Plays a small Double-11 day to its end over real HTTP, as `make demo` does, and verifies every order of it."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

root = pathlib.Path(__file__).resolve().parents[2]
binary = os.environ.get("HYDRANT_BINARY", str(root / ".build/release/hydrant"))
orders = int(os.environ.get("HYDRANT_DEMO_ORDERS", "1500"))

with tempfile.TemporaryDirectory() as name:
    done = subprocess.run(
        [binary, "demo", "--orders", str(orders), "--minutes", "0.4", "--folder", name, "--port", "0",
         "--settings", str(root / "Templates/default.yaml"), "--until-done"],
        capture_output=True, text=True, timeout=600)
    print(done.stderr[-2_000:], file=sys.stderr)
    if done.returncode != 0:
        sys.exit(f"the demo ended with {done.returncode}: {done.stdout}")
    verified = json.loads(done.stdout.strip().splitlines()[-1])
    if verified["violations"] or verified["orders"] < orders:
        sys.exit(f"verify says {verified}")
    # The world is quiet: nearly every order that was paid for has gone all the way.
    counts = dict(
        map(int, line.split("|")) for line in subprocess.run(
            ["sqlite3", f"{name}/hydrant.sqlite",
             "SELECT state, count(*) FROM orders WHERE completion <> 'cancelled' GROUP BY state"],
            capture_output=True, text=True, check=True).stdout.split())
    finished = counts.get(7, 0)
    print(f"demo day: {verified['orders']} orders, {verified['events']} events, by state {counts}")
    if finished < 0.85 * orders:
        sys.exit(f"only {finished} of {orders} orders went all the way")
    held = subprocess.run(
        ["sqlite3", f"{name}/hydrant.sqlite", "SELECT count(*) FROM instructions WHERE status IN ('waiting', 'ambiguous')"],
        capture_output=True, text=True, check=True).stdout.strip()
    if held != "0":
        sys.exit(f"{held} instructions never ended")
