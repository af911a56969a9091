#!/usr/bin/env python3
"""A warehouse keeper in a real Chromium at phone size, in both languages: every channel has run out of numbers, the hub texts the
keeper of the parcel's warehouse, the link of the text opens a form without signing in, a wrong number is told why, a right one
is the parcel's number, and the link is over after that.

The text goes from the hub to the sandbox's text service through a relay that reads what a telephone would show. With
HYDRANT_SCREENSHOTS=FOLDER it also leaves pictures there."""

import http.client
import http.server
import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

root = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(root / "Scripts"), str(root / "Tests/Process")]
from browser import chromium, watch, with_playwright  # noqa: E402
from hub import BINARY, Hub  # noqa: E402
from people import PERSON, picture, post  # noqa: E402
from trial import end, expect, failures  # noqa: E402

SYSTEMS = ["zto", "cainiao", "aliyun-sms"]
PHONE_SIZE = {"width": 390, "height": 844}
PLACES = [
    {"order": "KEEPER-1", "warehouse": "上海仓", "phone": "13800000001", "language": "zh-CN", "wrong": "SF1234567890123",
     "typed": "7312 3456 7890 12", "number": "73123456789012",
     "said": ["顺丰", "中通", "请先选择快递公司"], "taken": "已收到：中通 73123456789012", "closed": "这个链接已经用过"},
    {"order": "KEEPER-2", "warehouse": "杭州仓", "phone": "13800000002", "language": "en-US", "wrong": "7312",
     "typed": "73123456789099", "number": "73123456789099",
     "said": ["A tracking number has 8 to 30 letters and digits", "below the label's bar code"],
     "taken": "73123456789099. Thank you", "closed": "This link was used"},
]


class Relay:
    """Hands calls on to the sandbox's text service as they are, and keeps what each telephone is told."""

    def __init__(self, target):
        self.target = urllib.parse.urlsplit(target).netloc
        self.texts = {}
        relay = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                connection = http.client.HTTPConnection(relay.target, timeout=20)
                kind = self.headers.get("content-type", "")
                connection.request("POST", self.path, body=body, headers={"content-type": kind})
                answer = connection.getresponse()
                content = answer.read()
                connection.close()
                relay.note(urllib.parse.parse_qs(body.decode()), content)
                self.send_response(answer.status)
                self.send_header("content-type", answer.headers.get("content-type", "application/json"))
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def note(self, form, answer):
        """A text counts once the service has taken it."""
        if form.get("Action") == ["SendSms"] and json.loads(answer).get("Code") == "OK":
            told = json.loads(form["TemplateParam"][0])
            self.texts.setdefault(form["PhoneNumbers"][0], []).append(told)

    def text_to(self, phone, within=90):
        limit = time.monotonic() + within
        while time.monotonic() < limit:
            if self.texts.get(phone):
                return self.texts[phone][0]
            time.sleep(0.2)
        return None

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def facts(place):
    """An order whose parcel is packed, and whose channels have no number for it."""
    name, receiver = place["order"], {**PERSON, "district": "西湖区"}
    lines = [{"id": "1", "sku": "LF9001", "name": "机油滤清器", "units": 2, "priceMinor": 12900}]
    items = [{"line": "1", "units": 2}]
    told = [
        ("order.placed", "shop", {"shop": "旗舰店", "customer": "C-1", "payableMinor": 12900, "receiver": receiver,
                                  "warehouse": place["warehouse"], "lines": lines}),
        ("payment.reported", "pay", {"id": "P", "amountMinor": 12900}),
        ("credit.checked", "crm", {"passed": True, "level": "A"}),
        ("inventory.locked", "wms", {"warehouse": place["warehouse"], "coversEveryLine": True}),
        ("parcel.packed", "wms", {"parcel": f"{name}-1", "warehouse": place["warehouse"], "items": items,
                                  "weightGrams": 900}),
    ]
    for ago, (kind, source, data) in zip(range(600, 0, -60), told):
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - ago))
        yield {"kind": kind, "source": source, "id": f"{name}-{kind}", "order": name, "occurredAt": at, "data": data}


def telephone(browser, language):
    """A telephone that has never seen the hub. That a wrong number and a used link are no successes is meant."""
    made = browser.new_context(viewport=PHONE_SIZE, locale=language, is_mobile=True, has_touch=True)
    page = made.new_page()
    watch(page, "401", "410", "422")
    return page


def numbers(hub, place):
    """The numbers of the order's parcels, as the interface tells them."""
    client = hub.client()
    status, order = client.call("GET", f"/v1/orders/{place['order']}")
    client.close()
    expect(status == 200, f"{place['order']} is answered with {status}")
    return [waybill["number"] for parcel in order["parcels"] for waybill in parcel["waybills"]]


def send(page, number):
    """Types a number and sends the form; the status of the answer."""
    page.fill("#number", number)
    with page.expect_navigation() as navigation:
        page.click("button[type=submit]")
    return navigation.value.status


def story(browser, hub, relay, place):
    name, language = place["order"], place["language"]
    told = relay.text_to(place["phone"])
    if told is None:
        failures.append(f"{name}: the keeper of {place['warehouse']} got no text:\n{hub.log_end()}")
        return
    expect(told.get("order") == name, f"{name}: the text names the order {told.get('order')}")
    expect(set(told) == {"order", "code"}, f"{name}: the text holds {sorted(told)}")
    link = f"{hub.address}/k/{told['code']}"
    page = telephone(browser, language)
    answer = page.goto(link)
    expect(answer.status == 200, f"{name}: the link is answered with {answer.status}")
    text = page.inner_text("main")
    expect(name in text and "机油滤清器 × 2" in text, f"{name}: the form does not say what to look for: {text}")
    expect(PERSON["name"] not in page.content() and PERSON["phone"] not in page.content(),
           f"{name}: the form shows the receiver in clear")
    expect(page.input_value("#courier") == "zto", f"{name}: the courier chosen is {page.input_value('#courier')}")
    expect(page.evaluate("document.querySelector('button[type=submit]').offsetHeight") >= 44,
           f"{name}: the button is too small for a thumb")
    picture(page, f"keeper-form-{language}")

    expect(send(page, place["wrong"]) == 422, f"{name}: a wrong number is not refused")
    alert = page.inner_text("[role=alert]")
    for words in place["said"]:
        expect(words in alert, f"{name}: a wrong number is told “{alert}”, without “{words}”")
    expect(page.input_value("#number") == place["wrong"], f"{name}: what was typed is gone")
    expect(numbers(hub, place) == [], f"{name}: a wrong number was taken")
    picture(page, f"keeper-wrong-{language}")

    expect(send(page, place["typed"]) == 200, f"{name}: a right number is not taken")
    status = page.inner_text("[role=status]")
    expect(place["taken"] in status, f"{name}: a right number is told “{status}”")
    expect(page.query_selector("form") is None, f"{name}: the form is still there")
    expect(numbers(hub, place) == [place["number"]], f"{name}: the parcel's numbers are {numbers(hub, place)}")
    picture(page, f"keeper-taken-{language}")

    again = page.goto(link)
    expect(again.status == 410, f"{name}: the used link is answered with {again.status}")
    status = page.inner_text("[role=status]")
    expect(place["closed"] in status, f"{name}: the used link says “{status}”")
    expect(page.query_selector("form") is None, f"{name}: the used link still has a form")
    picture(page, f"keeper-closed-{language}")
    other = place["number"][:-2] + "55"
    refused = post(hub.address, f"/k/{told['code']}", {"number": other, "courier": "zto"})
    expect(refused == 410, f"{name}: a second number is answered with {refused}")
    expect(numbers(hub, place) == [place["number"]], f"{name}: a second number was taken")
    inside = page.goto(f"{hub.address}/orders/{name}")
    expect(inside.status == 401, f"{name}: with the link alone an order's page is answered with {inside.status}")
    page.context.close()


def connect(sandbox, folder):
    """The connectors document with both channels, and with the relay before the text service."""
    document = json.loads(sandbox.stdout.readline())
    document["systems"] = [one for one in document["systems"] if one["system"] in SYSTEMS]
    texts = next(one for one in document["systems"] if one["system"] == "aliyun-sms")
    relay = Relay(texts["url"])
    texts["url"] = relay.address
    document["keepers"] = [
        {"warehouse": place["warehouse"], "name": "张师傅", "phone": place["phone"]} for place in PLACES
    ]
    connectors = folder / "connectors.json"
    connectors.write_text(json.dumps(document))
    connectors.chmod(0o600)
    return relay, connectors


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        with (folder / "sandbox.log").open("wb") as log:
            sandbox = subprocess.Popen(
                [BINARY, "sandbox", "--seed", "5", "--numbers", "0"], stdout=subprocess.PIPE, stderr=log, cwd=folder)
        relay, connectors = connect(sandbox, folder)
        hub = Hub(folder, arguments=(
            "--connectors", str(connectors), "--settings", str(root / "Templates/default.yaml")))
        try:
            hub.start()
            client = hub.client()
            for place in PLACES:
                status, _ = client.post_facts(list(facts(place)))
                expect(status == 200, f"the facts of {place['order']} are answered with {status}")
            client.close()
            with chromium() as browser:
                for place in PLACES:
                    story(browser, hub, relay, place)
        finally:
            code = hub.stop()
            relay.stop()
            sandbox.send_signal(signal.SIGTERM)
            sandbox.wait(timeout=60)
        expect(code == 0, f"the hub ended with {code}")
        codes = [told["code"] for texts in relay.texts.values() for told in texts]
        log = hub.log.read_text(errors="replace")
        expect(not any(secret in log for secret in codes), "a keeper's code is in the log")
        report = hub.command("verify")
        expect(report["violations"] == 0, f"verify says {report}")
    end("keeper", json.dumps({"failures": len(failures)}))


if __name__ == "__main__":
    with_playwright(__file__, main)
