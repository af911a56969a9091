#!/usr/bin/env python3
"""Types at the command line what a newcomer would, also wrongly, and looks at what comes back and with which code."""

import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

root = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(root / "Scripts"))
from hub import Hub  # noqa: E402
from trial import end, expect, failures  # noqa: E402

binary = os.environ.get("HYDRANT_BINARY", str(root / ".build/release/hydrant"))

MAPPING = """\
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
"""

ORDERS = """\
number,sku,amount,placed,paid
S1,LF9001,12.50,2026-11-11 00:00:01,2026-11-11 00:00:09
S2,LF9001,12.50,2026-11-11 00:01:01,
S3,LF9001,twelve,2026-11-11 00:02:01,
"""


def hydrant(*arguments, code, input=None):
    done = subprocess.run(
        [binary, *map(str, arguments)], input=input, capture_output=True, text=True, timeout=120)
    if done.returncode != code:
        failures.append(f"hydrant {' '.join(map(str, arguments))}: exit {done.returncode}, not {code}\n{done.stderr}")
    return done


def says(text, *parts):
    for part in parts:
        expect(part in text, f"nothing says “{part}”: {text[:400]}")


RULE = """\
interceptors: ours
rules:
  - id: a
    version: 1
    stage: on
    name: %s
    when: order.placed
    if: %s
    then: [{hold: {reason: w, owner: owner, until: [person]}}]
"""
PAID = "{field: order.isPaid, is: true}"


def hostile_interceptors(folder):
    """Deep, huge and cyclic documents are refused in words, quickly, and without much memory."""
    names = "abcdefghij"
    levels = [f"{name}: &{name} [{', '.join(['*' + before] * 10)}]\n" for before, name in zip(names, names[1:])]
    documents = {
        "nested lists": RULE % ("n", "[" * 200_000),
        "nested groups": RULE % ("n", "{all: [" * 20_000 + PAID + "]}" * 20_000),
        "a circle": "interceptors: &a [*a]\nrules: *a\n",
        "a bomb of aliases": "a: &a [x, x]\n" + "".join(levels) + "rules: *j\n",
        "eight megabytes": "interceptors: x\nrules: [" + "{}, " * 2_000_000 + "]", "zeros": "\0" * 100_000,
        "signs of many bytes": RULE % ("\U0001F468\u200D\U0001F469\u200D\U0001F467" * 300, PAID),
    }
    document = folder / "hostile.yaml"
    for what, text in documents.items():
        document.write_text(text)
        begun = time.monotonic()
        process = subprocess.Popen(
            [binary, "rules", "check", document], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        said = process.stderr.read().decode()
        process.stderr.close()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        expect(process.returncode == 2 and "hostile.yaml:" in said, f"{what}: exit {process.returncode}, {said[:200]}")
        expect(len(said) < 4_000, f"{what}: {len(said)} bytes are said about it")
        expect(time.monotonic() - begun < 10, f"{what}: took {time.monotonic() - begun:.1f} s")
        expect(used.ru_maxrss < 400_000, f"{what}: took {used.ru_maxrss / 1000:.0f} MB")
    document.write_text(RULE % ("n", PAID))
    hydrant("rules", "check", document, code=0)


with tempfile.TemporaryDirectory() as name:
    hostile_interceptors(pathlib.Path(name))

with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    database, mapping, source = folder / "shop.sqlite", folder / "shop.yaml", folder / "export"
    source.mkdir()
    (source / "orders.csv").write_text(ORDERS)
    mapping.write_text(MAPPING)

    help_text = hydrant("--help", code=0).stdout
    says(help_text, "import", "wrong-orders", "verify", "serve", "demo", "doctor", "First steps")
    says(hydrant("imporrt", code=2).stderr, "imporrt", "Did you mean “import”", "wrong-orders")
    says(hydrant("verify", "--databse", "x", code=2).stderr, "--database")
    says(hydrant("import", code=2).stderr, "--mapping")

    says(hydrant("verify", "--database", folder / "none.sqlite", code=2).stderr, "no database", "hydrant import")
    bad = hydrant("import", "--mapping", folder / "none.yaml", "--from", source, "--database", database, code=2)
    says(bad.stderr, "none.yaml", "Templates")
    expect(not database.exists(), "a refused import left a database behind")

    # A row that cannot be read is parked with its line; the others are in.
    first = hydrant("import", "--mapping", mapping, "--from", source, "--database", database, code=1)
    summary = json.loads(first.stdout)
    expect((summary["orders"], summary["facts"], summary["parked"]) == (2, 3, 1), f"the summary is {summary}")
    says(first.stderr, "1 row was parked", "orders.csv:4", "twelve", "The other rows are in", "/settings/parked")
    again = json.loads(hydrant(
        "import", "--mapping", mapping, "--from", source, "--database", database, code=1).stdout)
    expect((again["facts"], again["duplicates"]) == (0, 3), f"the second import says {again}")
    for file in folder.glob("shop.sqlite*"):
        expect(os.stat(file).st_mode & 0o077 == 0, f"others may read {file.name}")
    parked = subprocess.run(
        ["sqlite3", str(database), "SELECT count(*) FROM parked"], capture_output=True, text=True, check=True).stdout
    expect(parked.strip() == "1", f"the same row is parked {parked.strip()} times after two imports")

    one = json.loads(hydrant("order", "S1", "--database", database, "--proof", code=0).stdout)
    expect((one["state"], one["paidMinor"], len(one["proof"])) == (1, 1250, 3), f"order S1 is {one}")
    before = json.loads(hydrant(
        "order", "S1", "--database", database, "--as-of", "2026-11-11T00:00:05+08:00", code=0).stdout)
    expect(before["state"] == 0, f"S1 before its payment is in state {before['state']}")
    says(hydrant("order", "S9", "--database", database, code=2).stderr, "no order S9")
    says(hydrant("order", "S1", "--database", database, "--as-of", "yesterday", code=2).stderr, "as-of")

    counts = json.loads(hydrant(
        "wrong-orders", "--database", database, "--as-of", "2026-11-13T00:00:00+08:00", "--json", code=0).stdout)
    expect(len(counts["kinds"]) == 16, "sixteen kinds are counted")
    says(hydrant("wrong-orders", "--database", database, "--kind", "lost", code=2).stderr, "paidNotLocked")
    table = hydrant("wrong-orders", "--database", database, "--as-of", "2026-11-13T00:00:00+08:00", code=0)
    says(table.stderr, "as of 2026-11-1", "however many days ago", "late: something is not there yet")
    says(hydrant("health", "--database", database, "--as-of", "2026-11-11T00:30:00+08:00", code=0).stdout,
         "order health index", "in the 1 day (24 h) before")
    health = json.loads(hydrant(
        "health", "--database", database, "--as-of", "2026-11-11T00:30:00+08:00", "--json", code=0).stdout)
    expect(health["population"] == 1 and health["dwell"]["numerator"] == 0, f"the health is {health}")
    verified = json.loads(hydrant("verify", "--database", database, code=0).stdout)
    expect(len(verified.pop("head")) == 64 and verified.pop("commits") > 0, f"verify says {verified}")
    expect(verified == {"orders": 2, "events": 4, "audit": 0, "violations": 0}, f"verify says {verified}")
    hydrant("verify", "--database", database, "--write-head", folder / "head.json", code=0)
    hydrant("verify", "--database", database, "--head", folder / "head.json", code=0)
    kept = json.loads((folder / "head.json").read_text())
    (folder / "later.json").write_text(json.dumps({**kept, "commits": kept["commits"] + 1}))
    says(hydrant("verify", "--database", database, "--head", folder / "later.json", code=1).stderr, "was put back")
    says(hydrant("verify", "--database", mapping, code=2).stderr, "is not a database")
    says(hydrant("serve", "--database", folder / "missing/hub.sqlite", code=2).stderr, "does not exist")

    # A backup is verified, and comes back as it was; nothing is overwritten.
    backup, back = folder / "backup.sqlite", folder / "back.sqlite"
    made = json.loads(hydrant("backup", "--database", database, "--to", backup, code=0).stdout)
    expect((made["orders"], made["violations"]) == (2, 0), f"the backup says {made}")
    says(hydrant("backup", "--database", database, "--to", backup, code=2).stderr, "exists")
    says(hydrant("restore", "--from", backup, "--database", database, code=2).stderr, "exists")
    says(hydrant("restore", "--from", backup, "--database", back, code=2).stderr, "back.sqlite.key")
    again = json.loads(hydrant(
        "restore", "--from", backup, "--database", back, "--key", f"{database}.key", code=0).stdout)
    expect((again["orders"], again["head"]) == (2, made["head"]), f"the restore says {again}")
    hydrant("verify", "--database", back, "--key", f"{database}.key", "--head", folder / "head.json", code=0)
    damaged = folder / "damaged.sqlite"
    damaged.write_bytes(backup.read_bytes())
    subprocess.run(["sqlite3", str(damaged), "DELETE FROM inbox"], check=True)
    hydrant("restore", "--from", damaged, "--database", folder / "new.sqlite", "--key", f"{database}.key", code=1)
    expect(not (folder / "new.sqlite").exists(), "a damaged backup was restored")
    expect(not list(folder.glob("*.part*")), "a draft was left behind")

    # A mapping that does not fit the files: what is wrong, what to look at, and nothing left behind.
    def misfit(old, new, code):
        mapping.write_text(MAPPING.replace(old, new))
        return hydrant("import", "--mapping", mapping, "--from", source, "--database", folder / "new.sqlite",
                       code=code).stderr

    says(misfit("key: number", "key: nummer", 2), "has no column “nummer” (did you mean “number”?)", "shop.yaml",
         "Nothing was changed")
    says(misfit("source: shop", "source: shop\nseparator: semicolon", 2), "perhaps the file wants `separator: comma`")
    expect(not list(folder.glob("new.sqlite*")), "an import of columns that are not there left a database behind")
    says(misfit("yyyy-MM-dd HH:mm:ss", "dd.MM.yyyy HH:mm:ss", 1), "3 rows were parked", "No row was taken", "dateFormats")
    for file in folder.glob("new.sqlite*"):
        file.unlink()
    mapping.write_text(MAPPING + """\
  - file: parcels.csv
    optional: true
    key: order
    facts:
      - kind: tracking.reported
        data: {parcel: "{parcel}", courier: SF, number: "{number}"}
""")
    (source / "parcels.csv").write_text("order,parcel,number\n1,1,SF1234567890123\n")
    apart = hydrant("import", "--mapping", mapping, "--from", source, "--database", folder / "new.sqlite", code=1).stderr
    says(apart, "1 of 3 orders", "no order.placed, for instance 1:", "`key`")
    (source / "parcels.csv").unlink()
    for file in folder.glob("new.sqlite*"):
        file.unlink()

    # A row that was changed under the number of a message that is in: kept with line and reason, once, and not applied.
    paid_at = "        occurredAt: paid"
    mapping.write_text(MAPPING.replace(paid_at, f'        id: "{{number}}"\n{paid_at}'))
    row = "number,sku,amount,placed,paid\nS1,LF9001,12.50,2026-11-11 00:00:01,2026-11-11 00:00:%s\n"
    (source / "orders.csv").write_text(row % "09")
    numbered = folder / "numbered.sqlite"
    hydrant("import", "--mapping", mapping, "--from", source, "--database", numbered, code=0)
    (source / "orders.csv").write_text(row % "19")
    for _ in range(2):
        changed = hydrant("import", "--mapping", mapping, "--from", source, "--database", numbered, code=1)
        expect(json.loads(changed.stdout)["parked"] == 1, f"a changed row says {changed.stdout}")
        says(changed.stderr, "1 row was parked", "orders.csv:2: payment.reported: another message with the number")
    said = subprocess.run(
        ["sqlite3", str(numbered), "SELECT place, reason FROM parked"],
        capture_output=True, text=True, check=True).stdout
    expect(said.splitlines() == ["orders.csv:2|another message with the number of this one was recorded before"],
           f"kept of a changed row: {said}")
    expect(json.loads(hydrant("verify", "--database", numbered, code=0).stdout)["violations"] == 0, "verify")
    (source / "orders.csv").write_text(ORDERS)

    # The wrong document: every problem with its line and column, and nothing changed.
    mapping.write_text(MAPPING.replace("occurredAt: placed", "ocurredAt: placed").replace("reported: [paid]", "reported: [payed]"))
    wrong = hydrant("import", "--mapping", mapping, "--from", source, "--database", folder / "new.sqlite", code=2)
    says(wrong.stderr, "shop.yaml:", "ocurredAt", "occurredAt", "payed", "paid")
    expect(not (folder / "new.sqlite").exists(), "a refused document left a database behind")
    mapping.write_text(MAPPING.replace("[paid]", "[paid, signed]"))
    says(hydrant("import", "--mapping", mapping, "--from", source, "--database", database, code=2).stderr, "flow")

    # People, from the terminal.
    added = json.loads(hydrant("user", "add", "Wang", "--role", "warehouse", "--warehouse", "W1", "--database",
                               database, "--url", "https://hub.example", code=0).stdout)
    expect(added["user"] == "wang" and added["link"].startswith("https://hub.example/welcome?code="), f"add: {added}")
    says(hydrant("user", "add", "wang", "--role", "viewer", "--database", database, code=2).stderr, "taken")
    says(hydrant("user", "add", "li", "--role", "boss", "--database", database, code=2).stderr, "owner", "viewer")
    says(hydrant("user", "add", "li", "--role", "warehouse", "--database", database, code=2).stderr, "one warehouse")
    reset = json.loads(hydrant("user", "reset", "wang", "--database", database, code=0).stdout)
    expect(reset["link"] != added["link"], "a reset gives the same link")
    hydrant("user", "disable", "wang", "--database", database, code=0)
    says(hydrant("user", "disable", "ghost", "--database", database, code=2).stderr, "no such user")
    users = json.loads(hydrant("user", "list", "--database", database, code=0).stdout)["users"]
    expect(users == [{"name": "wang", "role": "warehouse", "warehouses": ["W1"], "disabled": True,
                      "hasPassword": False, "secondFactor": False}], f"the users are {users}")
    verified = json.loads(hydrant("verify", "--database", database, code=0).stdout)
    expect(verified["audit"] == 3, f"verify says {verified}")

    # Tokens of programs, from the terminal.
    made = json.loads(hydrant("token", "add", "shop", "--scope", "facts:write", "--source", "shop", "--database",
                              database, code=0).stdout)
    expect(len(made["token"]) == 43 and made["signingKey"].startswith("whsec_"), "no token is made")
    says(hydrant("token", "add", "shop", "--scope", "facts:write", "--database", database, code=2).stderr, "sources")
    says(hydrant("token", "add", "shop", "--scope", "all", "--database", database, code=2).stderr, "ops", "read")
    listed = hydrant("token", "list", "--database", database, code=0).stdout
    tokens = json.loads(listed)["tokens"]
    expect([(one["name"], one["usedAt"], one["expired"]) for one in tokens] == [("shop", None, False)],
           f"the tokens are {tokens}")
    expect(made["token"] not in listed and made["signingKey"] not in listed, "the list tells a secret")
    hydrant("token", "revoke", tokens[0]["id"], "--database", database, code=0)
    says(hydrant("token", "revoke", tokens[0]["id"], "--database", database, code=2).stderr, "no such token")

    # Another key.
    key = pathlib.Path(f"{database}.key")
    good = key.read_text()
    key.write_text("0" * 64)
    says(hydrant("verify", "--database", database, code=2).stderr, "HY-1005")
    key.write_text(good)
    missing = hydrant("import", "--mapping", mapping, "--from", folder / "nowhere", "--database", folder / "n.sqlite", code=2)
    says(missing.stderr, "nowhere", "--from")
    expect(not (folder / "n.sqlite").exists(), "a folder that is not there left a database behind")
    says(hydrant("import", "--mapping", root / "Templates/olist.yaml", "--from", source, "--database",
                 folder / "o.sqlite", code=2).stderr, "olist")
    says(hydrant("serve", "--database", "/proc/nothing/hub.sqlite", code=2).stderr, "HY-")
    hydrant("doctor", "--folder", folder, "--port", 0, code=0)
    says(hydrant("doctor", "--folder", folder, "--port", 0, "--database", database, code=0).stdout, "its key fits",
         "codes on labels: plain text", "/settings/desk", "Everything is in order")
    says(hydrant("doctor", "--folder", folder, "--port", 0, "--database", mapping, code=1).stdout, "is not a database")
    demo = hydrant("demo", "--database", folder / "demo.sqlite", code=2).stderr
    says(demo, "--folder", "postgres://USER@HOST:PORT/NAME")
    expect("HY-1009" not in demo and not list(folder.glob("demo.sqlite*")), f"demo with a file says {demo}")
    shifts = ("settings: shifts\nversion: 1\nflow: {reported: all}\ncalendars:\n"
              "  - {calendar: day, warehouses: [沈阳仓], timeZone: Asia/Shanghai, week: {monday: all day}}\n")
    (folder / "shifts.yaml").write_text(shifts)
    says(hydrant("doctor", "--folder", folder, "--port", 0, "--settings", folder / "shifts.yaml", code=0).stdout,
         "“沈阳仓”", "cannot be checked", "letter by letter", "Everything is in order")
    (folder / "shifts.yaml").write_text(shifts + "dispatch: {chains: [{warehouse: 沈阳一仓, channels: [sf]}]}\n")
    says(hydrant("doctor", "--folder", folder, "--port", 0, "--settings", folder / "shifts.yaml", code=1).stdout,
         "unknown warehouse “沈阳仓”", "Did you mean “沈阳一仓”?", "need attention")
    # A port in use: a hub is told from another program, and a hub that is ready is no fault.
    with socket.create_server(("127.0.0.1", 0)) as taken:
        other = hydrant("doctor", "--folder", folder, "--port", taken.getsockname()[1], code=1).stdout
    says(other, "in use", "Another program listens there", "need attention")
    (folder / "beside").mkdir()
    beside = Hub(folder / "beside", pathlib.Path(binary))
    beside.start()
    try:
        ours = hydrant("doctor", "--folder", folder, "--port", beside.port, code=0).stdout
    finally:
        beside.stop()
    says(ours, "a Hydrant hub runs there, and it is ready", "all is well", "--port", "Everything is in order")
    nowhere = hydrant("doctor", "--folder", folder / "nowhere", "--port", 0, code=1).stdout
    says(nowhere, "is missing", "mkdir -p")
    expect("chown" not in nowhere and "0 GB" not in nowhere, f"doctor looks into a folder that is not there: {nowhere}")

    # A refused start leaves nothing behind.
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        says(hydrant("serve", "--database", folder / "busy.sqlite", "--port", port, code=2).stderr, "in use")
        says(hydrant("serve", "--database", folder / "busy.sqlite", "--port", 70000, code=2).stderr, "is no port")
    expect(not list(folder.glob("busy.sqlite*")), "a start on a busy port left files behind")

    says(hydrant("import", "--maping", mapping, "--from", source, "--database", database, code=2).stderr,
         "no option “--maping”", "Did you mean “--mapping”")
    says(hydrant("wrong-orders", "--database", database, "--kind", "paymentmismatch", code=2).stderr,
         "Did you mean “paymentMismatch”")
    says(hydrant("print", "--template", "agregated", "--orders", "-", "--out", folder / "x.pdf", code=2, input="[]").stderr,
         "Did you mean “aggregated”", "picking-list")
    owner = folder / "owner.yaml"
    owner.write_text("interceptors: x\nrules:\n  - id: r\n    when: order.placed\n    then:\n"
                     "      - hold: {reason: wait, owner: servce, until: 2h}\n")
    says(hydrant("rules", "check", owner, code=2).stderr, "owner.yaml:6", "Did you mean “service”")
    lines = hydrant("address", code=0, input="\n北京市朝阳区建国路 1 号\n\n").stdout
    expect(len(lines.splitlines()) == 1, f"address answers empty lines: {lines}")
    # Signatures and tracks of partners, as an IT person compares them.
    message = json.dumps({"msgData": "{}", "timestamp": "7"})
    known = "WcNpcNLKXezgTC6oMNkiHQ=="  # Base64 of the MD5 of "%7B%7D7w0rd"
    secret = folder / "secret"
    secret.write_text("w0rd\n")
    signed = hydrant("sign", "--system", "sf", "--operation", "create", "--secret-file", secret, code=0, input=message)
    expect(json.loads(signed.stdout) == {
        "system": "sf", "operation": "create", "algorithm": "standard-md5", "stringToSign": "%7B%7D7***",
        "signature": known}, f"sign says {signed.stdout}")
    says(hydrant("sign", "--system", "sf", "--operation", "create", code=2, input=message).stderr,
         "checkWord", "standard-md5", "sm3")
    says(hydrant("sign", "--system", "sf", "--operation", "fly", code=2, input="").stderr, "create", "subscribe")
    says(hydrant("sign", "--system", "pigeon", "--operation", "create", code=2, input="").stderr, "zto", "kuaidi100")
    says(hydrant("sign", code=2).stderr, "--vectors")
    says(hydrant("sandbox", "--fault", "throtled=5", code=2).stderr, "no fault “throtled”", "Did you mean “throttled”")
    says(hydrant("sandbox", "--fault", "throttled", code=2).stderr, "throttled=100")
    says(hydrant("sign", "--system", "sff", code=2).stderr, "no system “sff”", "Did you mean “sf”")
    says(hydrant("sign", "--system", "zto", code=2).stderr, "--operation is missing", "The operations of zto are")
    vectors = folder / "vectors.json"
    right = {"id": "one", "system": "sf", "operation": "x", "algorithm": "standard MD5",
             "inputs": {"msgData": "{}", "timestamp": "7", "checkWord": "w0rd"}, "expected": known}
    wrong = {**right, "id": "two", "inputs": {**right["inputs"], "timestamp": "8"}}
    vectors.write_text(json.dumps([right, {**right, "id": "three", "system": "pigeon"}]))
    checked = json.loads(hydrant("sign", "--vectors", vectors, code=0).stdout)
    expect(checked == {"passed": 1, "failed": 0, "unsupported": 1, "failures": []}, f"vectors: {checked}")
    vectors.write_text(json.dumps([right, wrong]))
    checked = json.loads(hydrant("sign", "--vectors", vectors, code=1).stdout)
    expect(checked == {"passed": 1, "failed": 1, "unsupported": 0, "failures": ["two"]}, f"vectors: {checked}")
    vectors.write_text("[{}]")
    says(hydrant("sign", "--vectors", vectors, code=2).stderr, "entry 1")
    pushed = {"billCode": "N1", "action": "HANDOVERSCAN_SIGNED", "actionTime": "2026-11-22 10:00:00", "desc": "签收人：张三"}
    track = json.loads(hydrant("track", "--system", "zto", code=0, input=json.dumps(pushed)).stdout)
    parcel = track["parcels"][0]
    expect((parcel["number"], parcel["status"], parcel["signed"]) == ("N1", "stored", False), f"track says {track}")
    expect("张三" not in json.dumps(track, ensure_ascii=False), "a name is in the track")
    says(hydrant("track", "--system", "pigeon", code=2, input="{}").stderr, "sf", "zto", "yunda")
    says(hydrant("track", "--system", "zto", code=2, input="{}").stderr, "no track reply")
    connectors = folder / "connectors.yaml"
    connectors.write_text(
        "connectors: test\nsystems:\n  - system: zto\n    kind: zto\n    url: http://127.0.0.1:9\n"
        "    credentials: {appKey: a, appSecret: b}\n")
    numbers = json.loads(hydrant("numbers", "--connectors", connectors, code=1).stdout)
    expect(numbers["systems"]["zto"]["left"] is None, f"numbers says {numbers}")
    says(hydrant("numbers", "--connectors", connectors, "--system", "sf", code=2).stderr, "zto")

    simulated = json.loads(hydrant("simulate", "--seeds", "1..5", "--orders", 10, code=0).stdout)
    repeated = json.loads(hydrant("simulate", "--seeds", "1..5", "--orders", 10, code=0).stdout)
    expect(simulated == repeated and simulated["violations"] == 0, f"simulate says {simulated} and {repeated}")
    says(hydrant("simulate", "--seeds", "five", code=2).stderr, "1..100")

end("command line", f"command line: {'fine' if not failures else f'{len(failures)} failures'}")
