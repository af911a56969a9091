#!/usr/bin/env python3
"""Opens the pages in a real Chromium, on a desktop and on a phone, in both languages, over a hub that a small demo day
fills. A page that logs an error, breaks its own security policy, scrolls sideways, weighs too much or paints late fails.

With HYDRANT_SCREENSHOTS=FOLDER it also leaves a picture of every page there."""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

root = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(root / "Scripts"), str(root / "Tests/Process")]
from trial import end, failures  # noqa: E402

binary = os.environ.get("HYDRANT_BINARY", str(root / ".build/release/hydrant"))
tools = root / ".build-tools/browser"
VERSION = "1.65.2"
AXE_VERSION = "0.1.8"

SIZES = {"desktop": (1440, 1000), "phone": (390, 844)}
PAGE_BYTES_MAXIMUM = 250_000
PAINT_MILLISECONDS_MAXIMUM = 1_000
# Waits for the first paint and says when it was; a page that has painted nothing for five seconds is late anyway.
FIRST_PAINT = """() => new Promise((tell) => {
    new PerformanceObserver((list) => {
        const first = list.getEntriesByName("first-contentful-paint")[0];
        if (first) tell(first.startTime);
    }).observe({type: "paint", buffered: true});
    setTimeout(() => tell(5000), 5000);
})"""


def with_playwright(script, main):
    """Runs the script again with the Playwright of a virtual environment of its own, and there its `main`."""
    if "--inside" in sys.argv:
        main()
        return
    stamp = tools / f"playwright-{VERSION}-axe-{AXE_VERSION}"
    if not stamp.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(tools)], check=True)
        installed = subprocess.run(
            [tools / "bin/pip", "install", "--quiet", "--disable-pip-version-check", f"playwright=={VERSION}",
             f"axe-playwright-python=={AXE_VERSION}"], capture_output=True, text=True)
        if installed.returncode != 0:
            sys.exit("browser: Playwright and axe could not be installed")
        stamp.touch()
    python = str(tools / "bin/python")
    os.execv(python, [python, script, "--inside"])


def launch(playwright, *arguments):
    return playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", *arguments])


@contextlib.contextmanager
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


def watch(page, *meant):
    """An error in the console or of a script is a failure, but for messages with one of the words that are meant."""
    def hear(message):
        if message.type == "error" and not any(word in message.text for word in meant):
            failures.append(f"console: {message.text}")

    page.on("console", hear)
    page.on("pageerror", lambda error: failures.append(f"script: {error}"))


class Demo:
    """A demo day that runs while the pages are looked at."""

    def __init__(self, folder):
        self.log = pathlib.Path(folder, "demo.log")
        self.process = subprocess.Popen(
            [binary, "demo", "--orders", "1500", "--minutes", "0.5", "--folder", folder, "--port", "0",
             "--settings", str(root / "Templates/default.yaml")],
            stdout=subprocess.DEVNULL, stderr=self.log.open("wb"))
        self.database = f"{folder}/hydrant.sqlite"

    def address(self):
        """The sign-in address, as the demo prints it."""
        for _ in range(600):
            for line in self.log.read_text().splitlines():
                if "/sign-in?code=" in line:
                    return line.strip()
            if self.process.poll() is not None:
                sys.exit(f"the demo ended: {self.log.read_text()[-2000:]}")
            time.sleep(0.1)
        sys.exit("the demo did not come up")

    def token(self):
        return pathlib.Path(f"{self.database}.token").read_text().strip()

    def orders_with(self, sql):
        done = subprocess.run(["sqlite3", self.database, sql], capture_output=True, text=True, check=True)
        return done.stdout.split()

    def wait_for_order(self, sql):
        for _ in range(120):
            found = self.orders_with(sql)
            if found:
                return found[0]
            time.sleep(0.5)
        sys.exit(f"the demo made no such order: {sql}")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)


def look(page, url, failures, name, stays):
    """Opens a page and checks what holds for each of them. Where it stays, what it does by itself after a second is seen too."""
    received = []
    page.on("response", lambda response: received.append(response))
    answer = page.goto(url)
    page.wait_for_load_state("load")
    paint = page.evaluate(FIRST_PAINT)
    page.wait_for_timeout(1_200 if stays else 200)
    if answer.status != 200:
        failures.append(f"{name}: answered {answer.status}")
    policy = answer.headers.get("content-security-policy", "")
    if "default-src 'self'" not in policy or "unsafe-inline" in policy:
        failures.append(f"{name}: its content security policy is “{policy}”")
    # The stream of events is no part of the page's weight.
    weight = sum(
        int(each.headers.get("content-length") or 0) for each in received
        if "event-stream" not in each.headers.get("content-type", ""))
    if weight > PAGE_BYTES_MAXIMUM:
        failures.append(f"{name}: weighs {weight} bytes")
    width, inner = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    if width > inner:
        failures.append(f"{name}: scrolls sideways, {width} of {inner} pixels")
    if paint > PAINT_MILLISECONDS_MAXIMUM:
        failures.append(f"{name}: first painted after {paint:.0f} ms")
    return weight, paint


def sign_in(page, base, token):
    """Through the form, as a person does."""
    page.goto(f"{base}/sign-in")
    page.click("summary")
    page.fill("#token", token)
    page.click("details button[type=submit]")
    page.wait_for_url(f"{base}/")


def visit(browser, demo, address, failures):
    base = address.split("/sign-in?code=")[0]
    once = browser.new_context().new_page()
    once.goto(address)
    once.wait_for_url(f"{base}/")
    if "code" in once.url or "token" in once.url:
        failures.append(f"after signing in by the link the address is {once.url}")
    once.context.close()
    stranger = browser.new_context().new_page()
    stranger.goto(address)
    stranger.wait_for_selector("[role=alert]")
    if stranger.goto(f"{base}/").status != 401:
        failures.append("the link signs in a second time")
    stranger.context.close()
    order = demo.wait_for_order("SELECT number FROM orders WHERE state >= 5 LIMIT 1")
    wrong = demo.wait_for_order("SELECT number FROM orders WHERE verdict IS NOT NULL LIMIT 1")
    pages = {
        "overview": "/", "order": f"/orders/{order}", "wrong-order": f"/orders/{wrong}", "orders": "/orders",
        "wrong-orders": "/wrong-orders", "health": "/health", "channels": "/channels", "couriers": "/couriers",
        "bags": "/bags", "waves": "/waves", "packing": "/packing", "templates": "/templates",
        "template": "/templates/edit", "desk-settings": "/settings/desk",
    }
    pictures = os.environ.get("HYDRANT_SCREENSHOTS")
    heaviest, slowest = 0, 0
    for size, (width, height) in SIZES.items():
        for language, word in (("zh", "总览"), ("en", "Overview")):
            context = browser.new_context(viewport={"width": width, "height": height})
            page = context.new_page()
            watch(page)
            sign_in(page, base, demo.token())
            for name, path in pages.items():
                weight, paint = look(page, f"{base}{path}?lang={language}", failures, f"{name} {size} {language}",
                                     stays=size == "desktop")
                heaviest, slowest = max(heaviest, weight), max(slowest, paint)
                if pictures:
                    page.screenshot(path=f"{pictures}/{name}-{size}-{language}.png")
            page.goto(f"{base}/?lang={language}")
            if word not in page.inner_text("body"):
                failures.append(f"the overview in {language} does not say {word}")
            context.close()
    return base, order, heaviest, slowest


def use(browser, demo, base, order, failures):
    """What a person does: find an order by its number, watch figures change, and be kept out without a token."""
    from playwright.sync_api import TimeoutError as PlaywrightTimeout

    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    page = context.new_page()
    stranger = page.goto(f"{base}/orders/{order}")
    if stranger.status != 401 or order in page.inner_text("body"):
        failures.append(f"a stranger sees order {order}: {stranger.status}")
    sign_in(page, base, demo.token())
    before = page.inner_text("body")
    page.wait_for_timeout(2_500)
    if page.inner_text("body") == before:
        failures.append("the overview does not change while facts come in")
    page.fill("input[type=search], input[name=q]", order)
    page.keyboard.press("Enter")
    try:
        page.wait_for_url(f"**/orders/{order}*", timeout=5_000)
    except PlaywrightTimeout:
        failures.append(f"the search for {order} led to {page.url}")
    missing = page.goto(f"{base}/orders/NO-SUCH-ORDER")
    if missing.status != 404:
        failures.append(f"an order that is not there is answered with {missing.status}")
    context.close()


def main():
    with tempfile.TemporaryDirectory() as folder:
        demo = Demo(folder)
        try:
            address = demo.address()
            with chromium() as browser:
                base, order, heaviest, slowest = visit(browser, demo, address, failures)
                use(browser, demo, base, order, failures)
        finally:
            code = demo.stop()
        if code not in (0, -signal.SIGTERM):
            failures.append(f"the demo ended with {code}")
    end("browser", json.dumps({
        "failures": len(failures), "heaviestPageBytes": heaviest, "slowestPaintMilliseconds": slowest}))


if __name__ == "__main__":
    with_playwright(__file__, main)
