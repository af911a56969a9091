#!/usr/bin/env python3
"""Guessing at the sign-in of a running hub: a name that somebody has takes as long to refuse as one that nobody has, a locked
name stays locked over a restart, and a list of names tried from one address locks the address and nobody else."""

import http.client
import pathlib
import re
import statistics
import sys
import tempfile
import time
import urllib.parse

root = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(root / "Scripts")]
from hub import Hub  # noqa: E402

PASSWORD = "four words are enough"
PEOPLE = 24
GUESSES_PER_NAME = 9
DIFFERENCE_MAXIMUM = 0.05
failures = []


def expect(condition, what):
    if not condition:
        failures.append(what)


class Browser:
    """One connection with its own address behind the proxy, and a cookie."""

    def __init__(self, hub, source="198.51.100.1"):
        self.connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=60)
        self.source = source
        self.cookie = ""

    def send(self, method, path, form=None):
        headers = {"X-Forwarded-For": self.source, "Cookie": self.cookie, "Accept": "text/html"}
        body = None
        if form is not None:
            body = urllib.parse.urlencode(form)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body=body, headers=headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            if cookie.startswith("hydrant_session="):
                self.cookie = cookie.split(";")[0]
        return answer.status, text

    def guess(self, name, password="not the password at all"):
        return self.send("POST", "/sign-in", {"name": name, "password": password})[0]


def sign_up(hub):
    """The first owner and PEOPLE colleagues, each with a password."""
    owner = Browser(hub)
    code = re.search(r"/welcome\?code=(\S+)", hub.log.read_text()).group(1)
    expect(owner.send("POST", "/welcome", {"code": code, "name": "boss", "password": PASSWORD})[0] == 303, "no first owner")
    for number in range(PEOPLE):
        _, page = owner.send("GET", "/settings/users")
        token = re.search(r'name="form" value="([^"]+)"', page).group(1)
        _, page = owner.send(
            "POST", "/settings/users", {"form": token, "name": f"person{number:02}", "role": "viewer", "warehouses": ""})
        code = re.search(r"/welcome\?code=([\w-]+)", page).group(1)
        status, _ = Browser(hub).send("POST", "/welcome", {"code": code, "name": "", "password": PASSWORD})
        expect(status == 303, f"person{number:02} does not sign up: {status}")


def timing(hub):
    """The medians of refusing names that are known and unknown, taken in turns."""
    known, unknown = [], []
    for number in range(PEOPLE):
        for attempt in range(GUESSES_PER_NAME):
            browser = Browser(hub, f"203.0.113.{number}-{attempt}")
            browser.send("GET", "/sign-in")
            pairs = [(known, f"person{number:02}"), (unknown, f"nobody{number:02}")]
            for times, name in pairs if attempt % 2 else reversed(pairs):
                begun = time.perf_counter()
                expect(browser.guess(name) == 401, f"a guess for {name} is not refused")
                times.append(time.perf_counter() - begun)
    difference = abs(statistics.median(known) - statistics.median(unknown)) / statistics.median(unknown)
    expect(difference < DIFFERENCE_MAXIMUM, f"known and unknown names differ by {difference:.1%}")
    return {"guesses": len(known) + len(unknown), "knownMilliseconds": round(statistics.median(known) * 1e3, 2),
            "unknownMilliseconds": round(statistics.median(unknown) * 1e3, 2), "difference": round(difference, 4)}


def locks(hub):
    """The tenth failure locks; a killed hub still knows it; others go on."""
    for name in ("person00", "nobody00"):
        expect(Browser(hub, "192.0.2.7").guess(name) == 401, f"the tenth guess for {name}")
        expect(Browser(hub, "192.0.2.8").guess(name, PASSWORD) == 429, f"{name} is not locked")
    hub.kill()
    hub.start()
    for name in ("person00", "nobody00"):
        expect(Browser(hub, "192.0.2.9").guess(name, PASSWORD) == 429, f"a restart forgives {name}")
    expect(Browser(hub, "192.0.2.9").guess("person01", PASSWORD) == 303, "a locked name locks another one")


def stuffing(hub):
    """One address tries a list of names, each once."""
    codes = [Browser(hub, "192.0.2.66").guess(f"leaked{number}@example.com") for number in range(60)]
    expect(codes.count(401) == 50 and codes[-1] == 429, f"a list of names is answered with {sorted(set(codes))}")
    expect(Browser(hub, "192.0.2.66").guess("person02", PASSWORD) == 429, "the address is not locked")
    expect(Browser(hub, "192.0.2.67").guess("person02", PASSWORD) == 303, "another address is locked as well")
    hub.stop()
    hub.start()
    expect(Browser(hub, "192.0.2.66").guess("person02", PASSWORD) == 429, "a restart forgives the address")


def main():
    with tempfile.TemporaryDirectory() as folder:
        hub = Hub(pathlib.Path(folder))
        hub.start()
        try:
            sign_up(hub)
            figures = timing(hub)
            locks(hub)
            stuffing(hub)
        finally:
            hub.stop()
    for failure in dict.fromkeys(failures):
        print(f"sign-in: {failure}", file=sys.stderr)
    print(f"sign-in: {figures}, {len(failures)} failures")
    sys.exit(1 if failures else 0)


main()
