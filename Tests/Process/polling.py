#!/usr/bin/env python3
"""Lets the hub ask for 50,000 numbers that a courier has made and not told, on virtual time: each must be found in time,
no second may have more calls than the courier allows, and the questions must come evenly."""

import json
import os
import pathlib
import subprocess
import sys

root = pathlib.Path(__file__).resolve().parents[2]
binary = os.environ.get("HYDRANT_BINARY", str(root / ".build/release/hydrant"))
count = int(os.environ.get("HYDRANT_POLLED_PARCELS", "50000"))
done = subprocess.run(
    [binary, "simulate", "--stories", "polling", "--count", str(count)], capture_output=True, text=True, timeout=600)
failures = []
try:
    report = json.loads(done.stdout)
except ValueError:
    report = {}
    failures.append(f"no report: {done.stdout}")
if done.returncode != 0:
    failures.append(f"exit {done.returncode}: {done.stderr}")
checks = {
    "every number is found": lambda: report["found"] == report["parcels"] == count,
    "each within 15 min 30 s": lambda: report["slowestSeconds"] <= 930,
    "never over the quota": lambda: report["mostCallsInASecond"] <= report["quotaPerSecond"],
    "the busiest second has less than twice the mean": lambda: report["busiestToMean"] < 2,
}
if report:
    failures += [f"not so: {sentence}: {report}" for sentence, holds in checks.items() if not holds()]
for failure in failures:
    print(f"polling: {failure}", file=sys.stderr)
print(f"polling: {'fine' if not failures else f'{len(failures)} failures'} {json.dumps(report)}")
sys.exit(1 if failures else 0)
