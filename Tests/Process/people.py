#!/usr/bin/env python3
"""People in a real Chromium, desktop and phone, in both languages: the first owner signs up, adds colleagues, each sees what the
role allows and nothing else, a receiver is shown for a reason, and guesses are locked out while others work on.

With HYDRANT_SCREENSHOTS=FOLDER it also leaves pictures there."""

import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

root = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(root / "Scripts"), str(root / "Tests/Process")]
from browser import chromium, watch, with_playwright  # noqa: E402
from hub import Hub  # noqa: E402
from trial import end, expect, failures  # noqa: E402

PASSWORD = "four words are enough"
PERSON = {"name": "王小明", "phone": "13812345678", "province": "浙江省", "city": "杭州市", "address": "文三路 900 号"}
pictures = os.environ.get("HYDRANT_SCREENSHOTS")


def placed(number, warehouse):
    return {
        "kind": "order.placed", "source": "shop", "id": f"{number}-1", "order": number,
        "occurredAt": "2026-11-11T20:03:11+08:00",
        "data": {"shop": "旗舰店", "customer": "C-1", "payableMinor": 12900, "warehouse": warehouse, "receiver": PERSON,
                 "lines": [{"id": "1", "sku": "LF9001", "units": 2, "priceMinor": 12900}]},
    }


def picture(page, name):
    if pictures:
        page.screenshot(path=f"{pictures}/{name}.png", full_page=True)
    width, inner = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    expect(width <= inner, f"{name}: scrolls sideways, {width} of {inner} pixels")


def context(browser, size=(1440, 1000), language="zh-CN"):
    made = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale=language)
    page = made.new_page()
    watch(page, "401", "403", "404", "422", "429")
    return page


def sign_up(page, link, name=None):
    page.goto(link)
    if name:
        page.fill("#name", name)
    page.fill("#password", PASSWORD)
    picture(page, f"welcome-{name or 'invited'}")
    page.click("button[type=submit]")
    page.wait_for_selector("nav")


def add(page, base, name, role, warehouses=""):
    page.goto(f"{base}/settings/users")
    page.fill("input[name=name]", name)
    page.select_option("select[name=role]", role)
    page.fill("input[name=warehouses]", warehouses)
    page.click("section.people button[type=submit]")
    return page.inner_text(".notice code")


def post(base, path, fields):
    body = urllib.parse.urlencode(fields).encode()
    try:
        with urllib.request.urlopen(f"{base}{path}", data=body, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def abuse(base):
    """Guesses as fast as eight connections can make them; the median and the slowest of health checks in the meantime."""
    def check():
        times = []
        for _ in range(100):
            begun = time.monotonic()
            urllib.request.urlopen(f"{base}/healthz", timeout=10).read()
            times.append(time.monotonic() - begun)
        return sorted(times)

    quiet = check()
    stop, codes = threading.Event(), []

    def guess(number):
        while not stop.is_set():
            codes.append(post(base, "/sign-in", {"name": f"guess{number}", "password": "wrong"}))

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    busy = check()
    deadline = time.monotonic() + 60
    while 429 not in codes and time.monotonic() < deadline:
        time.sleep(0.1)
    stop.set()
    for thread in threads:
        thread.join()
    expect(429 in codes and 303 not in codes, f"guesses are answered with {sorted(set(codes))}")
    return {"guesses": len(codes), "p50": round(quiet[50] * 1e3, 2), "p50Abused": round(busy[50] * 1e3, 2),
            "p99": round(quiet[98] * 1e3, 2), "p99Abused": round(busy[98] * 1e3, 2)}


def scenes(browser, hub):
    base = hub.address
    owner = context(browser)
    link = hub.first_owner_link()
    expect(link is not None, "the first start names no link for the first owner")
    sign_up(owner, link, "boss")
    expect(owner.goto(link).status == 404, "the first owner's link works twice")
    wang_link = add(owner, base, "wang", "warehouse", "W1")
    li_link = add(owner, base, "li", "service")
    picture(owner, "users-desktop-zh")

    wang = context(browser, (390, 844))
    sign_up(wang, wang_link)
    wang.goto(f"{base}/orders")
    text = wang.inner_text("main")
    expect("ORDER-W1" in text and "ORDER-W2" not in text, "the warehouse sees other orders than its own")
    picture(wang, "orders-warehouse-phone-zh")
    hidden, absent = wang.goto(f"{base}/orders/ORDER-W2"), None
    hidden_text = wang.inner_text("main")
    absent = wang.goto(f"{base}/orders/ORDER-X2")
    expect(hidden.status == absent.status == 404, "a hidden order is not absent")
    expect(hidden_text.replace("W2", "X2") == wang.inner_text("main"), "a hidden order looks unlike an absent one")
    expect(wang.goto(f"{base}/settings/users").status == 403, "the warehouse opens the users")
    picture(wang, "forbidden-phone-zh")
    wang.goto(f"{base}/orders/ORDER-W1")
    expect("129.00" not in wang.inner_text("main"), "the warehouse sees amounts")
    expect(wang.query_selector("nav a[href='/audit']") is None, "the warehouse's navigation names the audit trail")

    li = context(browser, (390, 844), "en-US")
    sign_up(li, li_link)
    li.goto(f"{base}/orders/ORDER-W2?lang=en")
    expect(PERSON["phone"] not in li.inner_text("main") and "129.00" in li.inner_text("main"), "service sees wrong fields")
    li.click("details.reveal summary")
    li.fill("details.reveal input[name=reason]", "customer asked where it is")
    picture(li, "reveal-phone-en")
    li.click("details.reveal button")
    expect(PERSON["phone"] in li.inner_text("main"), "the receiver is not shown for a reason")
    li.goto(f"{base}/account")
    picture(li, "account-phone-en")

    owner.goto(f"{base}/audit?lang=en")
    text = owner.inner_text("main")
    expect("customer asked where it is" in text and "order ORDER-W2" in text, "the trail does not tell who saw whom")
    expect(PERSON["phone"] not in text, "the trail holds a telephone number")
    picture(owner, "audit-desktop-en")
    owner.goto(f"{base}/settings/users/wang")
    picture(owner, "person-desktop-en")
    owner.click("input[value=disable] + button")
    expect(wang.goto(f"{base}/orders").status == 401, "somebody who is disabled still sees orders")
    picture(wang, "signin-phone-zh")
    return abuse(base)


def main():
    with tempfile.TemporaryDirectory() as folder:
        hub = Hub(pathlib.Path(folder))
        hub.start()
        try:
            status, _ = hub.client().post_facts([placed("ORDER-W1", "W1"), placed("ORDER-W2", "W2")])
            expect(status == 200, f"facts are answered with {status}")
            with chromium() as browser:
                figures = scenes(browser, hub)
        finally:
            hub.stop()
        found = subprocess.run(["grep", "-rlaE", f"{PERSON['phone']}|{PERSON['name']}", folder], capture_output=True, text=True)
        expect(not found.stdout, f"personal data lie open in {found.stdout}")
        report = hub.command("verify")
        expect(report["violations"] == 0 and report["audit"] > 5, f"verify says {report}")
    end("people", f"people: {figures}, {len(failures)} failures")


if __name__ == "__main__":
    with_playwright(__file__, main)
