#!/usr/bin/env python3
"""Makes Sources/CDivisions/divisions.zst, the table of official divisions of China, from a folder of public lists.

    Scripts/divisions.py FOLDER [FILE]

FOLDER holds provinces.csv, cities.csv, areas.csv, streets.csv.zst and HK-MO-TW.json (docs/addresses.md says from
where and under which licence). The table is text, one division a line, compressed:

    code TAB name TAB other names, apart by commas TAB old names, apart by commas
    TAB towns of the district above, apart by blanks, each three digits of code and its name
"""

import csv
import io
import json
import pathlib
import re
import subprocess
import sys

TARGET = pathlib.Path(__file__).resolve().parent.parent / "Sources/CDivisions/divisions.zst"
PROVINCE_LETTERS = {
    "11": "京", "12": "津", "13": "冀", "14": "晋", "15": "内蒙", "21": "辽", "22": "吉", "23": "黑",
    "31": "沪,申城", "32": "苏", "33": "浙", "34": "皖", "35": "闽", "36": "赣", "37": "鲁", "41": "豫",
    "42": "鄂", "43": "湘", "44": "粤", "45": "桂", "46": "琼", "50": "渝", "51": "川", "52": "黔",
    "53": "滇", "54": "藏", "61": "陕", "62": "甘", "63": "青", "64": "宁", "65": "新",
}
PEOPLES = (
    "蒙古族 蒙古 回族 藏族 维吾尔 苗族 彝族 壮族 布依族 朝鲜族 满族 侗族 瑶族 白族 土家族 哈尼族 哈萨克族 哈萨克 "
    "傣族 黎族 傈僳族 佤族 畲族 拉祜族 水族 东乡族 纳西族 景颇族 柯尔克孜 土族 达斡尔族 仫佬族 羌族 布朗族 "
    "撒拉族 毛南族 仡佬族 锡伯 普米族 塔吉克 怒族 鄂温克族 德昂族 保安族 裕固族 独龙族 鄂伦春 各族 鄂温克"
).split()
# Names that still stand on parcels, with the code of the division that holds the place now.
OLD_NAMES = {
    "110101": "崇文区", "110102": "宣武区", "120116": "塘沽区,汉沽区,大港区", "310101": "卢湾区,南市区",
    "310106": "闸北区", "310115": "南汇区,南汇县", "320104": "白下区", "320106": "下关区",
    "320508": "沧浪区,平江区,金阊区", "320213": "崇安区,南长区,北塘区", "321003": "维扬区",
    "320412": "戚墅堰区", "320706": "新浦区", "320812": "清河区,清浦区", "320803": "楚州区",
    "320613": "港闸区", "330102": "江干区", "330105": "下城区", "330212": "江东区,鄞县",
    "330402": "秀城区", "330603": "绍兴县", "330702": "金华县", "330803": "衢县", "340209": "三山区",
    "340210": "芜湖县", "340181": "居巢区", "370203": "四方区", "370211": "胶南市",
    "370116": "莱城区", "500110": "万盛区", "500111": "双桥区", "4206": "襄樊市", "420607": "襄阳区",
    "5308": "思茅市,思茅地区", "610118": "户县", "533103": "潞西市", "650109": "米泉市", "430212": "株洲县",
    "510117": "郫县", "210112": "东陵区", "210113": "新城子区", "230110": "动力区", "130102": "桥东区",
    "130606": "北市区,南市区", "130602": "新市区", "130502": "桥东区", "130503": "邢台县", 
    "140214": "南郊区",  "140404": "长治县", "410212": "开封县", "410202": "金明区",
    "411003": "许昌县", "411203": "陕县", "410308": "吉利区", "520111": "小河区", "520281": "盘县",
    "520304": "遵义县", "511504": "宜宾县", "350203": "开元区,鼓浪屿区",
    "350211": "杏林区", "350404": "梅列区", "350405": "沙县", "360112": "湾里区,新建县",
    "360404": "九江县", "360402": "庐山区", "360483": "星子县", "360704": "赣县", "361104": "上饶县",
    "420304": "郧县", "441403": "梅县", "371403": "陵县", "370614": "长岛县", "1506": "伊克昭盟",
    "440104": "东山区", "440103": "芳村区", "440112": "萝岗区", "533401": "中甸县", "130403": "邯郸县",
    "3412": "阜阳地区", "451003": "田阳县",
}
MACAO = {
    "820001": "花地玛堂区", "820002": "圣安多尼堂区,花王堂区", "820003": "望德堂区", "820004": "大堂区",
    "820005": "风顺堂区", "820006": "嘉模堂区,氹仔", "820007": "路氹填海区,路氹城", "820008": "圣方济各堂区,路环",
}
HONG_KONG = "中西区 湾仔区 东区 南区 油尖旺区 深水埗区 九龙城区 黄大仙区 观塘区 荃湾区 屯门区 元朗区 北区 大埔区 西贡区 沙田区 葵青区 离岛区"


def stem(name: str) -> str:
    """A name without its kind and without the peoples that an autonomous division is named after."""
    for ending in ("维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "特别行政区", "自治州", "自治县", "自治旗",
                   "林区", "新区", "地区", "省", "市", "区", "县", "盟", "州"):
        if name.endswith(ending) and len(name) > len(ending):
            name = name[: -len(ending)]
            break
    cut = not (name.startswith("内蒙古") and len(name) == 3)
    while cut:
        cut = False
        for people in PEOPLES:
            if name.endswith(people) and len(name) > len(people):
                name, cut = name[: -len(people)], True
    return name


def spellings(code: str, name: str) -> tuple[list[str], list[str]]:
    """Other names in use, and names of an earlier kind (a county that became a city, a city that became a district)."""
    short, old = [], []
    base = stem(name)
    if len(base) >= 2 and base != name:
        short.append(base)
    if len(code) == 2:
        short += PROVINCE_LETTERS.get(code, "").split(",")
        old += [base + kind for kind in ("省", "自治区") if base + kind != name]
    elif len(code) == 4:
        if name.endswith("自治州"):
            short += [base + "州"]
            old += [base + "自治州", base + "市"]
        elif name.endswith("市"):
            old += [base + "地区"]
        elif name.endswith(("地区", "盟")):
            old += [base + "市"]
    elif len(base) >= 2:
        for kind in ("县", "市", "区"):
            if base + kind != name:
                (short if "自治" in name and kind == "县" else old).append(base + kind)
        if name.endswith("新区"):
            short.append(base + "新区")
    for name_before in OLD_NAMES.get(code, "").split(","):
        old += [name_before, stem(name_before)] if len(stem(name_before)) >= 2 else [name_before]
    keep = lambda names: [n for n in dict.fromkeys(names) if n and n != name]
    return keep(short), keep(old)


def rows(path: pathlib.Path) -> list[dict[str, str]]:
    if path.suffix == ".zst":
        text = subprocess.run(["zstd", "-dcq", str(path)], check=True, capture_output=True).stdout.decode("utf-8")
    else:
        text = path.read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def line(code: str, name: str, extra: str = "") -> str:
    short, old = spellings(code, name)
    short += [word for word in extra.split(",") if word]
    return "\t".join([code, name, ",".join(short), ",".join(old)]).rstrip("\t")


def mainland(folder: pathlib.Path) -> list[str]:
    towns: dict[str, list[str]] = {}
    for row in rows(folder / "streets.csv.zst"):
        towns.setdefault(row["areaCode"], []).append(row["code"][6:] + row["name"].replace(" ", ""))
    lines = []
    areas = rows(folder / "areas.csv")
    cities = rows(folder / "cities.csv")
    for province in rows(folder / "provinces.csv"):
        lines.append(line(province["code"], province["name"]))
        for city in (c for c in cities if c["provinceCode"] == province["code"]):
            lines.append(line(city["code"], city["name"]))
            for area in (a for a in areas if a["cityCode"] == city["code"]):
                lines.append(line(area["code"], area["name"]))
                if area["code"] in towns:
                    lines.append("\t" + " ".join(towns[area["code"]]))
    return lines


def elsewhere(folder: pathlib.Path) -> list[str]:
    """Hong Kong and Macao with their official codes. For Taiwan the list of codes has nothing below the province,
    so counties and districts are numbered in their order here."""
    lines = [line("81", "香港特别行政区", "港"), "8100\t市辖区"]
    lists = json.loads((folder / "HK-MO-TW.json").read_text(encoding="utf-8"))
    regions = {name: region for region, names in lists["香港特别行政区"].items() for name in names}
    lines += [line(f"8100{index + 1:02}", name, regions.get(name, "") + name)
              for index, name in enumerate(HONG_KONG.split())]
    lines += [line("82", "澳门特别行政区", "澳"), "8200\t市辖区"]
    lines += [line(code, names.split(",")[0], ",".join(names.split(",")[1:])) for code, names in MACAO.items()]
    lines.append(line("71", "台湾省", "台"))
    for number, (county, districts) in enumerate(lists["台湾省"].items(), start=1):
        lines.append(line(f"71{number:02}", county))
        for index, district in enumerate(districts, start=1):
            lines.append(line(f"71{number:02}{index:02}", re.sub(r"（.*", "", district)))
    return lines


def main() -> int:
    if len(sys.argv) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    folder = pathlib.Path(sys.argv[1])
    target = pathlib.Path(sys.argv[2]) if len(sys.argv) == 3 else TARGET
    text = "\n".join(mainland(folder) + elsewhere(folder)) + "\n"
    data = text.encode()
    # The reader asks the frame how much it unpacks to.
    command = ["zstd", "--ultra", "-22", "-cq", f"--stream-size={len(data)}"]
    packed = subprocess.run(command, input=data, check=True, capture_output=True).stdout
    target.write_bytes(packed)
    print(f"{target.name}: {len(data)} bytes, packed {len(packed)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
