#!/usr/bin/env python3
"""Bags parcels and prints labels at the command line; other people's programs read back what came out.

Every label of the thousand is read back, about 40 s of one core; with --quick the first hundred."""

import json
import os
import pathlib
import random
import re
import resource
import socket
import subprocess
import sys
import tempfile
import threading

root = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(root / "Scripts")]
from trial import end, expect, failures  # noqa: E402

binary = os.environ.get("HYDRANT_BINARY", str(root / ".build/release/hydrant"))
COUNT = 1_000


def hydrant(*arguments, code=0, input=None):
    done = subprocess.run([binary, *map(str, arguments)], input=input, capture_output=True, text=True, timeout=300)
    expect(done.returncode == code, f"hydrant {' '.join(map(str, arguments))}: exit {done.returncode}, not {code}\n{done.stderr}")
    return done


def made_bags(count):
    dice = random.Random(11)
    names = "张伟 王芳 李娜 刘洋 陈静 欧阳明月 诸葛亮".split()
    goods = [("LF9001", "机油滤清器"), ("AF2210", "空气滤清器"), ("FF5052", "柴油滤清器"), ("HS-77", "液压滤芯总成")]
    bags, secrets = [], set()
    for bag in range(count):
        orders = []
        for place in range(dice.randint(2, 5)):  # with the bag's own code: three to six codes
            name, phone, room = dice.choice(names), f"1{dice.randint(3 * 10**9, 10**10 - 1)}", dice.randint(1101, 2999)
            secrets |= {name, phone, f"{room}室"}
            orders.append({
                "number": f"SO{bag:05}{place}", "parcel": f"P{bag:05}{place}", "state": 5,
                "tracking": f"SF1{dice.randint(0, 10**12 - 1):012}",
                "receiver": {"name": name, "phone": phone, "province": "浙江省", "city": "杭州市", "district": "西湖区",
                             "address": f"天目山路{dice.randint(1, 99)}号{room}室"},
                "items": [{"sku": sku, "name": title, "units": dice.randint(1, 9)}
                          for sku, title in dice.sample(goods, dice.randint(1, 3))]})
        bags.append({"courier": "顺丰速运", "warehouse": "FRONT-1", "area": "浙江省杭州市西湖区",
                     "departsAt": "2026-11-11T20:15:00+08:00", "orders": orders})
    return bags, secrets


def decoded(folder, name, pages):
    """The codes of each page of a document, drawn at 200 dpi; a hundred pages at a time, so that the folder stays small."""
    for first in range(1, pages + 1, 100):
        last = min(first + 99, pages)
        subprocess.run(["pdftoppm", "-r", "200", "-f", str(first), "-l", str(last), "-gray", folder / name, folder / "page"],
                       check=True)
        pictures = sorted(folder.glob("page-*.pgm"))
        expect(len(pictures) == last - first + 1, f"pages {first} to {last} are {len(pictures)} pictures")
        done = subprocess.run(["zbarimg", "-q", "--xml", *pictures], capture_output=True, text=True)
        # Every picture in its order; one without a code has no part of its own.
        found = {part.split("'")[1]: set(re.findall(r"<!\[CDATA\[(.*?)\]\]>", part))
                 for part in done.stdout.split("<source href=")[1:]}
        for picture in pictures:
            yield found.get(str(picture), set())
            picture.unlink()


def check_fonts(document):
    """Every font has a name, is inside as a subset, and says which characters its letters stand for."""
    rows = subprocess.run(["pdffonts", document], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
    expect(rows and all(re.search(r"^[A-Z]{6}\+\w+.* yes yes yes ", row) for row in rows),
           f"fonts are not subsets inside: {rows}")


def check_document(folder):
    bags, secrets = made_bags(COUNT)
    orders = folder / "orders.json"
    orders.write_text(json.dumps({"bags": bags}, ensure_ascii=False))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = hydrant("print", "--template", "aggregated", "--orders", orders, "--format", "pdf", "--out", folder / "all.pdf")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    summary = json.loads(done.stdout)
    expect((summary["labels"], summary["sheets"]) == (COUNT, COUNT), f"the summary is {summary['labels']} labels")
    bytes_each = (folder / "all.pdf").stat().st_size / COUNT
    print(f"{COUNT} labels: {seconds:.2f} s of one core, {bytes_each:.0f} bytes each")
    expect(bytes_each < 8_192, f"a label takes {bytes_each:.0f} bytes")
    expect(seconds < 2 or os.getloadavg()[0] > 1.5, f"{COUNT} labels took {seconds:.2f} s of one core")

    check_fonts(folder / "all.pdf")

    wanted = iter(summary["codes"])
    pages = 100 if "--quick" in sys.argv else COUNT
    read = 0
    for bag, got in zip(bags, decoded(folder, "all.pdf", pages)):
        codes = {next(wanted) for _ in range(len(bag["orders"]) + 1)}
        expect(got == codes, f"of {sorted(codes)} the decoder read {sorted(got)}")
        read += len(got & codes)
    print(f"{read} codes of {pages} labels were read back")
    text = subprocess.run(["pdftotext", folder / "all.pdf", "-"], capture_output=True, text=True, check=True).stdout
    expect("浙江省杭州市西湖区" in text and "SO000000" in text, "the text of the document cannot be read back")
    shown = [secret for secret in secrets if secret in text]
    expect(not shown, f"{len(shown)} names, phones or rooms are on paper")


def printed_picture(zpl):
    """What the printer draws, as a plain bitmap file that the decoder reads."""
    width, height = int(re.search(r"\^PW(\d+)", zpl)[1]), int(re.search(r"\^LL(\d+)", zpl)[1])
    row_bytes = (width + 7) // 8
    page = bytearray(row_bytes * height)
    for top, size, data in re.findall(r"\^FO0,(\d+)\^GFA,\d+,\d+,(\d+),([^^]*)\^FS", zpl):
        expect(int(size) == row_bytes, "a row of graphics has another width than the label")
        row, signs, count, last = int(top), "", 0, ""
        for sign in data:
            if sign == ":":
                signs = last
            elif sign == ",":
                signs = signs.ljust(row_bytes * 2, "0")
            elif "G" <= sign <= "Y":
                count += ord(sign) - ord("F")
                continue
            elif "g" <= sign <= "z":
                count += (ord(sign) - ord("f")) * 20
                continue
            else:
                signs, count = signs + sign * max(1, count), 0
            if len(signs) == row_bytes * 2:
                page[row * row_bytes:(row + 1) * row_bytes] = bytes.fromhex(signs)
                last, signs, row = signs, "", row + 1
    return b"P4\n%d %d\n" % (width, height) + bytes(page)


def check_formats(folder):
    bags, _ = made_bags(2)
    orders = folder / "two.json"
    orders.write_text(json.dumps(bags, ensure_ascii=False))
    for dpi in (203, 300):
        done = hydrant("print", "--template", "aggregated", "--orders", orders, "--format", "zpl", "--dpi", dpi,
                       "--out", folder / "label.zpl", "--link", "https://hub.example")
        codes = json.loads(done.stdout)["codes"]
        labels = (folder / "label.zpl").read_text().split("^XZ\n")[:2]
        read = set()
        for label in labels:
            (folder / "label.pbm").write_bytes(printed_picture(label))
            out = subprocess.run(["zbarimg", "-q", "--raw", folder / "label.pbm"], capture_output=True, text=True).stdout
            read |= set(out.split())
        expect(read == set(codes), f"at {dpi} dpi the decoder read {len(read)} of {len(codes)} codes of the printer's label")
    hydrant("print", "--template", "waybill", "--orders", orders, "--format", "png", "--out", folder / "w.png")
    pictures = sorted(folder.glob("w*.png"))
    expect(len(pictures) == sum(len(bag["orders"]) for bag in bags), f"{len(pictures)} pictures of waybills")
    out = subprocess.run(["zbarimg", "-q", "--raw", folder / "w.png"], capture_output=True, text=True).stdout.split()
    expect(bags[0]["orders"][0]["tracking"] in out and len(out) == 2, f"the waybill's codes read {out}")
    for name in ("picking-list", "packing-slip", "return-slip", "aggregated"):
        document = folder / f"{name}.pdf"
        hydrant("print", "--template", name, "--orders", orders, "--format", "pdf", "--out", document)
        check_fonts(document)
        text = subprocess.run(["pdftotext", document, "-"], capture_output=True, text=True, check=True).stdout
        expect(re.search("滤清器|滤芯", text), f"the text of {name} cannot be read back")
    one = folder / "one.json"
    one.write_text(json.dumps(bags[:1], ensure_ascii=False))
    hydrant("print", "--template", "aggregated", "--orders", one, "--format", "pdf", "--out", folder / "one.pdf")
    check_fonts(folder / "one.pdf")
    size = (folder / "one.pdf").stat().st_size
    expect(size < 30_000, f"a label alone takes {size} bytes")
    check_letters(folder)


def check_letters(folder):
    """A label alone looks as it does in the document of all, where the fonts are the machine's own."""
    pictures = []
    for name in ("one", "all"):
        subprocess.run(["pdftoppm", "-r", "100", "-f", "1", "-l", "1", "-gray", "-singlefile", folder / f"{name}.pdf",
                        folder / f"first-{name}"], check=True)
        pictures.append((folder / f"first-{name}.pgm").read_bytes())
    expect(len(pictures[0]) == len(pictures[1]), "a label alone has another size")
    other = sum(abs(dot - same) > 96 for dot, same in zip(*pictures))
    expect(other < len(pictures[0]) / 1_000, f"{other} dots of a label alone are other than in the document of all")


class Printer(threading.Thread):
    """Takes what comes, except that it resets the first connections."""

    def __init__(self, resets):
        super().__init__(daemon=True)
        self.resets, self.labels = resets, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def run(self):
        while True:
            connection, _ = self.listener.accept()
            with connection:
                if self.resets > 0:
                    self.resets -= 1
                    connection.recv(1)
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                    continue
                parts = []
                while part := connection.recv(65_536):
                    parts.append(part)
                self.labels.append(b"".join(parts))


def check_printer(folder):
    printer = Printer(resets=2)
    printer.start()
    arguments = ("print", "--template", "aggregated", "--orders", folder / "two.json", "--format", "zpl")
    done = hydrant(*arguments, "--printer", f"127.0.0.1:{printer.port}", "--out", folder / "sent.zpl")
    summary = json.loads(done.stdout)
    expect((summary["sent"], summary["failedAttempts"]) == (2, 2), f"the printer's summary is {summary}")
    expect(b"".join(printer.labels) == (folder / "sent.zpl").read_bytes(), "the printer got something else than the file")
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    gone = hydrant(*arguments, "--printer", f"127.0.0.1:{port}", code=1)
    expect("0 of 2 labels were sent" in gone.stderr, f"a printer that is off says {gone.stderr}")
    for wrong in (("--printer", "x:y:z"), ("--printer", "127.0.0.1", "--format", "pdf"), ()):
        hydrant(*arguments, *wrong, code=2)


def check_mistakes(folder):
    template, orders = folder / "mine.yaml", folder / "two.json"
    text = (root / "Templates/labels/waybill.yaml").read_text()
    template.write_text(text.replace("{order.receiver.name}", "{order.receiver.fullName}"))
    arguments = ("print", "--format", "pdf", "--out", folder / "x.pdf", "--template")
    wrong = hydrant(*arguments, template, "--orders", orders, code=2)
    expect("mine.yaml:" in wrong.stderr and "order.receiver.fullName" in wrong.stderr, wrong.stderr)
    hydrant(*arguments, "lable", "--orders", orders, code=2)
    hydrant(*arguments, "waybill", "--orders", folder / "none.json", code=2)
    bad = folder / "bad.json"
    bad.write_text(json.dumps([{"number": "SO1", "receiver": {"name": "张三丰", "telephone": "13800000041"}}]))
    told = hydrant(*arguments, "waybill", "--orders", bad, code=2).stderr
    expect("orders[0].receiver" in told and "13800000041" not in told and "张三丰" not in told, told)
    expect(not (folder / "x.pdf").exists(), "a refused print left a file behind")


def check_bags():
    parcels = [{"id": f"P{index}", "warehouse": "W", "courier": "sf", "area": "A", "weightGrams": 1_000,
                "departsAt": f"2026-11-11T20:{index:02}:00+08:00"} for index in range(30)]
    parcels[3]["standing"] = "held"
    answer = json.loads(hydrant("bag", input=json.dumps(parcels)).stdout)
    expect((answer["labels"], answer["fewestPossible"], answer["isMinimal"]) == (2, 2, True), f"the bags are {answer}")
    expect([bag["count"] for bag in answer["bags"]] == [14, 15], "the bags hold something else")
    expect(answer["unbagged"] == [{"id": "P3", "order": "P3", "reason": "held"}], f"left are {answer['unbagged']}")
    told = hydrant("bag", input='[{"id": "P1"}]', code=2).stderr
    expect("parcels[0].departsAt" in told, told)
    scans = [{"bag": bag["bag"], "parcel": parcel["id"]} for bag in answer["bags"] for parcel in bag["parcels"]]
    document = {"bags": answer["bags"], "scans": scans}
    good = json.loads(hydrant("bag", "--check", input=json.dumps(document)).stdout)
    expect(good == {"bags": 2, "mayClose": 2, "wrong": []}, f"right bags are {good}")
    scans[0]["bag"] = 2
    wrong = json.loads(hydrant("bag", "--check", input=json.dumps(document), code=1).stdout)["wrong"]
    expect([bag["missing"] for bag in wrong] == [["P0"], []], f"missing are {wrong}")
    expect(wrong[1]["foreign"] == [{"parcel": "P0", "belongsTo": "1"}], f"foreign are {wrong}")


with tempfile.TemporaryDirectory() as name:
    check_bags()
    check_document(pathlib.Path(name))
    check_formats(pathlib.Path(name))
    check_printer(pathlib.Path(name))
    check_mistakes(pathlib.Path(name))

end("labels", f"labels: {'ok' if not failures else f'{len(failures)} failures'}")
