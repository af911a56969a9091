#!/usr/bin/env python3
"""The service desk in a real Chromium, desktop and phone, in both languages: an agent finds an order from the end of a telephone
number and half of an SKU, reads why it is stuck, calls the customer through a played Asterisk, notes what was said, and resolves it.
Everything changes on the open page without loading it again, and the customer's number is nowhere.

With HYDRANT_SCREENSHOTS=FOLDER it also leaves pictures there."""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

root = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(root / "Scripts"), str(root / "Tests/Process")]
from browser import chromium, with_playwright  # noqa: E402
from hub import BINARY, Hub, HubFailure  # noqa: E402
from people import PASSWORD, add, context, picture, sign_up  # noqa: E402
from trial import end, expect, failures  # noqa: E402

NAMES = ["赵一鸣", "钱二宝", "孙三丰", "李四光", "周五常"]
SKUS = ["LF9001", "LF9020", "AF2500", "FF5052", "WF2073"]


def phone(number):
    return f"139{number:04d}{(number * 37) % 10000:04d}"


def facts(number):
    """An order whose receiver was changed after it was paid: it waits until somebody asks the customer."""
    name = f"SO-2026-{number:04d}"
    person = {"name": NAMES[number % 5], "phone": phone(number), "province": "浙江省", "city": "杭州市", "address": f"文三路 {number} 号"}

    def fact(kind, data, hour, source="shop"):
        return {"kind": kind, "source": source, "id": f"{name}-{kind}", "order": name, "data": data,
                "occurredAt": f"2026-11-11T{hour}:03:11+08:00"}

    lines = [{"id": "1", "sku": SKUS[number % 5], "name": "机油滤清器", "units": 2, "priceMinor": 12900}]
    yield fact("order.placed", {"shop": "旗舰店", "customer": f"C-{number % 7}", "payableMinor": 12900, "warehouse": "W1",
                                "receiver": person, "lines": lines}, "20")
    yield fact("payment.reported", {"id": "p", "amountMinor": 12900}, "21", "pay")
    yield fact("credit.checked", {"passed": True, "level": "A"}, "22", "crm")
    yield fact("receiver.changed", {"receiver": {**person, "address": f"解放路 {number} 号"}}, "23")


class Desk:
    """A hub with a played Asterisk and nothing else outside."""

    def __init__(self, folder):
        self.hub = Hub(folder)
        self.sandbox = subprocess.Popen(
            [BINARY, "sandbox", "--seed", "5"], stdout=subprocess.PIPE, stderr=(folder / "sandbox.log").open("wb"), cwd=folder)
        document = json.loads(self.sandbox.stdout.readline())
        document["systems"] = [dict(one, system="pbx") for one in document["systems"] if one["kind"] == "asterisk-ari"]
        connectors = folder / "connectors.json"
        connectors.write_text(json.dumps(document))
        connectors.chmod(0o600)
        with self.hub.log.open("ab") as log:
            self.hub.process = subprocess.Popen(
                [BINARY, "serve", "--database", self.hub.database, "--port", str(self.hub.port), "--token-file",
                 self.hub.token_file, "--webhook-secret-file", self.hub.secret_file, "--connectors", connectors,
                 "--second-factor", "none"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder)
        limit = time.monotonic() + 60
        while not self.hub.is_ready():
            if self.hub.process.poll() is not None or time.monotonic() > limit:
                raise HubFailure(f"the hub is not ready:\n{self.hub.log_end()}")
            time.sleep(0.05)

    def stop(self):
        self.hub.stop()
        self.sandbox.send_signal(signal.SIGTERM)
        self.sandbox.wait(timeout=60)


def work(page, base, number, place, words):
    """One agent, one customer on the line; stops where the call goes on for a while, so that another agent can work."""
    name = f"SO-2026-{number:04d}"
    page.goto(f"{base}/?lang={words['lang']}")
    page.fill("#q", f"{phone(number)[-4:]} {SKUS[number % 5][:4]}")
    page.wait_for_selector("#found a")
    picture(page, f"service-search-{place}")
    page.press("#q", "Enter")
    page.wait_for_selector("main a[href^='/orders/SO'], h1.number")
    if page.query_selector("h1.number") is None:
        page.click(f"main a[href='/orders/{name}']")
    page.wait_for_selector("h1.number")
    expect(page.inner_text("h1.number") == name, f"{place}: the search led to {page.url}")
    expect(words["stuck"] in page.inner_text("[data-part=cause]"), f"{place}: the page does not say why the order is stuck")
    expect(words["live"] in page.inner_text(".asof"), f"{place}: the page is not live")
    picture(page, f"service-order-{place}")
    page.evaluate("window.stayed = true")

    page.fill(".callform input[name=agent]", "801")
    page.click(".callform button")
    page.wait_for_selector("[data-part=calls] li")
    page.evaluate("window.stayed = true")
    yield
    page.wait_for_selector(f"[data-part=calls] .lead:has-text('{words['speaking']}')", timeout=60_000)
    picture(page, f"service-calling-{place}")
    # What is typed while the page changes around it stays.
    page.fill("[data-part=notes] textarea", words["note"])
    yield
    page.wait_for_selector(f"[data-part=calls] .lead:has-text('{words['answered']}')", timeout=120_000)
    expect(page.evaluate("window.stayed === true"), f"{place}: the page was loaded again")
    expect(page.input_value("[data-part=notes] textarea") == words["note"], f"{place}: a note was lost while it was typed")
    page.click("[data-part=notes] button[type=submit]")
    page.wait_for_selector("[data-part=notes] .notetext")
    page.fill("[data-part=calls] .noteform input[name=text]", words["callNote"])
    page.click("[data-part=calls] .noteform button")
    page.wait_for_selector(f"[data-part=calls] :text('{words['callNote']}')")

    page.click("details[data-keep=receiver_verify] summary")
    picture(page, f"service-deed-{place}")
    page.fill("details[data-keep=receiver_verify] input[name=reason]", words["reason"])
    page.click("details[data-keep=receiver_verify] button")
    page.wait_for_selector("h1.number")
    expect(page.query_selector("[data-part=holds]") is None, f"{place}: the hold still stands")
    expect(words["stuck"] not in page.inner_text("[data-part=cause]"), f"{place}: the cause did not change")
    text = page.content()
    expect(phone(number) not in text and NAMES[number % 5] not in text, f"{place}: the page shows the customer in clear")
    picture(page, f"service-resolved-{place}")
    page.goto(f"{base}/tasks?lang={words['lang']}")
    expect(name not in page.inner_text("main"), f"{place}: the task is still open")
    picture(page, f"service-tasks-{place}")


CHINESE = {"lang": "zh", "stuck": "收货信息已变更，等待核实", "live": "实时", "speaking": "通话中", "answered": "已接听",
           "note": "客户下午五点以后在家", "callNote": "确认改到解放路", "reason": "已电话核实"}
ENGLISH = {"lang": "en", "stuck": "The receiver was changed and is not verified yet", "live": "Live", "speaking": "speaking",
           "answered": "answered", "note": "at home after five", "callNote": "confirmed the new street", "reason": "asked by telephone"}


def scenes(browser, desk):
    base = desk.hub.address
    owner = context(browser)
    link = re.search(r"http://\S+/welcome\?code=\S+", desk.hub.log.read_text())
    sign_up(owner, link.group(0), "boss")
    agents = []
    for place, size, language, words, number in [
        ("desktop-zh", (1440, 1000), "zh-CN", CHINESE, 11), ("phone-en", (390, 844), "en-US", ENGLISH, 23),
    ]:
        page = context(browser, size, language)
        sign_up(page, add(owner, base, f"li-{place}", "service"))
        agents.append(work(page, base, number, place, words))
    # They call at the same time: a call takes up to a minute, and so is waited for once.
    for _ in range(3):
        for agent in agents:
            next(agent, None)
    owner.goto(f"{base}/audit?lang=en")
    text = owner.inner_text("main")
    expect("had a receiver called" in text and "did something with an order" in text, "the trail does not tell what was done")
    picture(owner, "service-audit-desktop-en")


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        desk = Desk(folder)
        try:
            client = desk.hub.client()
            for number in range(40):
                status, _ = client.post_facts(list(facts(number)))
                expect(status == 200, f"facts are answered with {status}")
            with chromium() as browser:
                scenes(browser, desk)
        finally:
            desk.stop()
        secret = "|".join([phone(11), phone(23), NAMES[1], NAMES[3], CHINESE["note"], ENGLISH["callNote"]])
        found = subprocess.run(["grep", "-rlaE", secret, name], capture_output=True, text=True)
        expect(not found.stdout, f"personal data lie open in {found.stdout}")
        report = desk.hub.command("verify")
        expect(report["violations"] == 0, f"verify says {report}")
    end("service", f"service: {len(failures)} failures")


with_playwright(__file__, main)
