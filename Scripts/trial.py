"""What a test with the real program found wrong, told at its end."""

import sys
from typing import NoReturn

failures: list[str] = []


def expect(condition, sentence: str) -> None:
    if not condition:
        failures.append(sentence)


def end(name: str, figures: str) -> NoReturn:
    """Tells every failure once and, at the last, the figures; the exit code says whether there was a failure."""
    for failure in dict.fromkeys(failures):
        print(f"{name}: {failure}", file=sys.stderr)
    print(figures)
    sys.exit(1 if failures else 0)
