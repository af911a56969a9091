#!/usr/bin/env python3
"""Takes ZTO down for two hours in the middle of the demo's day, with the switch of its page, and watches over HTTP how
the backup takes over, keepers are texted, the sets fill and drain, and the figures recover."""

import datetime
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
import urllib.parse
import urllib.request

root = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(root / "Scripts")]
from hub import interrupt  # noqa: E402

binary = os.environ.get("HYDRANT_BINARY", str(root / ".build/release/hydrant"))
orders = int(os.environ.get("HYDRANT_DEMO_ORDERS", "6000"))
minutes = os.environ.get("HYDRANT_DEMO_MINUTES", "1.5")
begins_at = 10  # o'clock, China time
waiting_sets = ["channel-a-trying", "channel-b-trying", "keeper-asked", "polling"]


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def china_hour(at):
    return (at + 28_800) % 86_400 / 3_600


class Hub:
    def __init__(self, folder):
        self.folder = folder
        self.process = subprocess.Popen(
            [binary, "demo", "--orders", str(orders), "--minutes", minutes, "--folder", folder, "--port", "0",
             "--settings", str(root / "Templates/default.yaml")], stderr=subprocess.PIPE, text=True)
        self.told = []
        begun = time.monotonic()
        address = None
        while address is None:
            line = self.process.stderr.readline()
            if not line:
                sys.exit(f"the demo did not start: {self.told}")
            self.told.append(line)
            address = re.search(r"http://127\.0\.0\.1:\d+", line)
        self.base = address.group()
        self.startup = time.monotonic() - begun
        threading.Thread(target=self.keep_reading, daemon=True).start()
        self.token = pathlib.Path(folder, "hydrant.sqlite.token").read_text().strip()

    def keep_reading(self):
        for line in self.process.stderr:
            self.told.append(line)

    def call(self, path, form=None):
        data = urllib.parse.urlencode(form).encode() if form else None
        request = urllib.request.Request(
            self.base + path, data=data, headers={"authorization": f"Bearer {self.token}"})
        with urllib.request.urlopen(request, timeout=30) as reply:
            return reply.read()

    def look(self):
        sets = json.loads(self.call("/v1/courier-sets"))
        health = json.loads(self.call("/v1/health-index"))
        return {
            "at": moment(sets["asOf"]), "sets": {entry["set"]: entry["count"] for entry in sets["sets"]},
            "consistency": health["dimensions"]["consistency"]["value"],
        }

    def stop(self):
        interrupt(self.process)


def rows(folder, sql, *arguments):
    database = sqlite3.connect(f"file:{folder}/hydrant.sqlite?mode=ro", uri=True)
    try:
        return database.execute(sql, arguments).fetchall()
    finally:
        database.close()


def play(folder):
    hub = Hub(folder)
    samples = []
    try:
        while True:
            look = hub.look()
            if begins_at <= china_hour(look["at"]) < begins_at + 4:
                break
            time.sleep(0.2)
        before = look
        hub.call("/demo/outage", {"system": "zto", "down": "yes", "form": ""})
        down_from = hub.look()["at"]
        up_from = down_from + 2 * 3_600
        while not samples or samples[-1]["at"] < up_from + 5 * 3_600:
            samples.append(hub.look())
            time.sleep(0.15)
    finally:
        hub.stop()
    return hub, before, down_from, up_from, samples


def judge(folder, hub, before, down_from, up_from, samples):
    problems = []
    during = [look for look in samples if look["at"] <= up_from + 1_200]
    after = [look for look in samples if look["at"] > up_from + 1_200]
    peaks = {name: max(look["sets"][name] for look in during) for name in waiting_sets}
    worst = min(look["consistency"] for look in samples)
    worst_after = min(look["consistency"] for look in after)
    back = next((look["at"] for look in samples if look["at"] > down_from and all(
        later["consistency"] >= 0.985 for later in samples if later["at"] >= look["at"])), None)
    begin, end = int(down_from * 1_000), int(up_from * 1_000)
    texts = rows(folder, "SELECT status, count(*) FROM instructions WHERE kind = 'keeper.ask' GROUP BY status")
    typed = rows(folder, "SELECT count(*) FROM parcels WHERE channel = 'keeper'")[0][0]
    by_backup = rows(folder, "SELECT count(*) FROM instructions JOIN orders ON orders.id = order_id "
                     "WHERE kind = 'waybill.create' AND system = 'cainiao' AND status = 'done' "
                     "AND issued_at BETWEEN ? AND ?", begin, end)[0][0]
    asked = rows(folder, "SELECT count(DISTINCT order_id) FROM instructions WHERE kind = 'waybill.create' "
                 "AND system = 'zto' AND issued_at BETWEEN ? AND ?", begin, end)[0][0]
    # Asked for during the outage, packed by now, and neither a number nor anybody who has the word.
    # An open task has an owner and a time by which it is due. An order whose lock was never reported has not been asked
    # for a number yet; it is a wrong order (packedNotLocked) with or without an outage.
    lost = rows(folder, "SELECT number, parcel, tracking_set, parcels.due_at, completion FROM parcels "
                "JOIN orders ON orders.id = parcels.order_id WHERE tracking_set <> 'number-read-back' AND since < ? AND "
                "(parcels.due_at IS NULL OR parcels.due_at < ?) AND NOT EXISTS "
                "(SELECT 1 FROM tasks WHERE tasks.order_id = parcels.order_id) AND EXISTS (SELECT 1 FROM instructions "
                "WHERE instructions.order_id = parcels.order_id AND kind = 'waybill.create')",
                int((samples[-1]["at"] - 7_200) * 1_000), int((samples[-1]["at"] - 3_600) * 1_000))
    numberless = rows(folder, "SELECT tracking_set, courier, count(*) FROM parcels WHERE "
                      "tracking_set <> 'number-read-back' AND since BETWEEN ? AND ? GROUP BY 1, 2", begin, end)
    figures = {
        "orders": orders, "first page": f"{hub.startup:.1f} s", "orders that met the outage": asked,
        "numbers by the backup": by_backup, "texts to keepers": dict(texts), "numbers typed": typed,
        "sets before": before["sets"], "most during": peaks, "sets at the end": samples[-1]["sets"],
        "consistency before": before["consistency"], "worst": worst,
        "worst later than 20 minutes after": worst_after,
        "back above 98.5 after": None if back is None else f"{(back - down_from) / 60:.0f} minutes",
        "still without a number": numberless,
    }
    print(json.dumps(figures, ensure_ascii=False, indent=1))
    if not asked or not by_backup:
        problems.append("nobody met the outage, or the backup did nothing")
    if not any(status == "done" for status, _ in texts):
        problems.append("no keeper was texted")
    if lost or numberless:
        problems.append(f"{lost} parcels have neither number nor owner, {numberless} have no number yet")
    if worst_after < 0.985:
        problems.append(f"consistency was {worst_after} more than 20 minutes after the outage")
    verified = subprocess.run(
        [binary, "verify", "--database", f"{folder}/hydrant.sqlite"], capture_output=True, text=True, timeout=300)
    print(verified.stdout.strip())
    if verified.returncode != 0 or json.loads(verified.stdout.strip().splitlines()[-1])["violations"]:
        problems.append(f"verify says {verified.stdout}{verified.stderr}")
    if hub.startup > 10:
        problems.append(f"the first page took {hub.startup:.1f} s")
    return problems


with tempfile.TemporaryDirectory() as name:
    problems = judge(name, *play(name))
    if problems:
        sys.exit("demo outage: " + "; ".join(problems))
    print("demo outage: passed")
