"""Ways to doctor the books of a day, each with the check that has to find it. A change replaces what it touches and
leaves the rest as it is; one that finds no order to touch raises LookupError."""

import copy


def pick(books, fits, what):
    """The first order that fits, with a copy of its events and of what the hub says about it put in place."""
    for number, events in books["events"].items():
        if fits(number, events, books["orders"][number]):
            books["events"][number] = copy.deepcopy(events)
            books["orders"][number] = copy.deepcopy(books["orders"][number])
            return number, books["events"][number], books["orders"][number]
    raise LookupError(what)


def facts(events, kind):
    return [event for event in events if event["event"] == "fact.recorded" and event["content"]["kind"] == kind]


def finished(_, events, said):
    return said["state"]["number"] == 7 and len(said["parcels"]) == 1 and said["completion"] == "completed"


def say_again(events, kind, **changes):
    """One more message like the first of a kind."""
    more = copy.deepcopy(facts(events, kind)[0])
    more["content"]["id"] += "-again"
    more["content"]["data"].update(changes)
    events.append(more)


def issue(events, kind):
    return next(event for event in events
                if event["event"] == "instruction.issued" and event["content"]["kind"] == kind)


def lose_payment(books):
    _, events, _ = pick(books, finished, "finished")
    events.remove(facts(events, "payment.reported")[0])


def lose_signature(books):
    _, events, _ = pick(books, lambda *each: finished(*each) and facts(each[1], "trace.reported"), "signed")
    for event in facts(events, "trace.reported"):
        event["content"]["data"]["complete"] = False


def sign_after_return(books):
    _, events, _ = pick(books, lambda *each: finished(*each) and facts(each[1], "trace.reported"), "signed")
    for event in facts(events, "trace.reported"):
        scans = event["content"]["data"]["scans"]
        scans.insert(0, {**scans[0], "status": "returning"})


def higher_state(books):
    _, _, said = pick(books, lambda _, __, said: said["state"]["number"] < 7, "not at the end")
    said["state"]["number"] += 1


def falling_state(books):
    _, events, _ = pick(books, finished, "finished")
    reached = [event for event in events if event["event"] == "state.reached"]
    events.append({**copy.deepcopy(reached[2]), "number": len(events) + 1})


def no_proof(books):
    _, _, said = pick(books, finished, "finished")
    said["stamps"][3]["proof"] = []


def foreign_proof(books):
    _, _, said = pick(books, finished, "finished")
    said["stamps"][4]["proof"][0]["id"] += "9"


def second_waybill(books):
    _, events, _ = pick(books, finished, "finished")
    say_again(events, "tracking.reported", number="SF1999999999999")


def foreign_waybill(books):
    _, _, said = pick(books, finished, "finished")
    live = [waybill for parcel in said["parcels"] for waybill in parcel["waybills"] if waybill["live"]]
    live[0]["number"] += "7"


def refund(books):
    _, _, said = pick(books, finished, "finished")
    said["money"]["refundedMinor"] += 100


def text_twice(books):
    _, events, _ = pick(books, finished, "finished")
    say_again(events, "touchpoint.sent")


def invoice_twice(books):
    _, events, _ = pick(books, finished, "finished")
    say_again(events, "invoice.issued", id="INV-twice")


def delivery_twice(books):
    """The warehouse has one more delivery order, made by a second instruction."""
    number, events, _ = pick(books, finished, "finished")
    key = f"{number}/99/delivery.create"
    again = copy.deepcopy(issue(events, "delivery.create"))
    again["content"]["key"] = key
    answer = copy.deepcopy(next(
        event for event in facts(events, "instruction.answered")
        if event["content"]["data"]["instruction"] == "delivery.create"))
    answer["content"]["id"] += "-again"
    answer["content"]["data"] |= {"key": key, "detail": "submitted, W999983"}
    events += [again, answer]


def unknown_effect(books):
    """Finance issued an invoice that no answer names: the hub is told another one's number."""
    shape = lambda event: event["content"]["data"]["detail"] == "INV-5"  # noqa: E731
    _, events, _ = pick(books, lambda _, events, __: any(map(shape, facts(events, "instruction.answered"))), "INV-5")
    for event in filter(shape, facts(events, "instruction.answered")):
        event["content"]["data"]["detail"] = "INV-6"


def lost_message(books):
    books["inbox"] = books["inbox"][:40] + books["inbox"][41:]


def misplaced_message(books):
    source, name, order = books["inbox"][40]
    other = next(number for number in books["orders"] if number != order)
    books["inbox"] = books["inbox"][:40] + [(source, name, other)] + books["inbox"][41:]


def early_waybill(books):
    """The warehouse was asked before the customer system had said yes."""
    _, events, _ = pick(books, finished, "finished")
    early = issue(events, "delivery.create")
    events.remove(early)
    events.insert(2, early)


def held_and_sent(books):
    """A rule holds the order, and the delivery is asked for all the same."""
    _, events, _ = pick(books, finished, "finished")
    place = events.index(issue(events, "delivery.create"))
    verdict = copy.deepcopy(next(event for event in events if event["event"] == "rule.decided"))
    verdict["content"] |= {"rule": "address-change", "holds": [{"id": "x"}]}
    events.insert(place, verdict)


def no_verdict(books):
    _, events, _ = pick(books, finished, "finished")
    books["events"][events[0]["order"]] = [event for event in events if event["event"] != "rule.decided"]


def old_address(books):
    """A parcel left although its customer had another address verified before, and nothing was done about it."""
    def fits(_, events, said):
        changes, left = facts(events, "receiver.changed"), facts(events, "parcel.handed-over")
        people = any(event["content"]["source"].startswith("person:") for event in facts(events, "task.resolved"))
        return changes and left and facts(events, "receiver.verified") and not people and (
            events.index(facts(events, "receiver.verified")[0]) < events.index(left[0])) and any(
                event["event"] == "instruction.issued" and event["content"]["kind"] == "waybill.readdress"
                for event in events)
    number, events, _ = pick(books, fits, "changed address")
    books["events"][number] = [
        event for event in events
        if not (event["event"] == "instruction.issued" and event["content"]["kind"] == "waybill.readdress")]


def gift_left_out(books):
    def fits(_, events, said):
        return finished(_, events, said) and any(line["gift"] for line in said["lines"])
    _, events, said = pick(books, fits, "gift")
    gifts = {line["id"] for line in said["lines"] if line["gift"]}
    for event in facts(events, "parcel.packed"):
        items = event["content"]["data"]["items"]
        event["content"]["data"]["items"] = [item for item in items if item["line"] not in gifts] or items


def endless_hold(books):
    _, _, said = pick(books, finished, "finished")
    said["holds"] = [{"id": "x", "owner": "service", "exit": None}]


def parcel_in_no_set(books):
    if not books["parcels"]:
        raise LookupError("parcel under way")
    books["parcels"] = books["parcels"][1:]


def shown_figure(books):
    books["health"] = copy.deepcopy(books["health"])
    books["health"]["dimensions"]["intervention"]["numerator"] += 1


def shown_index(books):
    books["health"] = {**books["health"], "index": books["health"]["index"] + 0.5}


def hidden_disagreement(books):
    """The warehouse said something else, and nobody lists it."""
    _, events, _ = pick(books, finished, "finished")
    last = copy.deepcopy(facts(events, "parcel.handed-over")[0])
    last["content"] |= {"kind": "status.reported", "word": "PICK", "id": "late-word", "data": {}}
    last["content"]["occurredAt"] = 1_000 + max(
        event["content"].get("occurredAt") or event["content"]["receivedAt"] for event in events
        if event["event"] == "fact.recorded" and event["content"]["source"] == last["content"]["source"])
    events.append(last)


def hidden_refund(books):
    """Finance paid everything back, and the revenue stands."""
    _, events, said = pick(books, finished, "finished")
    first = facts(events, "receipt.reported") or facts(events, "payment.reported")
    back = copy.deepcopy(first[0])
    back["content"] |= {"kind": "refund.reported", "id": "RF-x", "source": "finance"}
    back["content"]["data"] = {"id": "RF-x", "amountMinor": said["money"]["paidMinor"]}
    events.append(back)


def nobodys_order(books):
    """Two weeks later an order is still not signed for, and nobody has it."""
    lose_signature(books)
    books["now"] += 14 * 86_400_000
    books["tasks"], books["instructions"], books["looks"] = {}, [], []


def shown_phone(books):
    books["texts"] = [("log", "order D1 of 12034567890 waits")]


def shown_name(books):
    books["texts"] = [("log", "order D1 of 王志强 waits")]


def changed_history(books):
    number = next(iter(books["chains"]))
    chain = copy.deepcopy(books["chains"][number])
    text, mark = chain["events"][3]
    chain["events"][3] = (text.replace('"recordedAt":1', '"recordedAt":2'), mark)
    books["chains"][number] = chain


# Each with the check that has to name it.
DOCTORED = {
    "a payment that nobody made": ("state", lose_payment),
    "a signature without the courier's whole list": ("state", lose_signature),
    "signed by the sender after a return": ("state", sign_after_return),
    "a state too many": ("state", higher_state),
    "a state that falls": ("numbering", falling_state),
    "a state without its proof": ("proofs", no_proof),
    "a proof that is none": ("proofs", foreign_proof),
    "a second live waybill": ("parcels", second_waybill),
    "another waybill than the courier's": ("parcels", foreign_waybill),
    "a refund that finance did not make": ("money", refund),
    "a text sent twice": ("effects", text_twice),
    "an invoice issued twice": ("effects", invoice_twice),
    "a second delivery order": ("effects", delivery_twice),
    "an effect that the hub does not know": ("serials", unknown_effect),
    "a message lost": ("messages", lost_message),
    "a message at another order": ("messages", misplaced_message),
    "a delivery asked for too early": ("order_of_asking", early_waybill),
    "a held order let out": ("rules", held_and_sent),
    "a rule that did not run": ("rules", no_verdict),
    "an old address on the label": ("gifts_and_addresses", old_address),
    "a gift left behind": ("gifts_and_addresses", gift_left_out),
    "a hold without an exit": ("holds", endless_hold),
    "a parcel outside the five sets": ("sets", parcel_in_no_set),
    "a figure of the index off by one": ("figures", shown_figure),
    "the index off by a half": ("figures", shown_index),
    "a disagreement that is not listed": ("wrong", hidden_disagreement),
    "revenue after a refund that is not listed": ("wrong", hidden_refund),
    "an order that nobody has": ("liveness", nobodys_order),
    "a telephone in the log": ("personal", shown_phone),
    "a name in the log": ("personal", shown_name),
    "a changed history": ("chains", changed_history),
}
