#!/usr/bin/env python3
"""Every page through axe-core in a real Chromium: without an order, with one, and over a demo day; desktop and phone, light and
dark, both languages. A serious or critical finding, a page that scrolls sideways, a text without a translation or an error in
the console fails."""

import hashlib
import os
import pathlib
import re
import sys
import tempfile

root = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(root / "Scripts"), str(root / "Tests/Process")]
from browser import SIZES, Demo, chromium, sign_in, watch, with_playwright  # noqa: E402
from hub import Hub  # noqa: E402
from trial import end, failures  # noqa: E402

PASSWORD = "four words are enough"
GRAVE = {"serious", "critical"}
# Desktop and phone, light and dark, Chinese and English: each value with each other one at least once.
LOOKS = [("desktop", "light", "zh"), ("phone", "dark", "zh"), ("desktop", "dark", "en"), ("phone", "light", "en")]
PAGES = [
    "/", "/orders", "/search", "/wrong-orders", "/tasks", "/health", "/channels", "/couriers", "/interceptors",
    "/interceptors/new", "/packing", "/bags", "/waves", "/templates", "/templates/edit?name=aggregated", "/settings/desk",
    "/settings", "/settings/words", "/settings/parked", "/settings/users", "/settings/tokens", "/audit", "/account",
    "/no-such-page",
]
pictures = os.environ.get("HYDRANT_SCREENSHOTS")
# In what two loads of one page differ though every word and colour is in its place: the key of a form, and the time.
VOLATILE = re.compile(r'[0-9a-f]{64}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?')
checked = 0
known = {}


def placed(number):
    return {
        "kind": "order.placed", "source": "shop", "id": f"{number}-1", "order": number,
        "occurredAt": "2026-11-11T20:03:11+08:00",
        "data": {"shop": "旗舰店", "customer": "C-1", "payableMinor": 12900, "warehouse": "W1",
                 "lines": [{"id": "1", "sku": "LF9001", "units": 2, "priceMinor": 12900}]},
    }


def look(axe, page, name, look_name):
    """Runs axe over the page that is open, unless it has judged the very same document at this size and in these colours."""
    global checked
    checked += 1
    document = VOLATILE.sub("", page.content())
    key = (look_name.split("-", 1)[-1], hashlib.sha256(document.encode()).digest())
    if key not in known:
        known[key] = axe.run(page).response["violations"]
    found = known[key]
    for violation in found:
        if violation["impact"] in GRAVE:
            node = violation["nodes"][0]
            failures.append(f"{name} {look_name}: {violation['id']} ({violation['impact']}), {len(violation['nodes'])} places, "
                            f"first {node['html'][:120]}")
    width, inner = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    if width > inner:
        failures.append(f"{name} {look_name}: scrolls sideways, {width} of {inner} pixels")
    text = page.inner_text("body")
    if "⟦" in text:
        failures.append(f"{name} {look_name}: a text is missing, {text[text.index('⟦'):][:40]}")
    if pictures:
        page.screenshot(path=f"{pictures}/{name.strip('/').replace('/', '-') or 'overview'}-{look_name}.png", full_page=True)


def context(browser, size, scheme):
    width, height = SIZES[size]
    page = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme).new_page()
    watch(page, "401", "404")
    return page


def walk(browser, axe, base, enter, pages, label):
    for size, scheme, language in LOOKS:
        page = context(browser, size, scheme)
        page.goto(f"{base}/sign-in?lang={language}")
        look(axe, page, "sign-in", f"{label}-{size}-{scheme}-{language}")
        enter(page)
        for path in pages:
            answer = page.goto(f"{base}{path}{'&' if '?' in path else '?'}lang={language}")
            page.wait_for_load_state("domcontentloaded")
            if answer.status != (404 if path == "/no-such-page" else 200):
                failures.append(f"{path} {label}: answered {answer.status}")
            look(axe, page, path, f"{label}-{size}-{scheme}-{language}")
        page.context.close()


def small_hub(browser, axe, folder):
    """A hub of its own: first empty, then with one order."""
    hub = Hub(pathlib.Path(folder))
    hub.start()
    try:
        first = context(browser, "desktop", "light")
        first.goto(hub.first_owner_link())
        look(axe, first, "welcome", "first")
        first.fill("#name", "boss")
        first.fill("#password", PASSWORD)
        first.click("button[type=submit]")
        first.wait_for_selector("nav")
        first.context.close()

        def enter(page):
            page.fill("#name", "boss")
            page.fill("#password", PASSWORD)
            page.click("main > form button[type=submit]")
            page.wait_for_selector("nav")

        walk(browser, axe, hub.address, enter, PAGES, "empty")
        status, _ = hub.client().post_facts([placed("ORDER-1")])
        if status != 200:
            failures.append(f"the fact is answered with {status}")
        walk(browser, axe, hub.address, enter, PAGES + ["/orders/ORDER-1", "/settings/users/boss"], "one")
    finally:
        hub.stop()


def demo_day(browser, axe, folder):
    demo = Demo(folder)
    try:
        base = demo.address().split("/sign-in?code=")[0]
        wrong = demo.wait_for_order("SELECT number FROM orders WHERE verdict = 'wrong' LIMIT 1")
        tracked = demo.wait_for_order("SELECT number FROM orders WHERE state >= 5 LIMIT 1")
        tasked = demo.wait_for_order(
            "SELECT number FROM orders WHERE id IN (SELECT order_id FROM tasks) LIMIT 1")
        pages = PAGES[:-2] + [f"/orders/{number}" for number in dict.fromkeys([wrong, tracked, tasked])]
        pages += ["/couriers/parcels?set=number-read-back", "/wrong-orders?verdict=wrong", "/orders?state=5"]
        walk(browser, axe, base, lambda page: sign_in(page, base, demo.token()), pages, "many")
    finally:
        demo.stop()


def main():
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as day, chromium() as browser:
        small_hub(browser, axe, folder)
        demo_day(browser, axe, day)
    end("accessibility", f"accessibility: {checked} pages, {len(dict.fromkeys(failures))} failures")


with_playwright(__file__, main)
