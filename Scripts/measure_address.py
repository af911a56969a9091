#!/usr/bin/env python3
"""Measures how often `hydrant address` reads province, city and district right.

    Scripts/measure_address.py FOLDER [--hydrant COMMAND] [--wrong N]

FOLDER holds train.txt and dev.txt in BIO form: a sign and its tag a line, an empty line after each address, tags
`prov`, `city` and `district` among others. The parser's tables and rules were made with train.txt in sight; dev.txt is
held out. A level is right where the parser found in the line what people labelled (compared without 省, 市, 区, 县),
and found nothing where nothing is labelled. Labels are made comparable in two ways that the figures name:
`official` takes a county-level city that was labelled as a city for the district that it officially is, and the
province or the city level alike for a municipality; `literal` compares level by level as labelled.
"""

import argparse
import collections
import json
import pathlib
import shlex
import subprocess
import sys

LEVELS = ("prov", "city", "district")
NAMES = {"prov": "province", "city": "city", "district": "district"}
MUNICIPALITIES = ("北京", "上海", "天津", "重庆")
KINDS = ("壮族自治区", "维吾尔自治区", "回族自治区", "自治区", "自治州", "自治县", "地区", "省", "市", "区", "县", "州", "盟", "旗")


def labelled(path: pathlib.Path) -> list[tuple[str, dict[str, str]]]:
    found, text, spans = [], "", []
    for row in path.read_text(encoding="utf-8").split("\n") + [""]:
        sign, _, tag = row.rpartition(" ")
        if not tag:
            if text:
                labels = {}
                for name, begin, end in spans:
                    if name in LEVELS and name not in labels:
                        labels[name] = text[begin:end]
                found.append((text, labels))
            text, spans = "", []
            continue
        begin = len(text)
        text += sign or " "
        head, _, name = tag.partition("-")
        if head == "B" or not spans or spans[-1][0] != name:
            spans.append([name, begin, len(text)])
        else:
            spans[-1][2] = len(text)
    return found


def stem(name: str | None) -> str:
    if not name:
        return ""
    for kind in KINDS:
        if name.endswith(kind) and len(name) > len(kind) and len(name) - len(kind) >= 2:
            return name[: -len(kind)]
    return name


def official(labels: dict[str, str], said: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The labels with the level that the list of divisions gives a name. A municipality is province and city in one."""
    labels, said = dict(labels), dict(said)
    for levels in ((labels, "prov", "city"), (said, "province", "city")):
        found, province, city = levels
        for name in (found.get(province), found.get(city)):
            if stem(name) in MUNICIPALITIES:
                found[province] = found[city] = name
    for name, lower in (("prov", "city"), ("city", "district")):
        if name in labels and lower not in labels and NAMES[name] not in said:
            if stem(labels[name]) == stem(said.get(NAMES[lower])):
                labels[lower] = labels.pop(name)
    return labels, said


def right(labels: dict[str, str], said: dict[str, str]) -> dict[str, bool]:
    return {level: stem(labels.get(level)) == stem(said.get(NAMES[level])) for level in LEVELS}


def measure(path: pathlib.Path, command: list[str], show: int) -> bool:
    cases = labelled(path)
    lines = "".join(text.replace("\n", " ") + "\n" for text, _ in cases)
    output = subprocess.run(command, input=lines.encode(), check=True, capture_output=True).stdout.decode()
    answers = [json.loads(line) for line in output.split("\n") if line]
    if len(answers) != len(cases):
        raise SystemExit(f"{len(cases)} lines went in and {len(answers)} came out")
    passed = True
    for name in ("literal", "official"):
        counts, wrong = collections.Counter(), []
        for (text, labels), answer in zip(cases, answers):
            said = answer["said"]
            fair, said = official(labels, said) if name == "official" else (labels, said)
            result = right(fair, said)
            counts.update(level for level in LEVELS if result[level])
            counts["all"] += all(result.values())
            if not all(result.values()):
                wrong.append((text, fair, {k: v for k, v in said.items() if k in NAMES.values()}))
        share = {key: counts[key] / len(cases) for key in (*LEVELS, "all")}
        print(f"{path.name} {name:8} {len(cases)} lines: " + ", ".join(f"{k} {100 * v:.2f} %" for k, v in share.items()))
        if name == "official":
            passed = all(share[level] >= 0.97 for level in LEVELS)
            for text, labels, said in wrong[:show]:
                print("  ", text, "| labelled", labels, "| read", said)
    return passed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--hydrant", default="swift run -c release hydrant address")
    parser.add_argument("--wrong", type=int, default=0, metavar="N", help="print N lines that were read wrongly")
    arguments = parser.parse_args()
    results = [measure(arguments.folder / name, shlex.split(arguments.hydrant), arguments.wrong)
               for name in ("train.txt", "dev.txt")]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
