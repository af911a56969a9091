#!/usr/bin/env python3
"""An auditor that is not the hub: plays a small Double-11 day over real HTTP until most parcels have arrived, takes
down what the outside systems said and what the hub says (orders, proofs, wrong orders, health index, courier sets,
tables), and compares each order, each figure and every "must never happen" of PRODUCT.md with a second opinion that
shares nothing with the program (Tests/Recount/own_model.py, must_never.py). The figures of earlier hours are compared too.

Then it doctors copies of the books, one way at a time, and each time its checks have to find it: an auditor that cannot
fail proves nothing. The last line is its figures."""

import copy
import http.client
import json
import os
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

root = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path[:0] = [str(root / "Scripts"), str(root / "Tests/Recount"), str(root / "Tests/Process")]
from doctored import DOCTORED  # noqa: E402
from hub import interrupt  # noqa: E402
from must_never import Audit  # noqa: E402
from own_model import Order, Settings, index_of, moment  # noqa: E402

binary = os.environ.get("HYDRANT_BINARY", str(root / ".build/release/hydrant"))
orders = int(os.environ.get("HYDRANT_AUDITED_ORDERS", "500"))
minutes = os.environ.get("HYDRANT_AUDITED_MINUTES", "0.2")
template = root / "Templates/default.yaml"
# Hours of the day that is over at which the figures are compared once more, China time.
EARLIER = ["2026-11-11T09:00:00+08:00", "2026-11-11T20:00:00+08:00", "2026-11-12T14:00:00+08:00"]
# Tables whose contents are sealed or are the people's own accounts.
SEALED = {("inbox", "sealed"), ("receivers", "sealed"), ("parked", "sealed"), ("records", "body")}


class Day:
    """`hydrant demo` until its clock goes as every clock does."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.database = self.folder / "hydrant.sqlite"
        self.told, self.base = [], None
        self.is_resting = threading.Event()
        self.process = subprocess.Popen(
            [binary, "demo", "--orders", str(orders), "--minutes", minutes, "--folder", folder, "--port", "0",
             "--settings", str(template)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for line in self.process.stderr:
            self.told.append(line)
            found = re.search(r"http://(127\.0\.0\.1:\d+)", line)
            self.base = self.base or (found and found.group(1))
            if "natural pace" in line:
                self.is_resting.set()
        self.is_resting.set()

    def play(self):
        if not self.is_resting.wait(timeout=900) or self.process.poll() is not None:
            self.stop()
            sys.exit(f"auditor: the day did not come to its end: {''.join(self.told)[-2_000:]}")
        token = (self.folder / "hydrant.sqlite.token").read_text().strip()
        self.headers = {"authorization": f"Bearer {token}"}
        self.connection = http.client.HTTPConnection(self.base, timeout=60)

    def get(self, path):
        self.connection.request("GET", path, headers=self.headers)
        reply = self.connection.getresponse()
        body = reply.read()
        if reply.status != 200:
            raise OSError(f"GET {path}: {reply.status} {body[:300]}")
        return json.loads(body)

    def pages(self, path, name):
        rows, cursor = [], ""
        while cursor is not None:
            page = self.get(f"{path}?limit=200{cursor and '&cursor=' + cursor}")
            rows += page[name]
            cursor = page["nextCursor"]
        return rows

    def versions(self):
        return {row["order"]: row["version"] for row in self.pages("/v1/orders", "orders")}

    def stop(self):
        interrupt(self.process)


def still_books(day):
    """Both books of one and the same moment: taken again until nothing moved meanwhile."""
    before = {}
    for _ in range(60):
        after = day.versions()
        if after == before:
            break
        before = after
        time.sleep(1)
    told, chains = {}, {}
    for _ in range(20):
        changed = [number for number, version in before.items() if told.get(number, {}).get("version") != version]
        for number in changed:
            told[number] = day.get(f"/v1/orders/{number}")
            chains[number] = day.get(f"/v1/orders/{number}/proof")
        books = tables(day)
        books["health"] = day.get("/v1/health-index")
        books["wrong"] = day.pages("/v1/wrong-orders", "orders")
        books["sets"] = day.get("/v1/courier-sets")["sets"]
        after = day.versions()
        if after == before:
            break
        before = after
    else:
        sys.exit("auditor: the hub never came to rest")
    books["orders"] = told
    books["chains"] = {
        number: {"head": chain["head"], "events": [(event["bytes"], event["hash"]) for event in chain["events"]]}
        for number, chain in chains.items()}
    books["events"] = {
        number: [json.loads(text) for text, _ in chain["events"]] for number, chain in books["chains"].items()}
    books["now"] = moment(books["health"]["asOf"])
    books["key"] = bytes.fromhex((day.folder / "hydrant.sqlite.key").read_text().strip())
    return books


def tables(day):
    """What is asked of the tables, read without the program, and every text in them that is not sealed."""
    database = sqlite3.connect(f"file:{day.database}?mode=ro", uri=True)
    rows = lambda sql: database.execute(sql).fetchall()  # noqa: E731
    tasks = {}
    for number, task in rows("SELECT number, task FROM tasks JOIN orders ON orders.id = order_id"):
        tasks.setdefault(number, []).append(task)
    texts = [("what the program writes", "".join(day.told))]
    for name, in rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"):
        columns = [row[1] for row in rows(f"PRAGMA table_info({name})")
                   if row[2] in ("TEXT", "BLOB") and (name, row[1]) not in SEALED]
        for column in columns:
            values = rows(f"SELECT CAST({column} AS BLOB) FROM {name} WHERE {column} IS NOT NULL")
            texts.append((f"{name}.{column}", "\n".join(value.decode(errors="replace") for value, in values)))
    try:
        return {
            "inbox": rows("SELECT source, message_id, order_number FROM inbox"), "tasks": tasks, "texts": texts,
            "instructions": rows("SELECT key, status FROM instructions"),
            "looks": rows("SELECT number, changes_at FROM orders WHERE changes_at IS NOT NULL"),
            "parcels": rows("SELECT number, parcel, tracking_set FROM parcels JOIN orders ON orders.id = order_id"),
        }
    finally:
        database.close()


class SecondOpinion:
    """Remembers what it thought of orders whose messages did not change."""

    def __init__(self, settings):
        self.settings, self.known = settings, {}

    def __call__(self, number, events, now):
        # The events are kept, so that their identity belongs to nobody else.
        key = (number, id(events), now)
        if key not in self.known:
            self.known[key] = (Order(number, events, self.settings, now), events)
        return self.known[key][0]


def earlier_figures(day, books, settings):
    """What differs between the hub's figures of earlier hours and the second opinion's."""
    found = []
    for text in EARLIER:
        done = subprocess.run(
            [binary, "health", "--json", "--as-of", text, "--database", day.database],
            capture_output=True, text=True, timeout=120)
        said = json.loads(done.stdout)
        now = moment(text)
        seen = [Order(number, events, settings, now) for number, events in books["events"].items()]
        own = index_of(seen)
        counts = {name: (said[name]["numerator"], said[name]["denominator"]) for name in own["counts"]}
        if [counts, said["population"]] != [own["counts"], own["population"]]:
            found.append(f"figures: {text}: {counts} of {said['population']}, not {own}")
        elif abs((said["index"] or 0) - (own["index"] or 0)) > 1e-6:
            found.append(f"figures: {text}: {said['index']}, not {own['index']}")
    return found


def doctored(books, opinion, truth):
    """How many doctored copies were found, and which were not."""
    missed = []
    for name, (check, change) in DOCTORED.items():
        forged = {part: copy.copy(value) for part, value in books.items()}
        try:
            change(forged)
        except LookupError as problem:
            missed.append(f"{name}: the day has no order for it ({problem})")
            continue
        new = set(Audit(forged, opinion).run({"state", check})) - truth
        if not any(sentence.startswith(f"{check}: ") for sentence in new):
            missed.append(f"{name}: {check} did not find it")
    return len(DOCTORED) - len(missed), missed


def main():
    begun = time.monotonic()
    settings = Settings(template)
    opinion = SecondOpinion(settings)
    with tempfile.TemporaryDirectory() as folder:
        day = Day(folder)
        try:
            day.play()
            books = still_books(day)
        finally:
            day.stop()
        audit = Audit(books, opinion)
        differences = audit.run() + earlier_figures(day, books, settings)
        found, missed = doctored(books, opinion, set(differences))
    figures = {
        "orders": len(books["orders"]), "facts": len(books["inbox"]),
        "events": sum(map(len, books["events"].values())), "checks": audit.checks + len(EARLIER),
        "differences": len(differences), "doctored": len(DOCTORED), "doctoredFound": found,
        "index": books["health"]["index"], "population": books["health"]["population"],
        "seconds": round(time.monotonic() - begun, 1),
    }
    for sentence in differences[:60] + missed:
        print(f"auditor: {sentence}", file=sys.stderr)
    if len(books["orders"]) < orders:
        missed.append(f"only {len(books['orders'])} orders")
    print(json.dumps(figures))
    return 1 if differences or missed else 0


if __name__ == "__main__":
    sys.exit(main())
