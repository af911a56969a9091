#!/usr/bin/env python3
"""Checks that every link between the project's documents leads somewhere, and writes docs/errors/README.md.

With --check nothing is written, and a list of error pages that is not up to date is a problem."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
CODE_BLOCK = re.compile(r"```.*?```", re.DOTALL)
IGNORED = re.compile(r"^(\.build|\.git$|\.swiftpm|data$|out$)")


def documents() -> list[pathlib.Path]:
    found = []
    for path in ROOT.rglob("*.md"):
        if not IGNORED.match(path.relative_to(ROOT).parts[0]):
            found.append(path)
    return sorted(found)


def anchor(heading: str) -> str:
    """The name that a heading has in a link: small letters, dashes for spaces, no other signs."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


def broken_links(path: pathlib.Path) -> list[str]:
    text = CODE_BLOCK.sub("", path.read_text(encoding="utf-8"))
    broken = []
    for target in LINK.findall(text):
        if re.match(r"^[a-z]+:", target):
            continue
        name, _, fragment = target.partition("#")
        file = (path.parent / name).resolve() if name else path
        if not file.exists():
            broken.append(f"{path.relative_to(ROOT)}: {target} does not exist")
        elif fragment and file.suffix == ".md":
            headings = HEADING.findall(CODE_BLOCK.sub("", file.read_text(encoding="utf-8")))
            if fragment not in {anchor(heading) for heading in headings}:
                broken.append(f"{path.relative_to(ROOT)}: {target} names no heading")
    return broken


def error_index() -> str:
    lines = ["# Error codes", "", "Every failure that an operator can see has a code and a page.", ""]
    lines += ["| code | what it says |", "|---|---|"]
    for page in sorted((ROOT / "docs/errors").glob("HY-*.md")):
        title = page.read_text(encoding="utf-8").splitlines()[0].removeprefix(f"# {page.stem}").strip()
        lines.append(f"| [{page.stem}]({page.name}) | {title} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    index = ROOT / "docs/errors/README.md"
    text = error_index()
    problems = []
    if not index.exists() or index.read_text(encoding="utf-8") != text:
        if "--check" in sys.argv[1:]:
            problems.append(f"{index.relative_to(ROOT)} is not up to date; `make docs` writes it")
        else:
            index.write_text(text, encoding="utf-8")
            print(f"wrote {index.relative_to(ROOT)}")
    problems += [problem for path in documents() for problem in broken_links(path)]
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{len(documents())} documents, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
