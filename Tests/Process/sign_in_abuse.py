#!/usr/bin/env python3
"""Guessing at the sign-in of a running hub: a name that somebody has takes as long to refuse as one that nobody has, a locked
name stays locked over a restart, a list of names tried from one address locks the address and nobody else, and thousands of
guesses a second leave those alone who are signed in."""

import http.client
import multiprocessing
import os
import pathlib
import re
import select
import socket
import statistics
import sys
import tempfile
import time
import urllib.parse

root = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(root / "Scripts")]
from hub import Hub  # noqa: E402
from trial import end, expect, failures  # noqa: E402

PASSWORD = "four words are enough"
# 1,000 guesses for known names and as many for unknown ones, below the lock of each name.
PEOPLE = 112
GUESSES_PER_NAME = 9
DIFFERENCE_MAXIMUM = 0.05
# So many guesses a second leave the 99th percentile of other requests as it was, but for a fifth. The one that
# guesses takes cores too, so it is judged where some are left over.
FLOOD_PER_SECOND = 10_000
SLOWER_MAXIMUM = 0.20
CORES_FOR_FLOOD = 4
# Where nothing is compared, less of it shows that everybody is answered.
FLOOD_SECONDS = 10 if (os.cpu_count() or 1) >= CORES_FOR_FLOOD else 4


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


def guess(number):
    """The bytes of one guess, from an address of its own."""
    body = f"name=flood{number}&password=not+the+password"
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    return (f"POST /sign-in HTTP/1.1\r\nHost: hub\r\nX-Forwarded-For: {address}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}").encode()


def flood(port, seconds, sent):
    """Guesses without waiting for answers, FLOOD_PER_SECOND at most."""
    sockets = []
    for _ in range(32):
        one = socket.create_connection(("127.0.0.1", port))
        one.setblocking(False)
        sockets.append(one)
    waiting = {one: b"" for one in sockets}
    begun = time.monotonic()
    number = 0
    while (passed := time.monotonic() - begun) < seconds:
        readable, writable, _ = select.select(sockets, sockets, [], 0.01)
        for one in readable:
            try:
                one.recv(1 << 20)
            except OSError:
                pass
        for one in writable:
            if not waiting[one]:
                if number >= passed * FLOOD_PER_SECOND:
                    time.sleep(0.0005)
                    break
                waiting[one] = guess(number)
                number += 1
            try:
                waiting[one] = waiting[one][one.send(waiting[one]):]
            except OSError:
                break
    sent.value = number


def others(hub, browser, seconds):
    """The 99th percentile of a signed-in person's pages, in seconds."""
    times = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        begun = time.perf_counter()
        status, _ = browser.send("GET", "/orders")
        times.append(time.perf_counter() - begun)
        expect(status == 200, f"a signed-in person gets {status} during the guesses")
        time.sleep(0.005)
    times.sort()
    return times[int(len(times) * 0.99)]


def flooding(hub):
    """Other people's pages before and during FLOOD_PER_SECOND guesses a second."""
    browser = Browser(hub, "192.0.2.90")
    expect(browser.guess("person03", PASSWORD) == 303, "person03 does not sign in")
    others(hub, browser, 2)
    quiet = others(hub, browser, FLOOD_SECONDS)
    sent = multiprocessing.Value("q", 0)
    process = multiprocessing.Process(target=flood, args=(hub.port, FLOOD_SECONDS + 2, sent))
    process.start()
    time.sleep(1)
    loud = others(hub, browser, FLOOD_SECONDS)
    process.join()
    slower = loud / quiet - 1
    if (os.cpu_count() or 1) >= CORES_FOR_FLOOD:
        expect(slower < SLOWER_MAXIMUM, f"other pages are {slower:.0%} slower during the guesses")
    expect(hub.is_ready(), "the hub is not ready after the guesses")
    return {"guessesPerSecond": round(sent.value / (FLOOD_SECONDS + 2)), "p99QuietMilliseconds": round(quiet * 1e3, 2),
            "p99LoudMilliseconds": round(loud * 1e3, 2), "cores": os.cpu_count()}


def main():
    with tempfile.TemporaryDirectory() as folder:
        hub = Hub(pathlib.Path(folder))
        hub.start()
        try:
            sign_up(hub)
            figures = timing(hub)
            locks(hub)
            stuffing(hub)
            figures |= flooding(hub)
        finally:
            hub.stop()
    end("sign-in", f"sign-in: {figures}, {len(failures)} failures")


main()
