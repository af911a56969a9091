#!/usr/bin/env python3
"""Recounts from the events of a database what the shipped interceptors promise, without the program's own rules:

- no parcel leaves with an address older than the last verified one, unless a person's decision is recorded;
- no gift leaves apart from its order, and no order without its gift;
- whoever asks for a return or an exchange has a partially completed order at once, with the linked replacement;
- every changed and verified address has a receipt of each system that is told, or a task;
- no delivery and no waybill is asked for without the verdicts that were due before it, and none while one stands
  against it.

    python3 Tests/Recount/shipped_interceptors.py DATABASE
"""

import json
import sqlite3
import sys

PROTECTED = {"delivery.create", "waybill.create"}


def histories(path):
    """The events of each order, in their order."""
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    for order, number, completion in database.execute("SELECT id, number, completion FROM orders").fetchall():
        rows = database.execute("SELECT bytes FROM events WHERE order_id = ? ORDER BY number", (order,))
        yield number, completion, [json.loads(row[0]) for row in rows]


class Life:
    """What the events say about one order, as far as this recount needs it."""

    def __init__(self, number, completion, events):
        self.number, self.completion, self.events = number, completion, events
        self.facts = [(e, e["content"]) for e in events if e["event"] == "fact.recorded"]
        self.issued = {e["content"]["key"]: e for e in events if e["event"] == "instruction.issued"}
        self.answers = {}
        for event, fact in self.of("instruction.answered"):
            known = self.answers.get(fact["data"]["key"])
            if known is None or known[1]["outcome"] == "unresolved":
                self.answers[fact["data"]["key"]] = (event, fact["data"])
        self.lines = {}
        for _, fact in self.of("order.placed"):
            for line in fact["data"].get("lines", []):
                self.lines[line["id"]] = line
        for _, fact in self.of("line.reported"):
            self.lines[fact["data"]["id"]] = fact["data"]

    def of(self, *kinds):
        return [(event, fact) for event, fact in self.facts if fact["kind"] in kinds]

    def asked(self, *kinds):
        return [event for event in self.issued.values() if event["content"]["kind"] in kinds]

    def outcome(self, key):
        return self.answers[key][1]["outcome"] if key in self.answers else None

    def receivers(self):
        """(when, fingerprint, is the one the order was placed with), in the order of their times."""
        said = []
        for _, fact in self.of("order.placed", "receiver.changed"):
            receiver = fact["data"].get("receiver")
            if receiver:
                said.append((time_of(fact), receiver["fingerprint"], fact["kind"] == "order.placed"))
        return sorted(said)

    def receiver_at(self, number):
        """The receiver that the hub knew when it wrote an event."""
        known = [(time_of(fact), fact["data"]["receiver"]["fingerprint"])
                 for event, fact in self.of("order.placed", "receiver.changed")
                 if event["number"] < number and fact["data"].get("receiver")]
        return max(known)[1] if known else None


def time_of(fact):
    return fact.get("occurredAt") or fact["receivedAt"]


def leaving_address(life, parcel, event):
    """What stands on the label of a parcel that leaves, where the hub had it made; else what the warehouse was told. A
    redirection that the courier accepted counts from when it was asked for, before the hub heard that the parcel left:
    in a day of half a minute the answer comes a quarter of an hour later."""
    label = None
    for asked in life.asked("waybill.create", "waybill.readdress"):
        content = asked["content"]
        answered = life.answers.get(content["key"])
        if content["target"].split("#")[0] != parcel or not answered or answered[1]["outcome"] != "done":
            continue
        counts_from = asked if content["kind"] == "waybill.readdress" else answered[0]
        if counts_from["number"] < event["number"]:
            label = life.receiver_at(asked["number"])
    if label:
        return label
    told = None
    for asked in life.asked("delivery.create"):
        answered = life.answers.get(asked["content"]["key"])
        if answered and answered[1]["outcome"] == "done" and answered[0]["number"] < event["number"]:
            told = life.receiver_at(asked["number"])
    return told


def is_decided(life, since):
    """A person, or a machine in a person's place, decided about the order after a moment."""
    for _, fact in life.of("decision.made", "task.resolved", "hold.released"):
        if fact["source"].startswith(("person:", "machine:")) and time_of(fact) >= since:
            return True
    return False


def old_addresses(life):
    """The parcels that left with an older address than the last one that the hub knew to be verified by then, undecided.

    What was verified a minute before a parcel left, and reached the hub a minute after, nobody could put on its label:
    then the courier is asked to redirect it, which is looked at where a change has to be told."""
    found, seen = [], set()
    verified = {}
    for _, fact in life.of("receiver.verified"):
        verified.setdefault(fact["data"]["fingerprint"], max(time_of(fact), fact["receivedAt"]))
    for event, fact in life.of("parcel.handed-over"):
        parcel, left = fact["data"]["parcel"], time_of(fact)
        if parcel in seen:
            continue
        seen.add(parcel)
        good = [(at, name) for at, name, is_first in life.receivers()
                if at <= left and (is_first or verified.get(name, left + 1) <= left)]
        address = leaving_address(life, parcel, event)
        # The courier may know a newer one already, while the word that it left is still on its way.
        since = {name: at for at, name, _ in life.receivers()}
        if good and address and since.get(address, 0) < max(good)[0] and not is_decided(life, max(good)[0]):
            found.append(f"{life.number}/{parcel}")
    return found, seen


def apart(life):
    """Gifts that are not in a parcel of their order when it has left, and foreign lines in its parcels."""
    left = {fact["data"]["parcel"] for _, fact in life.of("parcel.handed-over")}
    if not left:
        return []
    inside, whole = set(), False
    known = {}
    for _, fact in life.of("parcel.packed"):
        if fact["data"]["parcel"] in left:
            if fact["data"].get("items") or not fact["data"].get("progress"):
                known.setdefault(fact["data"]["parcel"], []).append(fact["data"].get("items", []))
    for packings in known.values():
        named = [items for items in packings if items]
        whole = whole or not named
        for items in named:
            inside |= {item["line"] for item in items}
    packed = {fact["data"]["parcel"] for _, fact in life.of("parcel.packed")}
    gifts = [line for line in life.lines.values() if line.get("gift")]
    wrong = [f"{life.number}: line {line} of another order" for line in inside - set(life.lines)]
    if not whole and packed <= left:
        wrong += [f"{life.number}: gift {gift['id']} stayed behind" for gift in gifts if gift["id"] not in inside]
    sold = {line["id"] for line in life.lines.values() if not line.get("gift")}
    return wrong + [f"{life.number}: gift {gift['id']} is bound to nothing" for gift in gifts
                    if gift.get("giftFor") not in sold]


def late_returns(life, orders):
    """Returns after which the order was not partially completed in the same breath, or has no linked replacement."""
    asked = life.of("return.asked")
    if not asked:
        return []
    first = asked[0][0]
    verdicts = [e for e in life.events if e["event"] == "rule.decided" and e["recordedAt"] == first["recordedAt"]
                and e["number"] > first["number"] and e["content"].get("partial") and not e["content"].get("shadow")]
    wrong = [] if verdicts else [f"{life.number}: no verdict beside the return"]
    # A return is settled once its money, its goods and its replacement are; of goods that left, people say so.
    stayed = not life.of("parcel.handed-over", "trace.reported", "signed.reported")
    named = all(fact["data"].get("lines") for _, fact in asked)
    said = [fact["data"] for _, fact in life.of("task.resolved")]
    back = any(each["id"].startswith("return:arrival") or each["id"].startswith("return:way-back")
               and each.get("answers", {}).get("how") == "none" for each in said)
    if life.completion not in ("partially-completed", "cancelled") and not (named or stayed or back):
        wrong.append(f"{life.number}: is {life.completion}")
    if any(fact["data"].get("exchange") for _, fact in asked) and life.completion != "cancelled":
        replacement = orders.get(f"{life.number}-R1")
        placed = replacement.of("order.placed") if replacement else []
        if not placed or placed[0][1]["data"].get("replaces") != life.number:
            wrong.append(f"{life.number}: no replacement that names it")
    return wrong


def untold(life):
    """News of a changed address, and prices, that have neither a receipt nor a task."""
    opened, closed = set(), set()
    for event in life.events:
        if event["event"] == "task.opened":
            opened.add(event["content"]["id"])
        elif event["event"] == "task.closed":
            closed.add(event["content"]["id"])
    return [event["content"]["key"] for event in life.asked("receiver.tell", "freight.reprice")
            if life.outcome(event["content"]["key"]) != "done"
            and f"instruction:{event['content']['key']}" not in opened | closed]


def unruled(life, called):
    """Deliveries and waybills that were asked for before a verdict that was due, or against one that stood.

    called: the kinds of facts that call each rule."""
    wrong, facts, verdicts = [], set(), {}
    for event in life.events:
        content = event["content"]
        if event["event"] == "fact.recorded":
            facts.add(content["kind"])
        elif event["event"] == "rule.decided":
            verdicts[content["rule"]] = content
        elif event["event"] == "instruction.issued" and content["kind"] in PROTECTED:
            for rule, kinds in called.items():
                if kinds & facts and rule not in verdicts:
                    wrong.append(f"{content['key']}: no verdict of {rule}")
            for verdict in verdicts.values():
                refused = {refusal["kind"] for refusal in verdict.get("refuses", [])}
                if not verdict.get("shadow") and (verdict.get("holds") or content["kind"] in refused):
                    wrong.append(f"{content['key']}: against {verdict['rule']}")
    return wrong


SHIPPED = {
    "address-change": {"receiver.changed"},
    "gift-binding": {"order.placed", "line.reported"},
    "gift-packing": {"parcel.packed"},
    "return-exchange": {"return.asked"},
}


def recount(path, called=SHIPPED):
    """The figures and everything that is wrong, as two dictionaries."""
    orders = {number: Life(number, completion, events) for number, completion, events in histories(path)}
    figures = {"orders": len(orders), "parcels left": 0, "changed": 0, "parcels left after a change": 0, "gifts": 0,
               "returns": 0, "exchanges": 0, "told": 0, "protected": 0}
    wrong = {"old addresses": [], "gifts apart": [], "late returns": [], "untold": [], "without verdict": []}
    for life in orders.values():
        addresses, left = old_addresses(life)
        changed = bool(life.of("receiver.changed"))
        figures["parcels left"] += len(left)
        figures["changed"] += changed
        figures["parcels left after a change"] += len(left) if changed else 0
        figures["gifts"] += any(line.get("gift") for line in life.lines.values())
        figures["returns"] += bool(life.of("return.asked"))
        figures["exchanges"] += any(fact["data"].get("exchange") for _, fact in life.of("return.asked"))
        figures["told"] += len(life.asked("receiver.tell"))
        figures["protected"] += len(life.asked(*PROTECTED))
        wrong["old addresses"] += addresses
        wrong["gifts apart"] += apart(life)
        wrong["late returns"] += late_returns(life, orders)
        wrong["untold"] += untold(life)
        wrong["without verdict"] += unruled(life, called)
    return figures, wrong


if __name__ == "__main__":
    numbers, found = recount(sys.argv[1])
    print(json.dumps({**numbers, **{name: len(items) for name, items in found.items()}}))
    for name, items in found.items():
        for item in items[:20]:
            print(f"{name}: {item}", file=sys.stderr)
    sys.exit(1 if any(found.values()) else 0)
