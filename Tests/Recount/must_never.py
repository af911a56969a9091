"""Everything of "What must never happen" in PRODUCT.md, and that nothing is forgotten, as checks over two books: what
the outside systems said and did, and what the hub says. Each check yields sentences that begin with its name.

A book of the outside world comes with its systems' own numbering: the played warehouse, finance, customer system and
couriers number what they do one after the other. A number that nobody at the hub knows is an effect that it does not
know of."""

import collections
import functools
import hashlib
import hmac
import json
import re

from own_model import HOUR, MINUTE, PACKED, PAID, SIGNED, TRACKED, WARRANTY, index_of, moment
from shipped_interceptors import SHIPPED, Life, apart, late_returns, old_addresses, unruled, untold

# What is asked for only after a state.
AFTER = {"credit.check": 1, "delivery.create": 2, "invoice.issue": 5, "trace.subscribe": 5, "warranty.register": 6}
PROVES = {
    1: {"payment.reported"}, 2: {"credit.checked"}, 3: {"inventory.locked"}, 4: {"parcel.packed"},
    5: {"tracking.reported"}, 6: {"signed.reported", "trace.reported"}, 7: {"warranty.registered"},
}
# The receivers of the day have such telephones, names and houses.
PERSONAL = re.compile(
    r"(?<![0-9A-Za-z])(?:12\d{9}|138000000\d\d)(?![0-9A-Za-z])"
    r"|[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗](?:建国|志强|海涛|立新|文博|小军|秀英|玉兰|振华|德明|晓东|春梅|国庆|永康|新民|丽华|家豪|思远)"
    r"|\d+ 号 \d+ 栋|\d+ 栋 \d+ 室")
# How each played system numbers what it does, in the words of its answers.
SERIALS = {
    "delivery orders": ("delivery.create", re.compile(r"\bW(\d+)$")),
    "invoices": ("invoice.issue", re.compile(r"^INV-(\d+)$")),
    "warranties": ("warranty.register", re.compile(r"^WA-(\d+)$")),
    "purchases": ("purchase.push", re.compile(r"^PO-(\d+)$")),
}
COURIER_NUMBER = re.compile(r"^([A-Z]+)(138\d{10}|73\d{10}|70\d{10})$")
# Kinds of wrong orders that the second opinion can name by itself.
OWN_KINDS = {"twoLiveWaybills", "systemsDisagree", "signedWithoutWarranty", "revenueButRefunded"}


def wrong_by_own_judgement(order):
    """The kinds by which an order is wrong beyond doubt."""
    kinds = set()
    if any(len(parcel.usable()) > 1 for parcel in order.parcels.values()):
        kinds.add("twoLiveWaybills")
    if not order.agreement()[1]:
        kinds.add("systemsDisagree")
    if order.state == SIGNED and not order.cancelled and order.overdue_at(SIGNED) < order.now:
        kinds.add("signedWithoutWarranty")
    money = order.money()
    refunds = [fact.at for fact in order.by_kind["refund.reported"]]
    revenue = [fact.at for fact in order.by_kind["revenue.recognised"] if fact.data.get("amountMinor")]
    if refunds and revenue and max(refunds + revenue) + 5 * MINUTE <= order.now:
        if money["revenueMinor"] - (money["paidMinor"] - money["refundedMinor"]) > 5 and money["paidMinor"]:
            kinds.add("revenueButRefunded")
    return kinds


class Audit:
    """One look at both books."""

    def __init__(self, books, model):
        """model: gives the second opinion on an order by its number, its messages and a moment."""
        self.books, self.now = books, books["now"]
        self.orders = {number: model(number, events, self.now) for number, events in books["events"].items()}
        self.checks = 0

    @functools.cached_property
    def lives(self):
        return {number: Life(number, self.books["orders"][number]["completion"], events)
                for number, events in self.books["events"].items()}

    def run(self, names=None):
        """Every sentence of every check, or of some of them."""
        found = []
        for check in [self.state, self.parcels, self.money, self.numbering, self.proofs, self.messages, self.effects,
                      self.serials, self.order_of_asking, self.gifts_and_addresses, self.holds, self.rules, self.sets,
                      self.wrong, self.liveness, self.figures, self.personal, self.chains]:
            if names is None or check.__name__ in names:
                found += [f"{check.__name__}: {number}: {sentence}" for number, sentence in check()]
        return found

    def each(self):
        for number, order in self.orders.items():
            self.checks += 1
            yield number, order, self.books["orders"][number]

    # What the hub says against what the second opinion says.

    def state(self):
        for number, order, said in self.each():
            stamps = [moment(stamp["at"]) for stamp in said["stamps"]]
            if [said["state"]["number"], stamps] != [order.state, order.reached]:
                yield number, f"state {said['state']['number']} since {stamps}, not {order.state} {order.reached}"
            if said["completion"] not in order.completions():
                yield number, f"is {said['completion']}, not {order.completions()}"

    def parcels(self):
        for number, order, said in self.each():
            live = {parcel["id"]: {waybill["number"] for waybill in parcel["waybills"] if waybill["live"]}
                    for parcel in said["parcels"]}
            own = {name: parcel.live() for name, parcel in order.parcels.items()}
            if live != own:
                yield number, f"live waybills {live}, not {own}"
            for name, numbers in ((name, parcel.usable()) for name, parcel in order.parcels.items()):
                if len(numbers) > 1 and "twoLiveWaybills" not in {each["kind"] for each in said["findings"]}:
                    yield number, f"parcel {name} has the live waybills {sorted(numbers)}, and nobody is told"
            packed = {parcel["id"]: moment(parcel["packedAt"]) for parcel in said["parcels"]}
            if packed != {name: parcel.packed and parcel.packed[0] for name, parcel in order.parcels.items()}:
                yield number, f"parcels packed {packed}"

    def money(self):
        for number, order, said in self.each():
            own = order.money()
            if own != {name: said["money"][name] for name in own}:
                yield number, f"money {said['money']}, not {own}"

    def figures(self):
        self.checks += 1
        said, own = self.books["health"], index_of(list(self.orders.values()))
        counts = {name: (each["numerator"], each["denominator"]) for name, each in said["dimensions"].items()}
        if [counts, said["population"], said["unknown"]] != [own["counts"], own["population"], own["unknown"]]:
            yield "index", f"{counts} of {said['population']}, not {own}"
        for name, each in said["dimensions"].items():
            numerator, denominator = own["counts"][name]
            if denominator and abs(each["value"] - numerator / denominator) > 1e-9:
                yield "index", f"{name} is {each['value']}, not {numerator / denominator}"
        if (said["index"] is None) != (own["index"] is None) or abs((said["index"] or 0) - (own["index"] or 0)) > 1e-6:
            yield "index", f"{said['index']}, not {own['index']}"

    def wrong(self):
        """What is wrong is listed, and somebody has it."""
        listed = collections.defaultdict(set)
        for entry in self.books["wrong"]:
            if entry["verdict"] == "wrong":
                listed[entry["order"]].add(entry["kind"])
        for number, order, said in self.each():
            own = wrong_by_own_judgement(order)
            if listed[number] & OWN_KINDS != own:
                yield number, f"listed as {sorted(listed[number])}, not {sorted(own)}"
            if own and not self.books["tasks"].get(number):
                yield number, f"is wrong by {sorted(own)}, and nobody has a task"

    # What must never happen.

    def numbering(self):
        """1: state numbers go up one by one, and what is told is the last one."""
        for number, events in self.books["events"].items():
            self.checks += 1
            state = 0
            for place, event in enumerate(events, 1):
                if event["number"] != place or event["order"] != number:
                    yield number, f"event {event['number']} of {event['order']} stands at {place}"
                if event["event"] == "state.reached":
                    if event["content"]["number"] != state + 1:
                        yield number, f"state {event['content']['number']} came after {state}"
                    state = event["content"]["number"]
            if state != self.books["orders"][number]["state"]["number"]:
                yield number, f"told as {self.books['orders'][number]['state']['number']}, written as {state}"

    def proofs(self):
        """2: each state names messages that say what proves it, and that were received about this order."""
        for number, order, said in self.each():
            kinds = {fact.name: fact.kind for fact in order.facts}
            for stamp in said["stamps"]:
                reached = stamp["state"]["number"]
                if not stamp["proof"]:
                    yield number, f"state {reached} has no proof"
                for proof in stamp["proof"]:
                    if kinds.get((proof["source"], proof["id"])) not in PROVES[reached]:
                        yield number, f"state {reached} names {proof['id']}, which does not prove it"

    def messages(self):
        """4: each message once, under its own order, and nothing that was acknowledged is missing."""
        owners = {}
        for number, order in self.orders.items():
            self.checks += 1
            for fact in order.said:
                if fact.name in owners:
                    yield number, f"message {fact.name} is recorded twice, also at {owners[fact.name]}"
                owners[fact.name] = number
        inbox = {tuple(row[:2]): row[2] for row in self.books["inbox"]}
        for name in sorted(owners.keys() ^ inbox.keys()):
            yield owners.get(name) or inbox.get(name), f"message {name} is in only one of inbox and history"
        for name in owners.keys() & inbox.keys():
            if owners[name] != inbox[name]:
                yield owners[name], f"message {name} came for {inbox[name]}"

    def effects(self):
        """4: nothing is done twice at an outside system."""
        for number, order, _ in self.each():
            life = self.lives[number]
            texts = collections.Counter(
                fact.data["kind"] for fact in order.by_kind["touchpoint.sent"] if fact.data.get("accepted"))
            twice = [kind for kind, count in texts.items() if count > 1]
            if twice:
                yield number, f"the customer was told twice: {twice}"
            for kind in ["invoice.issued", "warranty.registered"]:
                if len({fact.name for fact in order.by_kind[kind]}) > 1:
                    yield number, f"{kind} came more than once"
            done = collections.Counter(
                event["content"]["kind"] for event in life.issued.values()
                if life.outcome(event["content"]["key"]) == "done")
            if done["delivery.create"] - done["delivery.cancel"] > 1:
                yield number, f"{done['delivery.create']} delivery orders, {done['delivery.cancel']} cancelled"
            keys = [event["content"]["key"] for event in life.events if event["event"] == "instruction.issued"]
            if len(keys) != len(set(keys)):
                yield number, "an instruction was issued twice under one key"

    def serials(self):
        """4: the outside systems' own numbering has no number twice, and none that the hub does not know."""
        for what, (kind, shape) in SERIALS.items():
            self.checks += 1
            known, open_keys = collections.defaultdict(set), 0
            for life in self.lives.values():
                for event in life.asked(kind):
                    key = event["content"]["key"]
                    detail = life.answers[key][1]["detail"] if key in life.answers else ""
                    found = shape.search(detail)
                    if found:
                        known[int(found.group(1))].add((life.number, key))
                    else:
                        open_keys += 1
            yield from self._gaps(what, known, open_keys)
        yield from self._courier_serials()

    @staticmethod
    def _gaps(what, known, allowed):
        for serial, holders in known.items():
            if len(holders) > 1:
                yield sorted(holders)[0][0], f"number {serial} of the {what} belongs to {sorted(holders)}"
        missing = [serial for serial in range(min(known, default=1), max(known, default=0)) if serial not in known]
        if len(missing) > allowed:
            yield what, f"{len(missing)} numbers are unknown to the hub, like {missing[:3]}, and {allowed} are open"

    def _courier_serials(self):
        known, doubts = collections.defaultdict(lambda: collections.defaultdict(set)), collections.Counter()
        for number, order in self.orders.items():
            for name, parcel in order.parcels.items():
                for waybill in parcel.numbers:
                    found = COURIER_NUMBER.match(waybill)
                    if found:
                        known[found.group(1)][int(found.group(2))].add((number, name))
            life = self.lives[number]
            for event in life.asked("waybill.create"):
                if life.outcome(event["content"]["key"]) != "done":
                    doubts[event["content"]["system"].upper()] += 1
        channels = {"CN": "CAINIAO", "KD": "KUAIDI100", "KN": "KDNIAO"}
        for prefix, numbers in known.items():
            self.checks += 1
            yield from self._gaps(f"waybills {prefix}", numbers, doubts[channels.get(prefix, prefix)])

    def order_of_asking(self):
        """Nothing is asked of an outside system before the state that allows it, and no goods after a cancellation."""
        for number, life in self.lives.items():
            self.checks += 1
            state, is_cancelled = 0, False
            for event in life.events:
                content = event["content"]
                if event["event"] == "state.reached":
                    state = content["number"]
                elif event["event"] == "fact.recorded" and content["kind"] == "order.cancelled":
                    is_cancelled = True
                elif event["event"] == "instruction.issued":
                    if state < AFTER.get(content["kind"], 0):
                        yield number, f"{content['key']} was asked for at state {state}"
                    if is_cancelled and content["kind"] in ("delivery.create", "waybill.create", "delivery.resume"):
                        yield number, f"{content['key']} was asked for after the cancellation"

    def gifts_and_addresses(self):
        """3 and 5: no parcel with an old address, no gift apart from its order; who must be told of a change is."""
        for number, life in self.lives.items():
            self.checks += 1
            for place in old_addresses(life)[0]:
                yield number, f"left with an old address: {place}"
            for sentence in apart(life):
                yield number, sentence
            for sentence in late_returns(life, self.lives):
                yield number, f"return: {sentence}"
            if life.completion != "cancelled":
                for key in self._settled(number, untold(life)):
                    yield number, f"neither done nor anybody's task: {key}"

    def _settled(self, number, keys):
        rows = {key: status for key, status in self.books["instructions"]}
        return [key for key in keys if rows.get(key) not in ("waiting", "ambiguous")]

    def holds(self):
        """6: each hold has an owner and an exit."""
        for number, _, said in self.each():
            for hold in said["holds"]:
                if not hold.get("owner") or not (hold.get("exit") or {}).get("by"):
                    yield number, f"hold {hold['id']} has no owner or no exit"

    def rules(self):
        """7: each rule that is on judged each order that called it, and nothing went out against it."""
        for number, life in self.lives.items():
            self.checks += 1
            told = {fact["kind"] for _, fact in life.facts}
            judged = {event["content"]["rule"] for event in life.events if event["event"] == "rule.decided"}
            for rule, kinds in {**SHIPPED, "cancellation": {"order.cancelled"}}.items():
                if kinds & told and rule not in judged:
                    yield number, f"{rule} did not run"
            for sentence in unruled(life, SHIPPED):
                yield number, sentence

    def sets(self):
        """8: each packed parcel under way is in one of the five sets, and in the first one if it has a number."""
        rows = {(order, parcel): name for order, parcel, name in self.books["parcels"]}
        for number, order, said in self.each():
            if order.ended is not None or not PACKED <= order.state < SIGNED:
                continue
            for name, parcel in order.parcels.items():
                stands = rows.get((number, name))
                if parcel.packed and not parcel.signed and stands is None:
                    yield number, f"parcel {name} is in none of the five sets"
                elif stands and (stands == "number-read-back") != bool(parcel.live()):
                    yield number, f"parcel {name} with {sorted(parcel.live())} is in the set {stands}"
        counted = collections.Counter(rows.values())
        for each in self.books["sets"]:
            if each["count"] != counted[each["set"]]:
                yield "sets", f"{each['set']} shows {each['count']}, not {counted[each['set']]}"

    def liveness(self):
        """Whatever is late is in somebody's hands: a task, a hold with its owner, or a question that is under way or
        has its time (a parcel on its way is asked about once a day)."""
        asked = {key.rsplit("/", 2)[0] for key, status in self.books["instructions"]
                 if status in ("waiting", "ambiguous")}
        asked |= {number for number, due in self.books["looks"] if due > self.now - HOUR}
        for number, order, said in self.each():
            if not PAID <= order.state < WARRANTY or order.ended is not None:
                continue
            is_late = order.overdue_at(order.state) + HOUR < self.now
            if is_late and number not in asked and not self.books["tasks"].get(number) and not said["holds"]:
                yield number, f"has been in state {order.state} for too long, and nobody has it"

    def personal(self):
        """10: no name, telephone or house of a receiver in events, tables or what the program writes."""
        for place, text in self.books["texts"]:
            self.checks += 1
            found = PERSONAL.search(text)
            if found:
                yield place, f"shows {found.group()[:2]}…"

    def chains(self):
        """4: the history is whole: each event's hash covers the one before (docs/api.md)."""
        key = hmac.digest(hmac.digest(bytes(32), self.books["key"], "sha256"), b"hydrant chain 1\x01", "sha256")
        for number, chain in self.books["chains"].items():
            self.checks += 1
            previous = b""
            for text, _ in chain["events"]:
                previous = hmac.digest(key, previous + text.encode(), hashlib.sha256)
            if previous.hex() != chain["head"]:
                yield number, "the history does not end in its head"
            if [json.loads(text) for text, _ in chain["events"][-1:]] != self.books["events"][number][-1:]:
                yield number, "the history and its bytes differ"
