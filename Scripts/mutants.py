#!/usr/bin/env python3
"""Runs each bug that was put into the program on purpose against the check that should find it, and prints which were
found. Ends with 1 when one survives, or when a check complains about a program without a bug.

    Scripts/mutants.py                 build, then every mutant
    Scripts/mutants.py dedupeDropped   only these
    Scripts/mutants.py --list          names, mistakes and checks, without a build
    Scripts/mutants.py --check         whether every mutant is in the sources once and has a check, without a build

The bugs are in Sources/HydrantCore/Mutant.swift and, in the simulator's surroundings, in World/Mutation.swift. They are
in debug builds alone, those of the tests; one run of a program has the bug that the environment variable
HYDRANT_MUTANT names.
"""

import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = ROOT / ".build/debug/hydrant"
LISTS = ["Sources/HydrantCore/Mutant.swift", "Sources/HydrantSimulator/World/Mutation.swift"]
# As Scripts/test.sh builds, so that nothing is built twice.
LEAN = ["-debug-info-format", "none"]

# Whole days of generated orders: few first, because most bugs are noticed at once.
DAY = "day"
DAYS = ["1..4", "5..20", "21..100", "101..400"]
DAY_ORDERS = "8"
# Parcels between channels that fail.
FALLBACK = "fallback"
FALLBACKS = [(1, 200), (201, 1_800), (2_001, 8_000)]
# Numbers that come late, with a quota.
POLLING = "polling"
POLLING_PARCELS = "3000"


def core(*suites):
    return "|".join(f"HydrantCoreTests\\.{suite}" for suite in suites)


def engine(*suites):
    return "|".join(f"HydrantEngineTests\\.{suite}" for suite in suites)


def couriers(*suites):
    return "|".join(f"HydrantConnectorsTests\\.{suite}" for suite in suites)


STORES = r"HydrantStorageTests\.(StoreContractTests|SQLiteStoreTests)"

# What should find each mutant; where that needs luck, what is asked next. Anything but the names above is a filter of
# the Swift tests.
CHECKS = {
    "pushProvesSignature": DAY,
    "signatureAfterReturn": core("TraceTests", "StateTests"),
    "firstParcelIsEnough": DAY,
    "depositIsEnough": DAY,
    "refusedCreditPasses": DAY,
    "stateSkipped": DAY,
    "comparedByArrival": DAY,
    "lastProofCounts": core("TraceTests", "StateTests", "EvolveTests", "ConfluenceTests"),
    "earlierFactEndsHold": core("HoldTests"),
    "receiverHoldForgotten": (DAY, core("ReceiverTests")),
    "anyVerificationCounts": core("ReceiverTests"),
    "cancellationStaysHere": DAY,
    "keyWithoutNumber": DAY,
    "voidedWaybillLives": core("WaybillCareTests"),
    "liveWaybillTakenBack": FALLBACK,
    "unresolvedIsRefused": FALLBACK,
    "doubtIsNotLookedInto": FALLBACK,
    "pollSkipsATurn": POLLING,
    "ruleHoldsForgotten": core("RuleTests"),
    "ruleRefusesNothing": core("RuleTests"),
    "oldAddressGoesOut": core("AddressChangeTests"),
    "giftIsNotWaitedFor": engine("KeptBackTests"),
    "anyRefundIsWhole": core("MoneyAndSignatureFindingTests"),
    "lateNeverTurnsWrong": engine("WatcherTests"),
    "noGraceForWords": core("HealthTests", "TimePropertyTests"),
    "pastDwellForgotten": core("HealthTests", "TimePropertyTests"),
    "figuresOnlyGrow": DAY,
    "nightsCount": core("WorkCalendarTests"),
    "weightRoundedDown": core("FreightTests"),
    "foreignParcelMayStay": core("BagCheckTests"),
    "dedupeDropped": DAY,
    "conflictIsRepetition": DAY,
    "ownMessagesLeftOut": DAY,
    "chainNotLinked": DAY,
    "failedCommitAcknowledged": DAY,
    "parcelsComparedByCount": DAY,
    "findingsComparedByCount": (DAY, engine("WatcherTests")),
    "answerWithoutItsFacts": DAY,
    "busyTakenForDone": DAY,
    "timeoutTakenForNo": DAY,
    "nobodyAskedAfterDeadline": engine("DispatcherScheduleTests"),
    "timeOverIsRefusal": (FALLBACK, engine("DispatcherScheduleTests")),
    "doubtForgotten": (FALLBACK, engine("DispatcherTests")),
    "unusedQuotaIsSaved": (POLLING, engine("DispatcherGatesTests", "QuotaTests")),
    "breakerStaysOpen": engine("BreakerTests"),
    "timesForgottenAtStart": (DAY, engine("WatcherTests")),
    "waybillRowsStay": STORES,
    "lostLeaseIsIgnored": STORES,
    "commitsNotFlushed": STORES,
    "senderSignsForBuyer": couriers("TrackTableTests"),
    "unknownWordIsOnItsWay": couriers("TrackTableTests", "CourierWordsTests", "SFPushTests", "SFConnectorTests"),
    "outerSuccessIsEnough": couriers("SFConnectorTests"),
    "localTimeIsUniversal": couriers("TrackTableTests"),
    "storeForgetsMessages": DAY,
    "acknowledgedBeforeCommit": DAY,
    "timeoutTakenForRefusal": DAY,
    "freshKeyPerAttempt": DAY,
    "staleHealth": DAY,
    "timersLost": DAY,
    "eventRewritten": DAY,
}


def checks(name):
    """The checks of a mutant, the first one first."""
    return CHECKS[name] if isinstance(CHECKS[name], tuple) else (CHECKS[name],)


def listed():
    """The mistake of each mutant, in the words of its comment."""
    found = {}
    for path in LISTS:
        mistake = ""
        for line in (ROOT / path).read_text(encoding="utf-8").splitlines():
            comment, case = re.match(r"\s*/// (.*)", line), re.match(r"\s*case (\w+)$", line)
            if comment:
                mistake = f"{mistake} {comment.group(1)}".strip()
            elif case:
                found[case.group(1)] = mistake
                mistake = ""
            else:
                mistake = ""
    return found


def places():
    """The files in which each mutant is switched on."""
    found = {}
    for path in sorted((ROOT / "Sources").rglob("*.swift")):
        for name in re.findall(r"\bMutant\.(\w+)\.isOn\b", path.read_text(encoding="utf-8")):
            found.setdefault(name, []).append(str(path.relative_to(ROOT)))
    return found


def table_problems():
    names, switched = listed(), places()
    simulated = (ROOT / LISTS[1]).read_text(encoding="utf-8")
    problems = [f"{name} has no check" for name in names if name not in CHECKS]
    problems += [f"{name} has a check and is no mutant" for name in CHECKS if name not in names]
    for name in names:
        count = len(switched.get(name, []))
        if count != 1 and f"case {name}\n" not in simulated:
            problems.append(f"{name} is in the sources {count} times")
    return problems


def build():
    """The build of the tests, which has the bugs."""
    print("mutants: the build of the tests (a first one takes some minutes)", flush=True)
    if subprocess.run(["swift", "build", "--build-tests", *LEAN], cwd=ROOT).returncode != 0:
        sys.exit("mutants: the build failed")


def runs(check):
    """The commands of a check, the quick ones first."""
    if check == DAY:
        return [[BINARY, "simulate", "--seeds", seeds, "--orders", DAY_ORDERS] for seeds in DAYS]
    if check == FALLBACK:
        return [[BINARY, "simulate", "--stories", "fallback", "--from", str(first), "--count", str(count)]
                for first, count in FALLBACKS]
    if check == POLLING:
        return [[BINARY, "simulate", "--stories", "polling", "--count", POLLING_PARCELS]]
    return [["swift", "test", "--skip-build", "--parallel", "--disable-xctest", "--filter", check, *LEAN]]


class End:
    """How one command ended."""

    def __init__(self, command, mutant, limit):
        environment = dict(os.environ, HYDRANT_MUTANT=mutant, SWIFT_BACKTRACE="enable=no")
        begun = time.monotonic()
        self.timed_out, self.code, self.text = False, None, ""
        try:
            done = subprocess.run(
                [str(part) for part in command], cwd=ROOT, env=environment, timeout=limit, text=True, errors="replace",
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            self.code, self.text = done.returncode, done.stdout
        except subprocess.TimeoutExpired:
            self.timed_out = True
        self.seconds = time.monotonic() - begun

    @property
    def is_well(self):
        return self.code == 0

    @property
    def tests(self):
        """How many Swift tests ran."""
        found = re.search(r"Test run with (\d+) test", self.text)
        return int(found.group(1)) if found else 0

    @property
    def seed(self):
        """The first seed that broke a rule; None where a check has no seeds or the program died."""
        seeds = [int(seed) for seed in re.findall(r"^seed (\d+): ", self.text, re.M)]
        return min(seeds, default=None)

    @property
    def sign(self):
        """By what it was noticed, in a few words."""
        if self.timed_out:
            return "it came to no end"
        # A broken rule is named before the first blank that follows a colon.
        rule = re.search(r"^seed \d+: (?:order \S+ )?([\w-]+):", self.text, re.M)
        test = re.search(r"^✘ Test (.+?) (?:recorded an issue|failed)", self.text, re.M)
        trap = re.search(r"(Fatal error: [^\n]*|Precondition failed[^\n]*)", self.text)
        late = re.search(r"^(.*(?:were not found|was found|calls began|the busiest second).*)$", self.text, re.M)
        for found in (rule, test, trap, late):
            if found:
                return found.group(1).strip()[:110]
        return f"it ended with {self.code}"


def first_seed(command):
    """The seed with which a command begins; None where it has none."""
    if "--seeds" in command:
        return int(command[command.index("--seeds") + 1].split("..")[0])
    return int(command[command.index("--from") + 1]) if "--from" in command else None


class Controls:
    """Each command once without a bug: a check that complains then proves nothing."""

    def __init__(self):
        self.known = {}

    def __call__(self, command):
        """How long the command takes without a bug; None where it complains."""
        key = tuple(map(str, command))
        if key not in self.known:
            end = End(command, "", 1_800)
            problem = None if end.is_well else end.sign
            if "test" in command and end.is_well and end.tests == 0:
                problem = "no test has the name"
            if problem:
                print(f"mutants: without a bug: {' '.join(key[:8])}: {problem}", file=sys.stderr, flush=True)
                print(end.text[-2_000:], file=sys.stderr, flush=True)
            self.known[key] = None if problem else end.seconds
        return self.known[key]

    @property
    def broken(self):
        return sum(1 for seconds in self.known.values() if seconds is None)


def kind_of(command):
    """Which check a command belongs to."""
    if "--seeds" in command:
        return DAY
    return command[command.index("--stories") + 1] if "--stories" in command else "tests"


def hunt(name, controls):
    """(by what it was noticed or None, after which seed or None, seconds, by which check)."""
    spent, is_proven = 0.0, True
    for command in [command for check in checks(name) for command in runs(check)]:
        usual = controls(command)
        if usual is None:
            is_proven = False
            continue
        end = End(command, name, max(120, usual * 5))
        spent += end.seconds
        if not end.is_well:
            seeds = end.seed or first_seed(command)
            return end.sign, seeds, spent, kind_of(command)
    return (None if is_proven else "unproven"), None, spent, kind_of(runs(checks(name)[0])[0])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help="only these mutants")
    parser.add_argument("--list", action="store_true", help="names, mistakes and checks")
    parser.add_argument("--check", action="store_true", help="whether the table fits the sources")
    parser.add_argument("--no-build", action="store_true", help="take what was built before")
    options = parser.parse_args()
    names, problems = listed(), table_problems()
    for problem in problems:
        print(f"mutants: {problem}", file=sys.stderr)
    if options.check or problems:
        print(json.dumps({"mutants": len(names), "problems": len(problems)}))
        return 1 if problems else 0
    unknown = [name for name in options.names if name not in names]
    if unknown:
        sys.exit(f"mutants: no mutant is called {', '.join(unknown)}; --list names them")
    chosen = options.names or list(names)
    if options.list:
        for name in chosen:
            words = " ".join(check.replace("\\.", ".") for check in checks(name))
            print(f"{name:26} {names[name]} [{words}]")
        return 0
    if not options.no_build:
        build()
    controls, found, survived, seeds = Controls(), 0, [], []
    for name in chosen:
        sign, first, spent, check = hunt(name, controls)
        is_found = sign not in (None, "unproven")
        word = "found" if is_found else "survived" if sign is None else "unproven"
        after = f"seed {first}" if first is not None else ""
        words = sign if is_found else names[name]
        print(f"{word:9} {name:26} {check:9} {after:11} {spent:6.1f} s  {words}", flush=True)
        if is_found:
            found += 1
            if first is not None:
                seeds.append(first)
        else:
            survived.append(name)
    result = {
        "mutants": len(chosen), "found": found, "survived": survived, "brokenChecks": controls.broken,
        "medianSeeds": statistics.median(seeds) if seeds else None, "mostSeeds": max(seeds, default=None),
    }
    print(json.dumps(result))
    return 1 if survived or controls.broken else 0


if __name__ == "__main__":
    sys.exit(main())
