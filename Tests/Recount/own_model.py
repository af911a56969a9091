"""A second opinion on orders, written from PRODUCT.md and the settings document and from nothing of the program: from
what the outside systems said (the facts with their times) it works out which state an order has and since when, with
which proof, what its parcels, waybills and money are, and what it adds to the order health index.

Everything is a function of the facts that had happened by a moment, in no particular order."""

import collections
import datetime
import re

from own_returns import given_back_at

PAID, RISK, LOCKED, PACKED, TRACKED, SIGNED, WARRANTY = range(1, 8)
STATES = ["placed", "paid", "riskPassed", "inventoryLocked", "packed", "trackingReturned", "signed",
          "warrantyActivated"]
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
LIMITS = {TRACKED: 72 * HOUR, SIGNED: 24 * HOUR}
ALERTS = {"consistency": 0.985, "dwell": 0.012, "intervention": 0.025, "touchpoints": 0.85}
DUE_MESSAGES = {"shipped": TRACKED, "signed": SIGNED, "warranty": WARRANTY}
RETURNS = {"returning", "returned"}
MOVES = {"picked-up", "in-transit", "out-for-delivery", "stored", "signed", "returning", "returned"}
# What a person does that is neither a decision nor typed.
HANDS_ONLY = {"task.taken", "task.handed-over"}


def moment(text):
    """Milliseconds of a time that the hub tells."""
    if text is None:
        return None
    begin = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    at = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return round((at - begin) / datetime.timedelta(milliseconds=1))


class Settings:
    """What the settings document says about words and working hours; lines of it, read without a YAML reader."""

    def __init__(self, path):
        text = path.read_text()
        self.words = self._words(re.search(r"^words:\n(.*?)^\S", text, re.M | re.S).group(1))
        named = re.search(r"warehouses: \[(.*?)\]\n.*?week: \{(.*?)\}", text, re.S)
        self.slow = {name.strip() for name in named.group(1).split(",")}
        self.week = self._week(named.group(2))

    @staticmethod
    def _words(text):
        table, system = {}, None
        for line in text.splitlines():
            name = re.fullmatch(r"  (\S+):", line)
            entry = re.fullmatch(r'    "?([^":]+)"?: (.+)', line)
            if name:
                system = name.group(1)
            elif entry and not line.strip().startswith("#"):
                ends = [each.strip() for each in entry.group(2).strip("[]").split(",")]
                where = (0, WARRANTY) if ends == ["any"] else (STATES.index(ends[0]), STATES.index(ends[-1]))
                table[system, entry.group(1)] = where
        return table

    @staticmethod
    def _week(text):
        days = {name: index for index, name in enumerate(
            ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])}
        week = {day: [] for day in range(7)}
        for first, last, hours in re.findall(r"(\w+)-(\w+): (\[.*?\]|[\d:-]+)", text):
            shifts = [tuple(int(hour) * 60 + int(minute) for hour, minute in re.findall(r"(\d+):(\d+)", shift))
                      for shift in hours.strip("[]").split(",")]
            for day in range(days[first], days[last] + 1):
                week[day] = shifts
        return week

    def deadline(self, warehouse, begin, length):
        """When so much time has passed in a warehouse; some have working hours (China has no summer time)."""
        if warehouse not in self.slow:
            return begin + length
        local, left = begin + 8 * HOUR, length
        day = local // DAY
        while True:
            for start, stop in self.week[(day + 3) % 7]:
                opens = max(local, day * DAY + start * MINUTE)
                closes = day * DAY + stop * MINUTE
                if closes > opens:
                    if closes - opens >= left:
                        return opens + left - 8 * HOUR
                    left -= closes - opens
            day += 1


class Said:
    """One fact."""

    def __init__(self, event):
        content = event["content"]
        self.kind, self.source, self.id = content["kind"], content["source"], content["id"]
        self.data, self.word = content.get("data") or {}, content.get("word")
        self.received = content["receivedAt"]
        self.at = content.get("occurredAt") or self.received
        self.name = (self.source, self.id)

    @property
    def is_of_person(self):
        return self.source.startswith("person:") or self.source == "keeper"


class Parcel:
    def __init__(self, name):
        self.name = name
        self.packed = self.tracked = self.left = self.signed = None
        self.items, self.warehouse = {}, ""
        # Whether somebody once said that it is packed and not what is in it: that it is the whole order, or a progress
        # after which contents are still told.
        self.is_whole = self.is_announced = False
        self.numbers, self.voided = {}, set()
        self.scans = []
        # When each number was told, and first seen in the courier's hands.
        self.told, self.moved = {}, {}

    def live(self):
        return {number for number in self.numbers if number not in self.voided}

    def usable(self):
        """Live, and not the one with which the parcel came back before a newer one was made."""
        return {number for number in self.live() if not self._is_spent(number)}

    def _is_spent(self, number):
        ends = [scan["at"] for scan in self.scans
                if scan["status"] in RETURNS and scan["at"] >= self.moved.get(number, float("inf"))]
        made = [min(self.told[other], self.moved.get(other, self.told[other]))
                for other in self.live() if other != number]
        return bool(ends) and any(begin > min(ends) for begin in made)


def earlier(known, new):
    """The earlier of two proofs (when, message)."""
    return new if known is None or new < known else known


class Order:
    """What a second clerk would write down about one order from the messages that had come true by a moment."""

    def __init__(self, number, events, settings, now):
        self.number, self.settings, self.now = number, settings, now
        self.said = [Said(event) for event in events if event["event"] == "fact.recorded"]
        self.facts = [fact for fact in self.said if fact.at <= now]
        self.asked = [event["content"] for event in events
                      if event["event"] == "instruction.issued" and event["recordedAt"] <= now]
        self.lines, self.parcels, self.ways_back = {}, {}, {}
        self.payable = None
        self.warehouse = ""
        self.by_kind = collections.defaultdict(list)
        for fact in sorted(self.facts, key=lambda fact: (fact.at, fact.name)):
            self.by_kind[fact.kind].append(fact)
        self._read_header()
        self._read_parcels()
        self.reached = self._states()

    # What was ordered.

    def _read_header(self):
        for fact in self.by_kind["order.placed"]:
            for line in fact.data.get("lines", []):
                self.lines[line["id"]] = line
            payable = fact.data.get("payableMinor")
            if payable is not None:
                self.payable = payable if self.payable is None else min(self.payable, payable)
            self.warehouse = fact.data.get("warehouse") or self.warehouse
        for fact in self.by_kind["line.reported"]:
            self.lines[fact.data["id"]] = fact.data

    @property
    def placed(self):
        return self.by_kind["order.placed"][0].at if self.by_kind["order.placed"] else None

    def total(self, kind):
        """The sum of a kind of money: the last word about each entry counts."""
        entries = {fact.data["id"]: fact.data.get("amountMinor") or 0 for fact in self.by_kind[kind]}
        return sum(entries.values())

    def money(self):
        kinds = {"paidMinor": "payment.reported", "refundedMinor": "refund.reported",
                 "revenueMinor": "revenue.recognised", "receivedMinor": "receipt.reported",
                 "invoicedMinor": "invoice.issued"}
        return {name: self.total(kind) for name, kind in kinds.items()}

    # Where it travels.

    def _parcel(self, name):
        shelf = self.ways_back if name.startswith("way-back:") else self.parcels
        return shelf.setdefault(name, Parcel(name))

    def _read_parcels(self):
        for fact in self.facts:
            proof = (fact.at, fact.name)
            if fact.kind == "parcel.packed":
                parcel = self._parcel(fact.data["parcel"])
                parcel.packed = earlier(parcel.packed, proof)
                if not fact.data.get("items"):
                    parcel.is_announced |= fact.data.get("progress", False)
                    parcel.is_whole |= not fact.data.get("progress", False)
                for item in fact.data.get("items", []):
                    parcel.items[item["line"]] = max(item["units"], parcel.items.get(item["line"], 0))
                parcel.warehouse = fact.data.get("warehouse") or parcel.warehouse
            elif fact.kind == "tracking.reported":
                parcel = self._parcel(fact.data["parcel"])
                parcel.tracked = earlier(parcel.tracked, proof)
                if fact.data.get("number"):
                    parcel.numbers.setdefault(fact.data["number"], set()).add(fact.source)
                    parcel.told[fact.data["number"]] = min(fact.at, parcel.told.get(fact.data["number"], fact.at))
            elif fact.kind == "waybill.voided":
                self._parcel(fact.data["parcel"]).voided.add(fact.data["number"])
            elif fact.kind == "parcel.handed-over":
                parcel = self._parcel(fact.data["parcel"])
                parcel.left = earlier(parcel.left, proof)
            elif fact.kind == "signed.reported":
                parcel = self._parcel(fact.data["parcel"])
                parcel.signed = earlier(parcel.signed, proof)
            elif fact.kind == "trace.reported":
                self._read_trace(fact)

    def _read_trace(self, fact):
        parcel = self._parcel(fact.data["parcel"])
        scans = fact.data.get("scans", [])
        parcel.scans += scans
        moves = [scan["at"] for scan in scans if scan["status"] in MOVES]
        if moves:
            parcel.left = earlier(parcel.left, (min(moves), fact.name))
            number = fact.data.get("number")
            if number:
                parcel.moved[number] = min([*moves, *([parcel.moved[number]] if number in parcel.moved else [])])
        signatures = [scan["at"] for scan in scans if scan["status"] == "signed"]
        # Only the courier's whole list says that no return began before.
        if fact.data.get("complete") and signatures:
            first = min(signatures)
            if not any(scan["status"] in RETURNS and scan["at"] <= first for scan in scans):
                parcel.signed = earlier(parcel.signed, (first, fact.name))

    # How far it got.

    def _payment(self):
        done = [fact for fact in self.by_kind["payment.reported"] if fact.data.get("complete")]
        if done:
            return done[0].at
        if self.payable is None:
            return None
        entries = {}
        for fact in self.by_kind["payment.reported"]:
            entries[fact.data["id"]] = max(fact.data.get("amountMinor") or 0, entries.get(fact.data["id"], 0))
            if sum(entries.values()) >= self.payable:
                return fact.at
        return None

    def _risk(self):
        good = [fact.at for fact in self.by_kind["credit.checked"]
                if fact.data.get("passed") and (fact.data.get("returnRatePermille") or 0) <= 400]
        return good[0] if good else None

    def _lock(self):
        good = [fact.at for fact in self.by_kind["inventory.locked"]
                if fact.data.get("coversEveryLine", True) and not fact.data.get("frozenSKUs")]
        return good[0] if good else None

    def _all_parcels(self, step, by_first_word):
        """When the last parcel that is needed for the whole order had come so far. A parcel that was told without its
        contents holds everything; one of whose packing only progress was told does as far as the first word counts."""
        arrived = sorted(step(parcel) + (parcel.name,) for parcel in self.parcels.values() if step(parcel))
        missing = {line: detail.get("units", 1) for line, detail in self.lines.items()}
        for at, _, name in arrived:
            items = self.parcels[name].items
            if self.parcels[name].is_whole or self.parcels[name].is_announced and by_first_word:
                return at
            for line, units in items.items():
                missing[line] = missing.get(line, 0) - units
            if items and not any(units > 0 for units in missing.values()):
                return at
        return None

    def unbound_gifts(self):
        sold = {line for line, detail in self.lines.items() if not detail.get("gift")}
        return [line for line, detail in self.lines.items() if detail.get("gift") and detail.get("giftFor") not in sold]

    def _states(self):
        """When each state was reached, in their order, as far as it goes. That all is packed and has a number is said by
        the first word about a parcel; what is signed is known when its contents are."""
        packed, tracked, signed = (self._all_parcels(step, by_first_word) for step, by_first_word in [
            (lambda parcel: parcel.packed, True), (lambda parcel: parcel.tracked, True),
            (lambda parcel: parcel.signed, False)])
        packed = None if self.unbound_gifts() else packed
        warranty = self.by_kind["warranty.registered"]
        own = [self._payment(), self._risk(), self._lock(), packed, tracked, signed,
               warranty[0].at if warranty else None]
        reached, floor = [], self.placed or 0
        for at in own:
            if at is None:
                break
            floor = max(at, floor)
            reached.append(floor)
        return reached

    @property
    def state(self):
        return len(self.reached)

    @property
    def since(self):
        return self.reached[-1] if self.reached else None

    @property
    def cancelled(self):
        return self.by_kind["order.cancelled"][0].at if self.by_kind["order.cancelled"] else None

    @property
    def ended(self):
        ends = [self.cancelled, self.reached[WARRANTY - 1] if self.state == WARRANTY else None]
        ends += [fact.at for fact in self.by_kind["order.completed"][:1]] + [given_back_at(self)]
        return min((end for end in ends if end is not None), default=None)

    def completions(self):
        """What the completion may be. A return is over when its goods, money and replacement are; then the order is
        what it was before."""
        if self.cancelled:
            return {"cancelled"}
        plain = {"completed"} if self.state == WARRANTY or self.by_kind["order.completed"] else {"open"}
        if not self.by_kind["return.asked"]:
            return plain
        back = any(parcel.signed or parcel.left for parcel in self.ways_back.values()) or self.total("refund.reported")
        answered = any(fact.data["id"].startswith("return:") for fact in self.by_kind["task.resolved"])
        stayed = not any(parcel.left or parcel.signed for parcel in self.parcels.values())
        return {"partially-completed"} | ({"completed"} | plain if back or answered or stayed else set())

    # What it adds to the index.

    @property
    def home(self):
        return next((self.parcels[name].warehouse for name in sorted(self.parcels) if self.parcels[name].warehouse),
                    self.warehouse)

    def in_population(self):
        return self.state >= PAID and (self.ended is None or self.ended > self.now - DAY)

    def overdue_at(self, state):
        return self.settings.deadline(self.home, self.reached[state - 1], LIMITS.get(state, 2 * HOUR))

    def dwelled(self):
        """Whether it stayed in a state for too long at any time of the window."""
        for state in range(1, min(self.state, SIGNED) + 1):
            left = self.reached[state] if state < self.state else self.ended
            limit = self.overdue_at(state)
            if limit < self.now and (left is None or left > limit and left > self.now - DAY):
                return True
        return False

    def last_words(self):
        words = {}
        for fact in sorted(self.facts, key=lambda fact: (fact.at, fact.id)):
            if fact.word:
                words[fact.source] = (fact.word, fact.at)
        return words

    def agreement(self):
        """(a system is verified, all of them agree, one is unknown)."""
        verified, agrees, unknown = False, True, False
        for system, (word, at) in self.last_words().items():
            place = self.settings.words.get((system, word))
            if place is None:
                unknown = True
                continue
            verified = True
            disagrees = not place[0] <= self.state <= place[1]
            if disagrees and self.now >= max(at, self.since or at) + 5 * MINUTE:
                agrees = False
        return verified, agrees, unknown

    def intervened(self):
        return any(fact.is_of_person and fact.kind not in HANDS_ONLY or fact.kind == "decision.made"
                   for fact in self.facts)

    def touchpoints(self):
        """(messages that are due, those of them that were accepted)."""
        due = {message for message, state in DUE_MESSAGES.items() if self.state >= state}
        under_way = any(not parcel.signed and any(scan["status"] == "out-for-delivery" for scan in parcel.scans)
                        for parcel in self.parcels.values())
        was_asked = any(asked["kind"] == "customer.notify" and asked["target"] == "out-for-delivery"
                        for asked in self.asked)
        if self.state >= TRACKED and (under_way or was_asked):
            due.add("out-for-delivery")
        sent = {fact.data["kind"] for fact in self.by_kind["touchpoint.sent"] if fact.data.get("accepted")}
        return (set(), set()) if self.cancelled else (due, due & sent)


def index_of(orders):
    """The four figures as (numerator, denominator), who is counted unknown, the population and the index."""
    live = [order for order in orders if order.in_population()]
    agreements = [order.agreement() for order in live]
    touched = [order.touchpoints() for order in live]
    counts = {
        "consistency": (sum(1 for verified, agrees, _ in agreements if verified and agrees),
                        sum(1 for verified, _, _ in agreements if verified)),
        "dwell": (sum(order.dwelled() for order in live), len(live)),
        "intervention": (sum(order.intervened() for order in live), len(live)),
        "touchpoints": (sum(1 for due, sent in touched if due and due == sent), sum(1 for due, _ in touched if due)),
    }
    scores, weights = 0.0, 0.0
    for name, (numerator, denominator) in counts.items():
        if denominator == 0:
            continue
        line = ALERTS[name]
        is_high = name in ("consistency", "touchpoints")
        value = numerator / denominator
        missing, allowed = (1 - value, 1 - line) if is_high else (value, line)
        weight = 2 if missing > allowed + 1e-12 else 1
        scores += weight * max(0.0, 100 - 40 * missing / allowed)
        weights += weight
    return {"population": len(live), "unknown": sum(unknown for _, _, unknown in agreements), "counts": counts,
            "index": scores / weights if weights else None}
