#!/usr/bin/env python3
"""The command line on a PostgreSQL server: a move from a file, also after an interruption, and what is refused."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

root = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(root / "Scripts"))
from postgres import Cluster

binary = os.environ.get("HYDRANT_BINARY", str(root / ".build/release/hydrant"))
failures = []


def hydrant(*arguments, code, cwd):
    done = subprocess.run([binary, *map(str, arguments)], capture_output=True, text=True, timeout=300, cwd=cwd)
    if done.returncode != code:
        failures.append(f"hydrant {' '.join(map(str, arguments))}: exit {done.returncode}, not {code}\n{done.stderr}")
    return done


def expect(condition, sentence):
    if not condition:
        failures.append(sentence)


def make_file(folder, orders):
    rows = ["number,sku,amount,placed,paid"]
    rows += [f"S{n},LF9001,12.50,2026-11-11 00:00:01,{'2026-11-11 00:00:09' if n % 3 else ''}" for n in range(orders)]
    source = folder / "files"
    source.mkdir()
    (source / "orders.csv").write_text("\n".join(rows) + "\n")
    (folder / "mapping.yaml").write_text("""\
mapping: corner-shop
version: 1
source: shop
timeZone: Asia/Shanghai
dateFormats: [yyyy-MM-dd HH:mm:ss]
exportedAt: 2026-11-12T00:00:00+08:00
flow:
  reported: [paid]
files:
  - file: orders.csv
    key: number
    facts:
      - kind: order.placed
        occurredAt: placed
        data:
          payableMinor: {column: amount, as: minor}
          lines: [{id: "1", sku: {column: sku}, priceMinor: {column: amount, as: minor}}]
      - kind: payment.reported
        when: {column: paid, is: present}
        occurredAt: paid
        data: {id: "{number}", amountMinor: {column: amount, as: minor}}
""")
    hydrant("import", "--mapping", "mapping.yaml", "--from", "files", "--database", "hub.sqlite", code=0, cwd=folder)


def test(folder, cluster):
    address = cluster.address
    hydrant("verify", "--database", address, code=2, cwd=folder)
    doctor = hydrant("doctor", "--database", address, "--port", "0", code=0, cwd=folder)
    expect("the database is new" in doctor.stdout, f"doctor says: {doctor.stdout}")
    make_file(folder, 6_000)
    move = ["migrate", "--from", "hub.sqlite", "--to", address]

    # Killed in the middle, the move goes on where it was, and meanwhile no hub starts.
    first = subprocess.Popen([binary, *move], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(2_000):
        try:
            if int(cluster.sql("SELECT count(*) FROM hydrant.orders")[0][0]) >= 1_000:
                break
        except subprocess.CalledProcessError:
            pass
        time.sleep(0.005)
    first.send_signal(signal.SIGKILL)
    first.wait()
    moved = int(cluster.sql("SELECT count(*) FROM hydrant.orders")[0][0])
    expect(moved >= 1_000, f"only {moved} orders were moved before the kill")
    half = hydrant("verify", "--database", address, "--key", "hub.sqlite.key", code=2, cwd=folder)
    expect("has not ended" in half.stderr, f"a half-filled database is opened: {half.stderr}")
    done = hydrant(*move, code=0, cwd=folder)
    figures = json.loads(done.stdout or "{}")
    expect(figures.get("orders") == 6_000 and figures.get("differences") == 0, f"the move says {figures}")

    again = ["--database", address, "--key", "hub.sqlite.key"]
    report = json.loads(hydrant("verify", *again, code=0, cwd=folder).stdout or "{}")
    expect(report.get("orders") == 6_000 and report.get("violations") == 0, f"verify says {report}")
    moment = ["--as-of", "2026-11-12T00:00:00+08:00"]
    for question in (["health", *moment], ["order", "S17", "--proof", *moment], ["wrong-orders", *moment]):
        one = hydrant(*question, "--database", "hub.sqlite", code=0, cwd=folder).stdout
        two = hydrant(*question, *again, code=0, cwd=folder).stdout
        expect(one == two, f"hydrant {question[0]} differs:\n{one}\n{two}")
    public = cluster.sql('SELECT state, count(*) FROM hydrant_public.orders GROUP BY 1 ORDER BY 1')
    expect(sum(int(count) for _, count in public) == 6_000, f"hydrant_public says {public}")

    wrong = hydrant("verify", "--database", address, "--key", "other.key", code=2, cwd=folder)
    expect("other.key" in wrong.stderr, f"a missing key: {wrong.stderr}")
    gone = hydrant("verify", "--database", "postgres://me:secret@127.0.0.1:9/none", code=2, cwd=folder)
    expect("HY-1010" in gone.stderr and "secret" not in gone.stderr, f"a server that is not there: {gone.stderr}")


with tempfile.TemporaryDirectory(prefix="hydrant-pg-") as name:
    folder = pathlib.Path(name)
    server = Cluster(pathlib.Path(name + "-server"))
    try:
        test(folder, server)
    finally:
        server.stop()
for failure in failures:
    print(failure)
print("postgres: fine" if not failures else f"postgres: {len(failures)} failures")
sys.exit(1 if failures else 0)
