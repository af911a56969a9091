"""Puts orders of every state, wrong ones too, into a running hub, so that its pages and lists have something to show.

usage: schemathesis_seed.py ADDRESS TOKEN_FILE SECRET_FILE"""

import base64
import pathlib
import sys
import types

SEEDED_ORDERS = 40
HOUR = 3_600_000
BEGIN = 1_794_326_400_000  # 2026-11-11 00:00 in Shanghai


def story(index: int) -> list[dict]:
    """The facts of one order, more of them the higher its index."""
    number, parcel = f"SEED-{index}", f"SEED-{index}-1"
    line = {"id": "1", "sku": "LF9001", "name": "机油滤清器", "units": 2, "priceMinor": 12_900}
    gift = {"id": "2", "sku": "GIFT-1", "units": 1, "priceMinor": 0, "gift": True, "giftFor": "1"}
    receiver = {
        "name": "王小明", "phone": f"130000000{index:02}", "province": "山东省", "city": "济南市", "district": "历下区",
        "address": "解放路 1 号",
    }
    scans = [
        {"at": BEGIN + 9 * HOUR, "status": "picked-up", "code": "50"},
        {"at": BEGIN + 30 * HOUR, "status": "signed", "code": "80"},
    ]
    steps = [
        ("order.placed", "shop", {
            "shop": "tmall", "customer": "C-1", "payableMinor": 12_900, "lines": [line, gift], "receiver": receiver}),
        ("payment.reported", "shop", {"id": "P1", "amountMinor": 12_900}),
        ("credit.checked", "crm", {"passed": index % 5 != 4, "level": "A"}),
        ("inventory.locked", "wms", {"warehouse": "W1"}),
        ("parcel.packed", "wms", {"parcel": parcel, "items": [{"line": "1", "units": 2}, {"line": "2", "units": 1}]}),
        ("tracking.reported", "sf", {"parcel": parcel, "courier": "SF", "channel": "sf", "number": f"SF10000{index:02}"}),
        ("parcel.handed-over", "wms", {"parcel": parcel}),
        ("trace.reported", "sf", {"parcel": parcel, "number": f"SF10000{index:02}", "scans": scans, "complete": True}),
        ("revenue.recognised", "finance", {"id": "R1", "amountMinor": 12_900}),
        ("refund.reported", "finance", {"id": "B1", "amountMinor": 12_900}),
    ]
    return [
        {"kind": kind, "source": source, "id": f"{number}/{step}", "order": number,
         "occurredAt": BEGIN + step * HOUR, "word": "NEW" if step == 0 else None, "data": data}
        for step, (kind, source, data) in enumerate(steps[: 1 + index % (len(steps) + 1)])
    ]


def main(address: str, token_file: str, secret_file: str) -> None:
    from hub import Client

    secret = pathlib.Path(secret_file).read_text().strip().removeprefix("whsec_")
    running = types.SimpleNamespace(
        port=int(address.rsplit(":", 1)[1]), token=pathlib.Path(token_file).read_text().strip(),
        key=base64.b64decode(secret))
    facts = [
        {name: value for name, value in fact.items() if value is not None}
        for index in range(SEEDED_ORDERS) for fact in story(index)
    ]
    status, answer = Client(running).post_facts(facts)
    refused = [item for item in (answer or {}).get("results", []) if item["status"] not in ("accepted", "refused")]
    if status != 200 or refused:
        sys.exit(f"schemathesis: the seed was not taken in: {status} {refused[:3] or answer}")


if __name__ == "__main__":
    main(*sys.argv[1:])
