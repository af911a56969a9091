"""When an order of which everything came back was settled: told from what was said about its returns, its parcels and
its money, and from nothing of the program. See the second opinion on orders, own_model.py."""

import collections

BEGIN = float("-inf")


class Request:
    """One return or exchange, and what people said about it since it was asked for anew."""

    def __init__(self, name, words, is_exchange, asked, since):
        self.name, self.words, self.is_exchange, self.asked, self.since = name, words, is_exchange, asked, since
        self.goods = {}

    @property
    def tasks(self):
        """The tasks of its way back and of its arrival."""
        end = f":{self.name}" if self.name else ""
        return "return:way-back" + end, "return:arrival" + end

    def answers(self, order, task):
        said = [fact for fact in order.by_kind["task.resolved"] if fact.data["id"] == task]
        return (said[-1].data.get("answers") or {}) if said and said[-1].at >= self.since else None

    def is_kept(self, order):
        return (self.answers(order, self.tasks[1]) or {}).get("action") == "kept"

    def is_back(self, order):
        way, arrival = (self.answers(order, task) for task in self.tasks)
        left = any(parcel.left or parcel.signed for parcel in order.parcels.values())
        return (way or {}).get("how") == "none" or arrival is not None or not left


def units_of(fact):
    units = collections.Counter()
    for line in fact.data.get("lines") or []:
        units[line["line"]] += line.get("units", 1)
    return units


def heard(fact):
    return min(fact.at, fact.received)


def named(order):
    """The returns that name lines: of each the last word, and since when as much was named."""
    words = collections.defaultdict(list)
    for fact in order.by_kind["return.asked"]:
        if fact.data.get("lines"):
            words[fact.data.get("id") or f"{fact.source}/{fact.id}"].append(fact)
    found = []
    for name, told in words.items():
        last = units_of(told[-1])
        reached = max(next(index for index, fact in enumerate(told) if units_of(fact)[line] >= units)
                      for line, units in last.items())
        since = heard(told[reached]) if reached else BEGIN
        found.append(Request(name, told, told[-1].data.get("exchange", False), told[-1], since))
    return sorted(found, key=lambda each: (each.asked.at, each.asked.name))


def whole(order):
    """The return of everything that no other names: since it was last kept, if it was asked for again."""
    words = [fact for fact in order.by_kind["return.asked"] if not fact.data.get("lines")]
    kept = [fact.at for fact in order.by_kind["task.resolved"] if fact.data["id"] == "return:arrival"
            and (fact.data.get("answers") or {}).get("action") == "kept"]
    again = [fact for fact in words if kept and heard(fact) > max(kept)]
    told = again or words
    if not told:
        return []
    exchanges = [fact for fact in told if fact.data.get("exchange")]
    since = min(map(heard, told)) if len(told) < len(words) else BEGIN
    return [Request("", told, bool(exchanges), (exchanges or told)[0], since)]


def share_goods(order, requests):
    """What comes back with each: never more than was bought. Returns what stays."""
    left = {line: detail.get("units", 1) for line, detail in order.lines.items()}
    for each in requests:
        asked = units_of(each.words[-1]) if each.name else {
            line: units for line, units in left.items() if not order.lines[line].get("gift")}
        for line, units in asked.items():
            each.goods[line] = min(units, left.get(line, 0))
            if not each.is_kept(order):
                left[line] = left.get(line, 0) - each.goods[line]
    return left


def is_replaced(order, each):
    if not any(each.goods.values()):
        return True
    answered = {fact.data["key"]: fact.data["outcome"] for fact in order.by_kind["instruction.answered"]}
    by_hand = {fact.data["id"] for fact in order.by_kind["task.resolved"]
               if (fact.data.get("answers") or {}).get("action") in ("doneByHand", "notNeeded")}
    mine = [asked["key"] for asked in order.asked
            if asked["kind"] == "replacement.create" and asked.get("target", "") in ("", each.name)]
    return any(answered.get(key) == "done" or f"instruction:{key}" in by_hand for key in mine)


def is_paid_back(order, requests):
    """Whether the money of all returns went back, or a person settled for less."""
    wanted = [each for each in requests if not each.is_exchange]
    paid, gone = order.total("payment.reported"), order.total("refund.reported")
    if not wanted:
        return True
    first = order.by_kind["return.asked"][0].at
    said = {fact.data["id"]: fact for fact in order.by_kind["task.resolved"]}
    if not paid:
        last = said.get("return:original-refund")
        is_replacement = any(fact.data.get("replaces") for fact in order.by_kind["order.placed"])
        return not is_replacement or gone > 0 or last and last.at >= max(each.asked.at for each in wanted)
    less = said.get("return:refund")
    less = less if less and (less.data.get("answers") or {}).get("action") == "less" else None
    if not any(each.name for each in wanted) or not due(order, wanted, paid):
        first = max([first] + [each.since for each in wanted if not each.name])
        return gone >= paid or less and less.at >= first or any(
            fact.at >= first and (fact.data.get("amountMinor") or 0) > 0 for fact in order.by_kind["refund.reported"])
    waived = 0
    if less:
        before = sum(fact.data.get("amountMinor") or 0 for fact in order.by_kind["refund.reported"]
                     if fact.at <= less.at)
        waived = max(0, due(order, [each for each in wanted if each.asked.at <= less.at], paid) - before)
    return gone + waived >= due(order, wanted, paid)


def due(order, wanted, paid):
    units = collections.Counter()
    for each in wanted:
        units.update(each.goods)
    sold = [line for line, detail in order.lines.items() if not detail.get("gift")]
    if sold and all(units[line] >= order.lines[line].get("units", 1) for line in sold):
        return paid
    return min(paid, sum((detail.get("priceMinor") or 0) * units[line] // max(1, detail.get("units", 1))
                         for line, detail in order.lines.items()))


def given_back_at(order):
    """When the last word was said after which nothing of it is open; None while something stays or is open."""
    if not order.by_kind["return.asked"] or not order.lines:
        return None
    requests = named(order) + whole(order)
    left = share_goods(order, requests)
    requests = [each for each in requests if not each.is_kept(order)]
    if any(units > 0 for line, units in left.items() if not order.lines[line].get("gift")):
        return None
    others = [each for each in requests if each.name]
    requests = [each for each in requests if each.name or any(each.goods.values()) or not others]
    if not all(each.is_back(order) and (not each.is_exchange or is_replaced(order, each)) for each in requests):
        return None
    if not is_paid_back(order, requests):
        return None
    ends = [each.asked.at for each in requests]
    ends += [fact.at for fact in order.by_kind["task.resolved"] if fact.data["id"].startswith("return:")]
    return max(ends + [fact.at for fact in order.by_kind["refund.reported"]], default=None)
