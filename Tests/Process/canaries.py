#!/usr/bin/env python3
"""Sends names, phones and addresses that nobody has through every way in, with partners that fail and a hub that is
killed, and then looks for them in everything that was written: database, its log, the hub's and the partners' logs,
metrics, answers to what was refused, addresses of redirects, temporary files. None may be there.

    Tests/Process/canaries.py [--canaries 50000]
"""

import argparse
import base64
import http.client
import json
import os
import pathlib
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Scripts"))
from hub import BINARY, Hub, HubFailure, interrupt  # noqa: E402

NAME = "龘靐"
LANE = "鸢尾弄"
PHONE = re.compile(rb"(?<![0-9a-fA-F])19937[0-9]{6}(?![0-9a-fA-F])")
DISTRICTS = [("浙江省", "杭州市", "余杭区"), ("广东省", "东莞市", ""), ("北京市", "北京市", "朝阳区"), ("上海", "", "浦东新区")]

MAPPING = """\
mapping: canary-shop
version: 1
source: shop
timeZone: Asia/Shanghai
dateFormats: [yyyy-MM-dd HH:mm:ss]
exportedAt: 2026-11-12T00:00:00+08:00
files:
  - file: orders.csv
    key: number
    facts:
      - kind: order.placed
        occurredAt: placed
        data:
          payableMinor: {column: amount, as: minor}
          lines: [{id: "1", sku: {column: sku}, priceMinor: {column: amount, as: minor}}]
"""


class Canaries:
    """People that nobody is; each number gives one."""

    def __init__(self):
        self.count = 0

    def next(self) -> dict:
        number = self.count
        self.count += 1
        province, city, district = DISTRICTS[number % len(DISTRICTS)]
        name = NAME + chr(0x4E00 + number // 250) + chr(0x5000 + number % 250)
        person = {
            "name": name, "phone": f"19937{number:06}", "province": province, "city": city, "district": district,
            "address": f"文三路{number % 900 + 1}号{LANE}{number}幢",
        }
        # Some forms hold everything in one field, in any of them.
        if number % 7 == 0:
            person["address"] = f"{person['address']} {name} {person['phone']}"
        if number % 11 == 0:
            person["district"] = f"{district}{name}{person['phone']}"
        if number % 13 == 0:
            person |= {"province": name, "city": person["phone"], "district": person["address"]}
        if number % 5 == 0:
            person["token"] = secrets.token_hex(8)
        return person

    def sentence(self) -> str:
        person = self.next()
        return f"{person['name']} {person['phone']} {person['address']}"


def spellings(text: str) -> list[bytes]:
    """A text as programs write it: UTF-8, GBK, UTF-16, percent signs, escapes of JSON, Base64."""
    plain = text.encode()
    escaped = "".join(f"\\u{ord(sign):04x}" for sign in text).encode()
    percent = urllib.parse.quote(text).encode()
    found = [plain, text.encode("gb18030"), text.encode("utf-16-le"), text.encode("utf-16-be"), escaped,
             escaped.upper().replace(b"\\U", b"\\u"), percent, percent.lower()]
    # The middle of its Base64 for each way it may stand in groups of three.
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + plain + b"\0\0")
        found.append(encoded[4 if shift else 0:(shift + len(plain)) // 3 * 4])
    return found


class Search:
    """Looks for canaries in bytes and remembers where they were."""

    def __init__(self):
        self.texts = re.compile(b"|".join(re.escape(form) for text in (NAME, LANE) for form in spellings(text)))
        self.found: dict[str, int] = {}
        self.bytes = 0

    def look(self, place: str, content: bytes) -> None:
        self.bytes += len(content)
        hits = [*self.texts.finditer(content), *PHONE.finditer(content)]
        if hits:
            if place not in self.found:
                at = hits[0].start()
                around = content[max(0, at - 200):at + 120]
                print(f"{place}: {around.decode('utf-8', 'replace')!r}", file=sys.stderr)
            self.found[place] = self.found.get(place, 0) + len(hits)

    def folder(self, folder: pathlib.Path, given: set[pathlib.Path]) -> None:
        """Everything below a folder except what the test itself wrote."""
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path not in given:
                self.look(str(path.relative_to(folder)), path.read_bytes())
                self.look("a file's name", str(path).encode())


class Run:
    """One hub among failing partners."""

    def __init__(self, folder: pathlib.Path, goal: int):
        self.folder = folder
        self.goal = goal
        self.canaries = Canaries()
        self.search = Search()
        self.given: set[pathlib.Path] = set()
        (folder / "tmp").mkdir()
        os.environ["TMPDIR"] = str(folder / "tmp")
        self.hub = Hub(folder)
        self.hub.token_file.write_text(secrets.token_urlsafe(32) + "\n")
        self.hub.token_file.chmod(0o600)
        self.sandbox: subprocess.Popen | None = None
        self.answers = 0

    # MARK: processes

    def start_sandbox(self) -> dict:
        log = (self.folder / "sandbox.log").open("wb")
        self.sandbox = subprocess.Popen(
            [BINARY, "sandbox", "--seed", "3", "--faults", "60", "--step-seconds", "1", "--hub", self.hub.address,
             "--token-file", self.hub.token_file, "--webhook-secret-file", self.hub.secret_file],
            stdout=subprocess.PIPE, stderr=log, cwd=self.folder)
        line = self.sandbox.stdout.readline()
        document = self.folder / "sandbox.json"
        document.write_bytes(line)
        document.chmod(0o600)
        return json.loads(line)

    def start_hub(self) -> None:
        with self.hub.log.open("ab") as log:
            self.hub.process = subprocess.Popen(
                [BINARY, "serve", "--database", self.hub.database, "--port", str(self.hub.port),
                 "--token-file", self.hub.token_file, "--webhook-secret-file", self.hub.secret_file,
                 "--connectors", self.folder / "sandbox.json", "--settings", ROOT / "Templates/default.yaml",
                 "--second-factor", "none"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder)
        limit = time.monotonic() + 60
        while not self.hub.is_ready():
            if self.hub.process.poll() is not None or time.monotonic() > limit:
                raise HubFailure(f"the hub is not ready:\n{self.hub.log_end()}")
            time.sleep(0.05)

    # MARK: ways in

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> int:
        """Sends bytes and looks at the whole answer: status line, headers and body may hold no canary."""
        connection = http.client.HTTPConnection("127.0.0.1", self.hub.port, timeout=30)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body=body or None, headers=names)
            answer = connection.getresponse()
            place = f"answer to {method} {path.split('?')[0]} ({answer.status})"
            self.search.look(place, repr(answer.getheaders()).encode() + answer.read())
            self.answers += 1
            return answer.status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def facts(self, count: int) -> None:
        """Receivers where they belong, in batches, in the three kinds that hold one."""
        client = self.hub.client()
        batch: list[dict] = []
        for index in range(count):
            person = self.canaries.next()
            number = f"C-{self.canaries.count}"
            kind = ("order.placed", "receiver.changed", "receiver.verified")[index % 20 if index % 20 < 3 else 0]
            data = {"receiver": person}
            if kind == "order.placed":
                data |= {"payableMinor": 100, "customer": "K1",
                         "lines": [{"id": "1", "sku": "LF1", "priceMinor": 100}]}
            batch.append({"kind": kind, "source": "shop", "id": f"m-{number}", "order": number,
                          "occurredAt": "2026-11-11T00:00:00+08:00", "data": data})
            if index % 25 == 0:
                batch.append({"kind": "payment.reported", "source": "pay", "id": f"p-{number}", "order": number,
                              "data": {"id": "1", "amountMinor": 100, "complete": True}})
            if len(batch) >= 200:
                self.send(client, batch)
                batch = []
        if batch:
            self.send(client, batch)
        client.close()

    def send(self, client, batch: list[dict]) -> None:
        for _ in range(20):
            try:
                status, answer = client.post_facts(batch)
            except (OSError, http.client.HTTPException):
                time.sleep(0.2)
                continue
            self.search.look("answer to facts", json.dumps(answer, ensure_ascii=False).encode())
            if status == 200:
                return
            time.sleep(0.2)
        raise HubFailure(f"facts were not taken:\n{self.hub.log_end()}")

    def broken_facts(self, count: int) -> None:
        """What a sender does wrong: shapes, kinds, members, names, signatures, half a message, no JSON at all."""
        client = self.hub.client()
        for index in range(count):
            person, text = self.canaries.next(), self.canaries.sentence()
            base = {"kind": "order.placed", "source": "shop", "id": f"b-{index}", "order": f"B-{index}"}
            shapes = [
                base | {"data": {"receiver": text}},
                base | {"data": {"receiver": [person]}},
                base | {"data": {"receiver": person | {"nick": person["name"]}}},
                base | {"data": {"receiver": person | {"phone": {"number": person["phone"]}}}},
                base | {"data": {"receiver": person, "payableMinor": text}},
                base | {"data": {"lines": text}},
                base | {"kind": text, "data": {"receiver": person}},
                base | {"data": text},
                base | {"occurredAt": text, "data": {"receiver": person}},
                base | {"id": None, "receiver": person},
                {"receiver": person},
                text,
            ]
            self.send_one(client, [shapes[index % len(shapes)]])
            body = json.dumps(base | {"data": {"receiver": person}}, ensure_ascii=False).encode()
            bearer = f"Bearer {self.hub.token}"
            if index % 4 == 0:
                self.ask("POST", "/v1/facts", body[: len(body) // 2], Authorization=bearer)
            elif index % 4 == 1:
                self.ask("POST", "/v1/facts", body, Authorization="Bearer " + secrets.token_urlsafe(9))
            elif index % 4 == 2:
                self.ask("POST", "/v1/facts", body, Authorization=bearer, webhook_id="m", webhook_timestamp="1",
                         webhook_signature="v1,AAAA")
            else:
                self.ask("POST", "/v1/facts", text.encode("gb18030"), Authorization=bearer)
        client.close()

    def send_one(self, client, batch: list) -> None:
        try:
            _, answer = client.post_facts(batch)
            self.search.look("answer to broken facts", json.dumps(answer, ensure_ascii=False).encode())
        except (OSError, http.client.HTTPException):
            pass

    def pushes(self, systems: list[str], count: int) -> None:
        """Bodies that no partner signed, in every partner's address and form."""
        for index in range(count):
            system = systems[index % len(systems)]
            text = self.canaries.sentence()
            forms = [
                ("application/json", json.dumps({"orderId": "C-1", "remark": text, "mobile": text})),
                ("application/x-www-form-urlencoded", urllib.parse.urlencode({"param": text, "sign": "0" * 32})),
                ("text/xml", f"<request><receiver>{text}</receiver></request>"),
                ("text/xml", f"<request><receiver>{text}"),
                ("application/json", '{"' + text),
            ]
            kind, body = forms[index // len(systems) % len(forms)]
            self.ask("POST", f"/push/{system}", body.encode(), Content_Type=kind)

    def forms(self, count: int) -> None:
        """What people type: into the search box, the sign-in form and a keeper's form."""
        bearer = f"Bearer {self.hub.token}"
        form = "application/x-www-form-urlencoded"
        for index in range(count):
            person, text = self.canaries.next(), self.canaries.sentence()
            words = [person["name"], person["phone"], person["address"], text][index % 4]
            typed = urllib.parse.quote(words)
            if index % 3 == 0:
                body = urllib.parse.urlencode({"token": words, "code": words}).encode()
                self.ask("POST", "/sign-in", body, Content_Type=form)
            elif index % 3 == 1:
                body = urllib.parse.urlencode({"courier": words, "number": words}).encode()
                self.ask("POST", f"/k/{secrets.token_hex(8)}", body, Content_Type=form)
            else:
                # The answer shows the typed words to the one who typed them; logs and metrics may not.
                self.quiet("GET", f"/search?q={typed}", bearer)
                self.quiet("GET", f"/orders?prefix={typed}", bearer)
                self.quiet("GET", f"/v1/orders?prefix={typed}", bearer)
                self.quiet("GET", f"/v1/orders/{typed}", bearer)

    def quiet(self, method: str, path: str, bearer: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.hub.port, timeout=30)
        try:
            connection.request(method, path, headers={"Authorization": bearer})
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()

    def import_folder(self, count: int) -> None:
        """An export whose columns hold people: columns nobody reads, and wrong values in columns that are read."""
        folder = self.folder / "export"
        folder.mkdir()
        rows = ["number,sku,amount,placed,receiver,phone,address"]
        for index in range(count):
            person = self.canaries.next()
            amount = "12.50" if index % 50 else person["phone"] + "x"
            placed = "2026-11-11 00:00:01" if index % 50 != 1 else person["name"]
            rows.append(f"I{index},LF1,{amount},{placed},{person['name']},{person['phone']},{person['address']}")
        (folder / "orders.csv").write_text("\n".join(rows) + "\n")
        mapping = self.folder / "mapping.yaml"
        mapping.write_text(MAPPING)
        self.given |= {folder / "orders.csv", mapping}
        done = subprocess.run(
            [BINARY, "import", "--mapping", mapping, "--from", folder, "--database", self.folder / "import.sqlite"],
            capture_output=True, cwd=self.folder, check=False, timeout=600)
        self.search.look("import's output", done.stdout + done.stderr)

    # MARK: the day

    def run(self) -> None:
        document = self.start_sandbox()
        systems = [system["system"] for system in document["systems"]]
        self.start_hub()
        share = self.goal // 100
        self.facts(share * 40)
        self.broken_facts(share * 6)
        self.pushes(systems, share * 10)
        self.hub.kill()
        self.search.folder(self.folder, self.given)
        self.start_hub()
        self.facts(share * 15)
        self.forms(share * 4)
        self.import_folder(share * 15)
        self.facts(max(0, self.goal - self.canaries.count))
        time.sleep(10)
        bearer = f"Bearer {self.hub.token}"
        for path in ("/metrics", "/v1/wrong-orders", "/v1/channels", "/v1/health-index", "/v1/orders?limit=200"):
            self.ask("GET", path, Authorization=bearer)
        self.ask("GET", "/v1/orders/C-1/proof", Authorization=bearer)
        self.search.folder(self.folder, self.given)
        self.hub.stop()
        self.search.folder(self.folder, self.given)

    def stop(self) -> None:
        if self.hub.process is not None:
            self.hub.kill()
        if self.sandbox is not None:
            interrupt(self.sandbox)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--canaries", type=int, default=50_000)
    parser.add_argument("--keep", action="store_true", help="keep the folder")
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="hydrant-canaries-"))
    run = Run(folder, options.canaries)
    try:
        run.run()
    finally:
        run.stop()
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    # A search that finds nothing anywhere proves nothing: it has to find what was planted.
    planted = Search()
    planted.texts.pattern  # the same expression
    for text in (NAME, LANE):
        for form in spellings(text):
            if not planted.texts.search(b"x" + form + b"x"):
                raise SystemExit(f"the search does not find {form!r}")
    if not PHONE.search(b'"19937000001"'):
        raise SystemExit("the search does not find phones")
    print(json.dumps({
        "canaries": run.canaries.count, "megabytesSearched": round(run.search.bytes / 1e6), "answers": run.answers,
        "found": run.search.found,
    }, ensure_ascii=False))
    return 1 if run.search.found else 0


if __name__ == "__main__":
    sys.exit(main())
