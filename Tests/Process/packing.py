#!/usr/bin/env python3
"""The packing desk in a real Chromium at a phone's size: an order is packed unit by unit, three parcels are scanned into
their bag, a foreign one is named, scans made without network are kept and sent, the bag is closed and its label printed by
a printer that fails twice first, printed again for a reason, and handed over. A label's code is read through the camera.
A template's elements are dragged by mouse and finger, moved by keys and sized, and its text follows.

With HYDRANT_SCREENSHOTS=FOLDER it also leaves pictures there."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

root = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(root / "Scripts"), str(root / "Tests/Process")]
from browser import launch, sign_in, watch, with_playwright  # noqa: E402
from hub import BINARY, Hub, free_port  # noqa: E402
from trial import end, expect, failures  # noqa: E402

PERSON = {"name": "王小明", "phone": "13812345678", "province": "浙江省", "city": "杭州市", "district": "西湖区",
          "address": "文三路 900 号"}
pictures = os.environ.get("HYDRANT_SCREENSHOTS")
numbers = iter(range(1, 10_000))


def fact(kind, order, data, source="shop", second=0):
    # Now, because parcels packed less than 15 minutes apart share a bag.
    return {"kind": kind, "source": source, "id": f"{order}-{kind}-{next(numbers)}", "order": order,
            "occurredAt": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 300 + second)), "data": data}


def locked(order, warehouse, gift=False):
    lines = [{"id": "1", "sku": "LF9001", "name": "机油滤清器", "units": 2, "priceMinor": 12900}]
    if gift:
        lines.append({"id": "2", "sku": "CAP-9", "name": "鸭舌帽", "gift": True, "giftFor": "1"})
    return [
        fact("order.placed", order, {"shop": "旗舰店", "payableMinor": 12900, "warehouse": warehouse,
                                     "receiver": PERSON, "lines": lines}),
        fact("payment.reported", order, {"id": "p", "amountMinor": 12900}, "pay", 1),
        fact("credit.checked", order, {"passed": True}, "crm", 2),
        fact("inventory.locked", order, {"warehouse": warehouse}, "wms", 3),
    ]


def number(order):
    return fact("tracking.reported", order, {"parcel": f"{order}-1", "courier": "sf", "channel": "sf",
                                             "number": f"SF55{order[-4:]}"}, "sf", 5)


def packed(order, warehouse="FRONT-1"):
    return locked(order, warehouse) + [
        fact("parcel.packed", order, {"parcel": f"{order}-1", "warehouse": warehouse, "weightGrams": 1000}, "wms", 4),
        number(order)]


def picture(page, name):
    if pictures:
        page.screenshot(path=f"{pictures}/packing-{name}.png")
    width, inner = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    expect(width <= inner, f"{name}: scrolls sideways, {width} of {inner} pixels")


def until(page, script, seconds, arg=None):
    """Waits until a script says yes. From outside, because the page's own policy lets nothing be evaluated in it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if page.evaluate(script, arg):
            return True
        page.wait_for_timeout(50)
    return False


def said(page, tone, text=""):
    """Waits until the page says something in a tone."""
    script = ("([tone, text]) => { const said = document.getElementById('said'); return said.dataset.tone === tone"
              " && said.textContent.includes(text); }")
    if not until(page, script, 8, [tone, text]):
        failures.append(f"the page does not say “{text}” as {tone}, but “{page.inner_text('#said')}” as "
                        f"{page.get_attribute('#said', 'data-tone')}")


def scan(page, text):
    """As a scanner does: it types and presses Enter."""
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def press(page, what, answer=None):
    page.click(f"#sight button[data-do={what}]")
    if answer is not None:
        page.fill("#answer", answer)
        page.click("#yes")


def set_up_printer(page, base, port):
    page.goto(f"{base}/settings/desk")
    page.fill("input[name='printer.warehouse'] >> nth=0", "FRONT-1")
    page.fill("input[name='printer.address'] >> nth=0", f"127.0.0.1:{port}")
    page.click("main form button[type=submit]")
    expect("127.0.0.1" in page.input_value("input[name='printer.address'] >> nth=0"), "the printer was not saved")
    picture(page, "settings")


def pack(page):
    scan(page, "ORDER-0004")
    said(page, "note", "ORDER-0004")
    picture(page, "pack-begin")
    scan(page, "LF9002")
    said(page, "wrong", "LF9002")
    expect(page.evaluate("document.body.dataset.sounded") == "wrong", "a wrong article makes no sound")
    picture(page, "pack-wrong")
    for text in ["LF9001", "LF9001"]:
        scan(page, text)
        page.wait_for_timeout(100)
    said(page, "good", "2/2")
    scan(page, "CAP-9")
    said(page, "good")
    picture(page, "pack-complete")
    refuse_weights(page)
    press(page, "finish", "1.0")
    said(page, "good", "还没有快递单号")
    # How the parcel stands is said once; it stands by itself where nothing was scanned before.
    expect(page.query_selector(".verdict[data-state]") is not None and not page.is_visible(".verdict[data-state]"),
           "the verdict of the packed parcel is said twice")
    picture(page, "pack-done")
    page.reload()
    page.wait_for_selector(".verdict.soon[data-state]", state="visible")


def fill(page, context):
    scan(page, "ORDER-0004-1")
    said(page, "good", "1/4")
    code = page.get_attribute("[data-bag]", "data-bag")
    scan(page, "SF550001")
    said(page, "good", "2/")
    picture(page, "bag-two")
    scan(page, "FAR-0009-1")
    said(page, "wrong", "FAR-0009-1")
    expect(page.evaluate("document.body.dataset.sounded") == "wrong", "a foreign parcel makes no sound")
    picture(page, "bag-foreign")
    expect(page.is_disabled("button[data-do=close]"), "a bag with a foreign parcel can be closed")
    page.click(".stray button")
    page.wait_for_selector(".stray", state="detached")
    context.set_offline(True)
    scan(page, "SF550002")
    said(page, "good")
    scan(page, "NOT-OF-HERE")
    said(page, "wrong", "NOT-OF-HERE")
    expect(until(page, "document.getElementById('net').textContent.includes('2')", 5), "two waiting scans are not named")
    picture(page, "bag-offline")
    # The page is closed and opened without a network: what was scanned is still there.
    kept = page.evaluate("JSON.parse(localStorage.getItem('hydrant.desk.waiting')).length")
    expect(kept == 2, f"{kept} scans are kept, not 2")
    context.set_offline(False)
    expect(until(page, "document.getElementById('net').hidden", 15), "the kept scans are not sent")
    said(page, "wrong", "NOT-OF-HERE")
    scan(page, "SF550003")
    said(page, "good", "4/4")
    picture(page, "bag-full")
    return code


def press_while_scanning(page, what):
    """The finger is on the button while a scan is answered: the press counts, and the scan is not held up."""
    spot = page.locator(f"#sight button[data-do={what}]").bounding_box()
    page.mouse.move(spot["x"] + spot["width"] / 2, spot["y"] + spot["height"] / 2)
    page.evaluate("document.querySelector('#sight > *').dataset.mark = 'old'")
    page.mouse.down()
    with page.expect_response(re.compile("/packing/events")):
        scan(page, "SF550003")
    page.wait_for_timeout(200)
    expect(page.query_selector("#sight > [data-mark=old]"), "the screen changes under the finger")
    with page.expect_response(re.compile("/packing/events")) as answer:
        page.mouse.up()
    asked = answer.value.request.post_data or ""
    expect(what in asked, f"the press is lost, sent was {asked}")
    page.wait_for_selector("#sight > [data-mark=old]", state="detached")


def refuse_weights(page):
    """What a scanner types into the question for a weight is refused in words and sent nowhere."""
    press(page, "finish")
    for text in ["6901234567892", "5E1", "SF550001"]:
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        expect(page.is_visible("#bad") and page.is_visible("#ask"), f"“{text}” is taken as a weight")
    picture(page, "weight-refused")
    page.click("#no")


def finish(page, hub, folder, code):
    press_while_scanning(page, "close")
    said(page, "good")
    picture(page, "bag-closed")
    page.click("button[data-do=print][data-to=printer]")
    said(page, "good")
    page.wait_for_selector(".prints .waiting, .prints .done")
    picture(page, "bag-printing")
    page.wait_for_selector(".prints .done", timeout=20_000)
    label = (folder / "label-1.txt").read_bytes()
    expect(label.startswith(b"^XA") and label.rstrip().endswith(b"^XZ"), "the printer got no ZPL")
    reprint(page)
    expect(until(page, "document.querySelectorAll('.prints .done').length === 2", 20), "the second label is not printed")
    expect("smudged" in page.inner_text(".prints"), "the reason of the second label is not shown")
    picture(page, "bag-printed-twice")
    press(page, "handOver")
    said(page, "good")
    picture(page, "bag-gone")
    client = hub.client()
    for order in ["ORDER-0001", "ORDER-0004"]:
        _, document = client.call("GET", f"/v1/orders/{order}")
        expect("handedOver" in json.dumps(document) or "handed" in json.dumps(document), f"{order} was not handed over")
    client.close()


def reprint(page):
    page.click("button[data-do=print][data-to=printer]")
    page.fill("#answer", "smudged")
    page.click("#yes")


def waybill(page, base):
    """The waybill of the parcel in hand, opened by one press; a second one asks why."""
    button = "button[data-do=paper][data-text=waybill][data-to=browser]"
    page.wait_for_selector(button)
    with page.expect_response(re.compile("/packing/events")) as answer:
        page.click(button)
    opens = answer.value.json()["results"][-1].get("opens", "")
    expect(opens.startswith("/papers/"), f"the waybill opens “{opens}”")
    document = page.context.request.get(f"{base}{opens}").body()
    expect(document.startswith(b"%PDF"), "the waybill is no PDF")
    page.wait_for_selector(f"{button}[data-ask=reason]")
    picture(page, "waybill-printed")


def label_picture(page, base, code, folder):
    """The label that the browser prints, as a picture of its upper right corner, where the bag's code is."""
    page.goto(f"{base}/packing?scan={code}")
    page.wait_for_selector(f"[data-bag='{code}']")
    with page.expect_response(re.compile("/packing/events")) as answer:
        page.click("button[data-do=print][data-to=browser]")
    opens = answer.value.json()["results"][-1].get("opens", "")
    expect(opens.startswith(f"/b/{code}/label?print="), f"printing in the browser opens “{opens}”")
    document = page.context.request.get(f"{base}{opens}").body()
    (folder / "label.pdf").write_bytes(document)
    subprocess.run(["pdftoppm", "-gray", "-r", "200", "-singlefile", folder / "label.pdf", folder / "label"], check=True)
    seen = subprocess.run(["zbarimg", "-q", "--raw", folder / "label.pgm"], capture_output=True, text=True).stdout.split()
    expect(code in seen, f"the printed label's codes are {seen}, without {code}")
    return folder / "label.pgm"


def camera_film(picture_file, film):
    """A film of one picture, as Chromium's fake camera plays it: grey, 640 by 480."""
    data = picture_file.read_bytes()
    width, height = (int(each) for each in data.split(b"\n", 3)[1].split())
    pixels = data[-width * height:]
    left, top, size = int(width * 0.74), 0, int(width * 0.26)
    plane = bytearray([255]) * (640 * 480)
    for y in range(400):
        for x in range(400):
            source = (top + y * size // 400) * width + left + x * size // 400
            plane[(40 + y) * 640 + 120 + x] = pixels[source]
    frame = b"FRAME\n" + bytes(plane) + bytes([128]) * (640 * 480 // 2)
    film.write_bytes(b"YUV4MPEG2 W640 H480 F5:1 Ip A1:1 C420jpeg\n" + frame * 5)


def through_camera(playwright, hub, base, code, film):
    browser = launch(playwright, "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
                     f"--use-file-for-fake-video-capture={film}")
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN", permissions=["camera"])
    page = context.new_page()
    sign_in(page, base, hub.token)
    page.goto(f"{base}/packing")
    page.click("#camera")
    try:
        page.wait_for_selector(f"[data-bag='{code}']", timeout=20_000)
    except Exception:
        failures.append("the camera does not read the label's code")
    picture(page, "camera")
    browser.close()


def list_of(page, element, key):
    """A list of lengths of an element, as it stands in the template's text."""
    line = next(each for each in page.input_value("#text").split("\n") if element in each)
    return [float(each) for each in re.search(key + r": \[([^\]]*)\]", line).group(1).split(",")]


def expect_list(page, element, key, wanted, what):
    """Waits until the text has a list, and the page has heard of the hub what stands where."""
    deadline = time.monotonic() + 8
    while list_of(page, element, key) != wanted and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    expect(list_of(page, element, key) == wanted, f"{what}: {key} is {list_of(page, element, key)}, not {wanted}")
    page.wait_for_timeout(300)


def box(page, name, corner=False):
    """The middle of an element over the preview, or of its corner, and how many pixels a millimetre has."""
    place = page.locator(f".handle[aria-label='{name}']").first.bounding_box()
    scale = page.locator("#preview").bounding_box()["width"] / 100
    if corner:
        return place["x"] + place["width"], place["y"] + place["height"], scale
    return place["x"] + place["width"] / 2, place["y"] + place["height"] / 2, scale


def drag(page, name, right, down, corner=False):
    x, y, scale = box(page, name, corner)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right * scale / 2, y + down * scale / 2)
    page.mouse.move(x + right * scale, y + down * scale)
    page.mouse.up()


def swipe(page, name, right, down):
    """As a finger drags."""
    x, y, scale = box(page, name)
    touch = page.context.new_cdp_session(page)

    def send(kind, at_x, at_y):
        points = [] if kind == "touchEnd" else [{"x": at_x, "y": at_y}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    send("touchStart", x, y)
    for part in (0.3, 0.7, 1):
        send("touchMove", x + right * scale * part, y + down * scale * part)
    send("touchEnd", x, y)


def change_looks(page):
    """How an element looks, and on what paper, is chosen beside the preview; the text changes, and nothing else of it."""
    before = page.input_value("#text").split("\n")

    def expect_line(element, wanted):
        deadline = time.monotonic() + 8
        while (line := next(each for each in page.input_value("#text").split("\n") if element in each)) != wanted \
                and time.monotonic() < deadline:
            page.wait_for_timeout(50)
        expect(line == wanted, f"the text has {line!r}, not {wanted!r}")
        page.wait_for_timeout(300)

    area = next(each for each in before if "{bag.area}" in each)
    page.select_option("#element", label="{bag.area}")
    expect(page.input_value("#look-font") == "15" and page.is_checked("#look-bold"), "the looks of an element are not shown")
    expect(not page.is_visible("#look-columns"), "a text has columns")
    page.fill("#look-font", "13")
    page.press("#look-font", "Tab")
    expect_line("{bag.area}", area.replace("font: 15", "font: 13"))
    page.uncheck("#look-bold")
    page.select_option("#look-align", "center")
    expect_line("{bag.area}", area.replace("font: 15, bold: true", "font: 13, align: center"))
    page.select_option("#look-when", "present")
    page.select_option("#look-field", "bag.line")
    plain = area.replace("font: 15, bold: true}", "font: 13, align: center")
    expect_line("{bag.area}", plain + ", when: {field: bag.line, is: present}}")
    page.select_option("#look-when", "equals")
    page.fill("#look-equals", 'A "7", {b}')
    page.press("#look-equals", "Tab")
    expect_line("{bag.area}", plain + ', when: {field: bag.line, equals: "A \\"7\\", {b}"}}')
    expect(page.inner_text("#problems") == "", f"the template has mistakes: {page.inner_text('#problems')}")
    picture(page, "template-looks-desktop-en")
    expect(page.input_value("#look-equals") == 'A "7", {b}', f"the text is shown as {page.input_value('#look-equals')!r}")
    page.select_option("#look-when", "")
    page.select_option("#look-align", "left")
    page.check("#look-bold")
    page.fill("#look-font", "15")
    page.press("#look-font", "Tab")
    expect_line("{bag.area}", area)
    page.select_option("#element", label="each orders")
    expect(page.input_value("#look-columns") == "2" and not page.is_visible("#look-font"), "a table's looks are not shown")
    page.fill("#look-rows", "2")
    page.press("#look-rows", "Tab")
    expect_line("    rows:", "    rows: 2")
    page.select_option("#look-when", "absent")
    page.select_option("#look-field", "bag.line")
    page.wait_for_timeout(400)
    expect("    when: {field: bag.line, is: absent}" in page.input_value("#text").split("\n"), "a table has no condition")
    page.select_option("#look-when", "")
    page.fill("#look-rows", "3")
    page.press("#look-rows", "Tab")
    expect_line("    rows:", "    rows: 3")
    page.select_option("#look-paper", "100x180")
    expect_line("size: 100x", "size: 100x180")
    page.select_option("#look-paper", "100x150")
    expect_line("size: 100x", "size: 100x150")
    expect(page.input_value("#text").split("\n") == before, "the text is another after everything was put back")
    at = before.index(area)
    folded = area.replace(", font", ",\n        font") + "  # large"
    page.fill("#text", "\n".join(before[:at] + [folded] + before[at + 1:]))
    page.wait_for_timeout(1_000)
    page.select_option("#element", label="{bag.area}")
    expect(page.input_value("#look-font") == "15", "the looks of an element on two lines are not shown")
    page.fill("#look-font", "13")
    page.press("#look-font", "Tab")
    expect_line("{bag.area}", area.replace("font: 15", "font: 13") + "  # large")
    expect(page.inner_text("#problems") == "", f"the template has mistakes: {page.inner_text('#problems')}")
    page.fill("#text", "\n".join(before))
    page.wait_for_timeout(1_000)


def edit_template(browser, base, state):
    """The editor: what is dragged changes the text, and what is typed moves the elements."""
    courier, code = "{bag.courier}", "qr bag"
    wide = browser.new_context(viewport={"width": 1440, "height": 1000}, storage_state=state)
    page = wide.new_page()
    watch(page)
    page.goto(f"{base}/templates/edit?name=aggregated&lang=en")
    page.wait_for_selector(f".handle[aria-label='{courier}']")
    drag(page, courier, 5, 4)
    expect_list(page, courier, "at", [8, 6.5], "dragged")
    page.keyboard.press("ArrowRight")
    expect_list(page, courier, "at", [9, 6.5], "arrow")
    page.keyboard.press("Shift+ArrowDown")
    expect_list(page, courier, "at", [9, 11.5], "Shift and arrow")
    drag(page, courier, -10, 2, corner=True)
    expect_list(page, courier, "size", [34, 11], "sized")
    picture(page, "template-desktop-en")
    drag(page, code, 50, 0)
    expect_list(page, "qr: bag", "at", [79, 2], "dragged over the edge")
    page.fill("#place-x", "70")
    page.press("#place-x", "Tab")
    expect_list(page, "qr: bag", "at", [70, 2], "typed place")
    # An element of an order's cell: its place is that in the cell.
    page.select_option("#element", label="{order.number}")
    before = list_of(page, "{order.number}", "at")
    page.focus(".handle[aria-label='{order.number}']")
    page.keyboard.press("ArrowDown")
    expect_list(page, "{order.number}", "at", [before[0], round(before[1] + 1, 2)], "in a cell")
    # A field that is dropped on the preview is a new text.
    chip = page.locator("[data-field='{bag.line}']")
    chip.scroll_into_view_if_needed()
    start, sheet = chip.bounding_box(), page.locator("#preview").bounding_box()
    page.mouse.move(start["x"] + 9, start["y"] + 9)
    page.mouse.down()
    page.mouse.move(sheet["x"] + sheet["width"] * 0.3, sheet["y"] + sheet["height"] * 0.1, steps=4)
    page.mouse.up()
    expect_list(page, 'text: "{bag.line}"', "at", [30, 15], "dropped field")
    expect(page.locator(".handle[aria-label='{bag.line}'][aria-pressed=true]").count() == 1, "a dropped field is not marked")
    # A code is dropped in the same way.
    chip = page.locator("[data-field='barcode: bag']")
    chip.scroll_into_view_if_needed()
    start, sheet = chip.bounding_box(), page.locator("#preview").bounding_box()
    page.mouse.move(start["x"] + 9, start["y"] + 9)
    page.mouse.down()
    page.mouse.move(sheet["x"] + sheet["width"] * 0.3, sheet["y"] + sheet["height"] * 0.17, steps=4)
    page.mouse.up()
    expect_list(page, "barcode: bag", "size", [40, 10], "dropped code")
    expect(page.locator(".handle[aria-label='barcode bag'][aria-pressed=true]").count() == 1, "a dropped code is not marked")
    change_looks(page)
    # Typing moves the element.
    x, y, scale = box(page, courier)
    page.fill("#text", page.input_value("#text").replace("at: [9, 11.5]", "at: [19, 11.5]"))
    script = "() => { const box = document.querySelector(\".handle[aria-label='{bag.courier}']\");" \
        " return Boolean(box) && Math.abs(parseFloat(box.style.left) - 19) < 0.01; }"
    expect(until(page, script, 8), "an element does not follow the text")
    expect(abs(box(page, courier)[0] - x - 10 * scale) < 1.5, "an element is not where the text says")
    page.click("#editor button[type=submit]")
    expect("Saved as version 1" in page.inner_text("main"), "the template was not saved")
    expect(list_of(page, courier, "at") == [19, 11.5], "the saved template is another one")
    wide.close()
    phone = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, storage_state=state)
    page = phone.new_page()
    page.goto(f"{base}/templates/edit?name=aggregated&lang=zh")
    page.wait_for_selector(f".handle[aria-label='{courier}']")
    page.locator("#stage").scroll_into_view_if_needed()
    page.evaluate("window.scrollTo(0, document.getElementById('stage').getBoundingClientRect().top + scrollY - 80)")
    swipe(page, code, 0, 3)
    expect(list_of(page, "qr: bag", "at") == [70, 2], "a first touch drags at once, and the page cannot be scrolled")
    page.evaluate("window.scrollTo(0, document.getElementById('stage').getBoundingClientRect().top + scrollY - 80)")
    swipe(page, code, -5, 3)
    expect_list(page, "qr: bag", "at", [65, 5], "dragged by a finger")
    picture(page, "template-phone-zh")
    phone.close()


def desk(playwright, hub, folder, printer):
    browser = launch(playwright)
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN", has_touch=True)
    page = context.new_page()
    watch(page, "ERR_INTERNET_DISCONNECTED")
    base = hub.address
    sign_in(page, base, hub.token)
    set_up_printer(page, base, printer)
    page.goto(f"{base}/packing")
    picture(page, "empty")
    pack(page)
    client = hub.client()
    client.post_facts([number("ORDER-0004")])
    client.close()
    code = fill(page, context)
    finish(page, hub, folder, code)
    page.goto(f"{base}/b/{code}-1")
    picture(page, "page-phone")
    # A second bag, of which an order is cancelled after its label was printed.
    page.goto(f"{base}/packing")
    scan(page, "FAR-0009")
    said(page, "good")
    other = page.get_attribute("[data-bag]", "data-bag")
    waybill(page, base)
    film = folder / "camera.y4m"
    camera_film(label_picture(page, base, other, folder), film)
    through_camera(playwright, hub, base, other, film)
    client = hub.client()
    client.post_facts([fact("order.cancelled", "FAR-0009", {"reason": "no"}, second=30)])
    client.close()
    page.goto(f"{base}/b/{other}-1")
    expect(page.query_selector(".oldlabel") is not None, "the label of a cancelled order is not red")
    picture(page, "old-label-phone")
    for language in ["zh", "en"]:
        page.goto(f"{base}/bags?lang={language}")
        picture(page, f"bags-phone-{language}")
        wide = browser.new_context(viewport={"width": 1440, "height": 1000}, storage_state=context.storage_state())
        desktop = wide.new_page()
        for path, name in [("/bags", "bags"), (f"/b/{other}", "page"), ("/settings/desk", "settings")]:
            desktop.goto(f"{base}{path}{'&' if '?' in path else '?'}lang={language}")
            picture(desktop, f"{name}-desktop-{language}")
        desktop.goto(f"{base}/packing?scan={code}")
        desktop.wait_for_selector("[data-bag]")
        picture(desktop, f"desk-desktop-{language}")
        wide.close()
    edit_template(browser, base, context.storage_state())
    browser.close()


def main():
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        printer = free_port()
        sandbox = subprocess.Popen(
            [BINARY, "sandbox", "--printer-port", str(printer), "--printer-folder", name,
             "--printer-faults", "refuse,break"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=root)
        hub = Hub(folder)
        try:
            sandbox.stdout.readline()
            hub.start()
            client = hub.client()
            facts = sum((packed(f"ORDER-000{each}") for each in (1, 2, 3)), [])
            facts += locked("ORDER-0004", "FRONT-1", gift=True) + packed("FAR-0009", "FRONT-2")
            status, _ = client.post_facts(facts)
            expect(status == 200, f"the facts were answered with {status}")
            client.close()
            with sync_playwright() as playwright:
                desk(playwright, hub, folder, printer)
        finally:
            code = hub.stop()
            sandbox.terminate()
            sandbox.wait(timeout=30)
        expect(code == 0, f"the hub ended with {code}")
        expect(hub.command("verify").get("violations", []) in ([], 0), "verify finds something")
    end("packing", json.dumps({"failures": len(failures)}))


if __name__ == "__main__":
    with_playwright(__file__, main)
