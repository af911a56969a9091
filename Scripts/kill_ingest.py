#!/usr/bin/env python3
"""Kills a hub with SIGKILL at random moments while clients hand in facts, and looks for every acknowledged fact.

After each restart the orders of the facts that were acknowledged since the last one are asked for over HTTP. At the end
every order is asked for, the database is read once without the hub, and `hydrant verify` recomputes it. Prints kills,
acknowledged, lost and duplicated; ends with 1 when anything is lost, there twice, or wrong.
"""

import argparse
import http.client
import json
import pathlib
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
from hub import Client, Hub, HubFailure
from postgres import Cluster

SOURCE = "shop"
OPEN_ORDERS = 300
FACTS_OF_AN_ORDER = 8
BATCH_SIZES = [1, 1, 1, 2, 3, 5, 8, 20, 100]


def facts_of_order(number: str, minute: int) -> list[dict]:
    """Everything that has to be said about an order until its warranty is active."""
    parcel = f"{number}-1"
    said = [
        ("order.placed", {
            "payableMinor": 1000, "lines": [{"id": "1", "sku": "LF9001", "units": 1, "priceMinor": 1000}]}),
        ("payment.reported", {"id": "p1", "amountMinor": 1000}),
        ("credit.checked", {"passed": True}),
        ("inventory.locked", {"warehouse": "W1"}),
        ("parcel.packed", {"parcel": parcel, "items": [{"line": "1", "units": 1}]}),
        ("tracking.reported", {"parcel": parcel, "courier": "c", "channel": "c", "number": f"T{number}"}),
        ("signed.reported", {"parcel": parcel}),
        ("warranty.registered", {"until": "2028-11-11T00:00:00+08:00"}),
    ]
    return [
        {
            "kind": kind, "source": SOURCE, "id": f"{number}:{kind}", "order": number,
            "occurredAt": f"2026-11-11T{minute // 60 % 24:02d}:{minute % 60:02d}:{index:02d}+08:00", "data": data,
        }
        for index, (kind, data) in enumerate(said)
    ]


class Ledger:
    """What the clients still have to say, and what the hub has acknowledged. Guarded by one lock."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        self.waiting: list[dict] = []
        self.acknowledged: dict[str, set[str]] = {}
        self.unchecked: set[str] = set()
        self.refused: list[str] = []
        self.count = 0
        self.repeated = 0
        self.orders = 0

    def take(self, size: int) -> list[dict]:
        with self.lock:
            while len(self.waiting) < max(size, OPEN_ORDERS * FACTS_OF_AN_ORDER):
                self.orders += 1
                self.waiting += facts_of_order(f"SO-{self.orders}", self.orders)
                if len(self.waiting) >= OPEN_ORDERS * FACTS_OF_AN_ORDER:
                    self.random.shuffle(self.waiting)
            taken, self.waiting = self.waiting[-size:], self.waiting[:-size]
            return taken

    def settle(self, facts: list[dict], results: list[dict]) -> None:
        by_id = {result["id"]: result["status"] for result in results}
        with self.lock:
            for fact in facts:
                status = by_id.get(fact["id"])
                if status in ("accepted", "duplicate"):
                    known = self.acknowledged.setdefault(fact["order"], set())
                    self.count += fact["id"] not in known
                    self.repeated += fact["id"] in known
                    known.add(fact["id"])
                    self.unchecked.add(fact["order"])
                else:
                    self.refused.append(f"{fact['id']}: {status}")

    def take_unchecked(self) -> dict[str, set[str]]:
        with self.lock:
            found = {number: set(self.acknowledged[number]) for number in self.unchecked}
            self.unchecked = set()
            return found


class Feeder(threading.Thread):
    """Hands in facts until it is told to stop; repeats what was not acknowledged, like any honest sender."""

    def __init__(self, hub: Hub, ledger: Ledger, seed: int, running: threading.Event, stopping: threading.Event):
        super().__init__(daemon=True)
        self.hub = hub
        self.ledger = ledger
        self.random = random.Random(seed)
        self.running = running
        self.stopping = stopping
        self.problem: str | None = None

    def run(self) -> None:
        client = self.hub.client()
        pending: list[dict] = []
        while not self.stopping.is_set():
            self.running.wait()
            if not pending:
                pending = self.ledger.take(self.random.choice(BATCH_SIZES))
            try:
                status, answer = client.post_facts(pending)
            except (OSError, http.client.HTTPException, json.JSONDecodeError):
                time.sleep(0.005)
                continue
            if status == 503:
                time.sleep(0.01)
                continue
            if status >= 300:
                self.problem = f"POST /v1/facts: {status} {answer}"
                return
            self.ledger.settle(pending, answer["results"])
            # Now and then a sender repeats what it was told is safe.
            if self.random.random() < 0.9:
                pending = []
        client.close()


def message_ids(proof: dict) -> list[str]:
    """The message ids of all facts in an order's history."""
    events = [event["content"] for event in proof["events"]]
    return [event["content"]["id"] for event in events if event["event"] == "fact.recorded"]


class Audit:
    """Compares what the hub says with what it has acknowledged."""

    def __init__(self, hub: Hub, cluster: Cluster | None = None):
        self.hub = hub
        self.cluster = cluster
        self.lost: set[str] = set()
        self.duplicated: set[str] = set()
        self.wrong: list[str] = []

    def compare(self, expected: set[str], found: list[str]) -> None:
        self.lost |= expected - set(found)
        self.duplicated |= {identifier for identifier in set(found) if found.count(identifier) > 1}

    def finished(self, client: Client) -> set[str]:
        """The orders in the last state, as the hub lists them."""
        found: set[str] = set()
        cursor = ""
        while cursor is not None:
            status, page = client.call("GET", f"/v1/orders?state=7&limit=200{cursor and '&cursor=' + cursor}")
            if status != 200:
                self.wrong.append(f"GET /v1/orders?state=7: {status} {page}")
                break
            found |= {row["order"] for row in page["orders"]}
            cursor = page["nextCursor"]
        return found

    def ask(self, client: Client, orders: dict[str, set[str]], complete: bool = False) -> None:
        finished = self.finished(client) if complete else set()
        for number, expected in orders.items():
            status, proof = client.call("GET", f"/v1/orders/{number}/proof")
            if status != 200:
                self.lost |= expected
                continue
            self.compare(expected, message_ids(proof))
            if complete and len(expected) == FACTS_OF_AN_ORDER and number not in finished:
                self.wrong.append(f"{number} has all its facts and is not in state 7")

    def read_database(self, orders: dict[str, set[str]]) -> None:
        """The events as they lie on disk, read without the hub."""
        found: dict[str, list[str]] = {}
        if self.cluster is not None:
            events = self.cluster.sql(
                "SELECT orders.number, convert_from(bytes, 'UTF8') FROM hydrant.events"
                " JOIN hydrant.orders ON orders.id = events.order_id")
            messages = self.cluster.sql("SELECT message_id FROM hydrant.inbox")
        else:
            connection = sqlite3.connect(self.hub.database)
            events = connection.execute(
                "SELECT orders.number, bytes FROM events JOIN orders ON orders.id = events.order_id").fetchall()
            messages = connection.execute("SELECT message_id FROM inbox").fetchall()
            connection.close()
        for number, raw in events:
            event = json.loads(raw)
            if event["event"] == "fact.recorded":
                found.setdefault(number, []).append(event["content"]["id"])
        for number, expected in orders.items():
            self.compare(expected, found.get(number, []))
        kept = [message for (message,) in messages]
        self.lost |= set().union(*orders.values()) - set(kept)
        if len(kept) != len(set(kept)):
            self.wrong.append("a message is in the inbox twice")

    def verify(self) -> dict:
        report = self.hub.command("verify")
        if report["violations"] not in (0, []):
            self.wrong.append(f"hydrant verify: {report['violations']}")
        return report


def disturb(
        hub: Hub, ledger: Ledger, audit: Audit, running: threading.Event, options: argparse.Namespace) -> dict:
    """Starts, checks, waits and kills again and again; returns figures."""
    chance = random.Random(options.seed)
    starts: list[float] = []
    memory: list[float] = []
    end = time.monotonic() + options.seconds if options.seconds else None
    kills = 0
    while kills < options.kills if end is None else time.monotonic() < end:
        starts.append(hub.start())
        before = ledger.count
        # Nothing new comes while what was acknowledged is looked for. One start in five is followed by a kill without
        # questions, so that recovery itself is disturbed too.
        if chance.random() >= 0.2:
            running.clear()
            audit.ask(hub.client(), ledger.take_unchecked())
            running.set()
        low, high = options.between
        left = low + (high - low) * chance.random() ** options.early
        time.sleep(left if end is None else min(left, max(0.0, end - time.monotonic())))
        memory.append(hub.memory_mebibytes())
        hub.kill()
        kills += 1
        if end is not None or kills % 20 == 0:
            print(
                f"{kills} kills, {ledger.count} acknowledged ({ledger.count - before} since the last start), "
                f"{memory[-1]:.0f} MiB, {len(audit.lost)} lost", file=sys.stderr)
    return {"kills": kills, "slowestStartSeconds": round(max(starts), 3), "memoryMebibytes": round(max(memory), 1)}


def run(options: argparse.Namespace, folder: pathlib.Path, cluster: Cluster | None) -> int:
    hub = Hub(folder, database=cluster.address if cluster else None)
    ledger = Ledger(options.seed)
    audit = Audit(hub, cluster)
    running = threading.Event()
    running.set()
    stopping = threading.Event()
    hub.start()
    hub.kill()
    feeders = [
        Feeder(hub, ledger, options.seed + 1 + index, running, stopping) for index in range(options.clients)]
    for feeder in feeders:
        feeder.start()
    try:
        figures = disturb(hub, ledger, audit, running, options)
        hub.start()
        time.sleep(0.5)
        stopping.set()
        for feeder in feeders:
            feeder.join(timeout=30)
        everything = {number: set(ids) for number, ids in ledger.acknowledged.items()}
        audit.ask(hub.client(), everything, complete=True)
        code = hub.stop()
        if code != 0:
            audit.wrong.append(f"the hub ended with {code} after SIGTERM")
        audit.read_database(everything)
        report = audit.verify()
    finally:
        stopping.set()
        running.set()
        if hub.process is not None:
            hub.kill()
    audit.wrong += [feeder.problem for feeder in feeders if feeder.problem] + ledger.refused[:10]
    print(json.dumps({
        **figures, "acknowledged": ledger.count, "repeated": ledger.repeated, "orders": report["orders"], "events": report["events"],
        "lost": len(audit.lost), "duplicated": len(audit.duplicated), "violations": report["violations"],
        "wrong": audit.wrong[:10], "seed": options.seed,
    }))
    for identifier in sorted(audit.lost)[:10]:
        print(f"lost: {identifier}", file=sys.stderr)
    for identifier in sorted(audit.duplicated)[:10]:
        print(f"twice: {identifier}", file=sys.stderr)
    return 1 if audit.lost or audit.duplicated or audit.wrong or ledger.count == 0 else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=0, help="go on for so long, instead of a number of kills")
    parser.add_argument("--between", type=float, nargs=2, default=None, metavar=("LOW", "HIGH"),
                        help="seconds from being ready to the kill")
    parser.add_argument("--early", type=float, default=None,
                        help="1: kills come evenly between LOW and HIGH; 2: sooner than later, each moment still may be hit")
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL server of its own instead of a file")
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    options = parser.parse_args()
    if options.between is None:
        options.between = (20.0, 60.0) if options.seconds else (0.01, 0.4)
    if options.early is None:
        options.early = 1 if options.seconds else 2
    # Ended from outside, the script still takes its hub along.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="hydrant-kill-"))
    cluster = None
    try:
        if options.postgres:
            cluster = Cluster(folder.with_name(folder.name + "-pg"))
        code = run(options, folder, cluster)
    except (HubFailure, RuntimeError) as failure:
        print(failure, file=sys.stderr)
        code = 1
    finally:
        if cluster is not None:
            cluster.stop()
    if code == 0:
        shutil.rmtree(folder)
    else:
        print(f"the database and the log are kept in {folder}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
