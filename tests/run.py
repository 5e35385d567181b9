"""`make test`: every test part by part, with the time that each took; the last lines name what failed."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

REPOSITORY = Path(__file__).resolve().parent.parent
PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
# On every core; the other parts have servers and ports that only one at a time can use.  They wait for nobody, and
# others for timeouts: hence the nice.
UNIT = ("nice", "-n", "10", *PYTEST, "-n", "auto", "--dist", "worksteal", "-m", "not needs", "tests")
ENGINE = (sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "--durations=8", "-m", "engine")
# Half of the engine's tests by time; the other half is everything else.
_PAGES = (
    "tests/docs",
    "tests/engine/test_bad_days.py",
    "tests/engine/test_celery_servers.py",
    "tests/engine/test_destroy.py",
    "tests/engine/test_up.py",
)
_SERVERS = "redis or postgres or monitoring"
_REAL = "vps and not engine and not proof"
_SAID = 300  # characters of an error in the last lines; all of it stands above
Part = tuple[str, tuple[str, ...]]
# One step after the other; the parts of a step at once.
STEPS: tuple[tuple[Part, ...], ...] = (
    (("lint", (".venv/bin/ruff", "check", ".")),),
    (("format", (".venv/bin/ruff", "format", "--check", ".")),),
    (("types", (".venv/bin/mypy",)), ("alert rules in promtool", (*PYTEST, "-m", "promtool", "tests"))),
    # Compilers take every core, what makes an image takes one.
    (
        ("build the engine and Kubernetes", (sys.executable, "-m", "lab.toolchain")),
        ("make the images", (sys.executable, "-m", "lab.images")),
        ("install checkov", (sys.executable, "-m", "tests.manifests.checkov")),
    ),
    # The first waits more than it works: more than half of the CPUs' time is left to the others.
    (
        ("real servers, without a shop", (*PYTEST, "--durations=8", "--ignore=tests/real", "-m", _REAL, "tests")),
        ("real Kubernetes API server", (*PYTEST, "-m", "cluster and not engine and not proof", "tests")),
        (
            "real Redis, Celery, Postgres, Prometheus",
            (*PYTEST, "-m", f"({_SERVERS}) and not engine and not cluster", "tests"),
        ),
        ("checkov's Kubernetes checks", (*PYTEST, "-m", "checkov", "tests")),
        ("workflows under actionlint", (*PYTEST, "-m", "actionlint", "tests")),
        ("unit tests", UNIT),
    ),
    # With nothing beside them: an alert of busy CPUs needs the CPUs.
    (("real servers, the shop on one", (*PYTEST, "--durations=8", "-m", _REAL, "tests/real")),),
    (
        ("real Pulumi engine, the pages' commands", (*ENGINE, *_PAGES)),
        ("real Pulumi engine, moves and faults", (*ENGINE, *(f"--ignore={one}" for one in _PAGES), "tests")),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One part's result; counts are tests."""

    name: str
    code: int
    seconds: float
    passed: int
    failed: int
    skipped: int
    red: tuple[str, ...]  # a line per failed test: its name, and what its error says first


def main(steps: tuple[tuple[Part, ...], ...] = STEPS) -> int:
    """0 if every part passed."""
    started = time.monotonic()
    outcomes = [outcome for step in steps for outcome in _at_once(step)]
    print("\nwhere the time went")
    for one in outcomes:
        verdict = "ok" if one.code == 0 else f"FAILED (exit code {one.code})"
        print(f"  {one.seconds:7.1f} s  {one.name}: {verdict}")
    print(f"  {time.monotonic() - started:7.1f} s  in all; the parts of a step run beside each other")
    broken = sum(one.code != 0 and not one.failed for one in outcomes)
    passed, failed, skipped = (sum(getattr(one, key) for one in outcomes) for key in ("passed", "failed", "skipped"))
    print(f"{passed} passed, {failed + broken} failed, {skipped} skipped")
    # Where a log is cut, its end is what remains.
    for line in (line for one in outcomes for line in one.red):
        print(f"failed: {line}")
    if skipped and os.environ.get("CI"):
        print("a skipped test is an error under CI")
        return 1
    return int(failed + broken > 0)


def _at_once(step: tuple[Part, ...]) -> list[Outcome]:
    """Several parts show whole lines under their numbers."""
    with ThreadPoolExecutor(len(step)) as pool:
        marks = [""] if len(step) == 1 else [f"[{number}] " for number in range(1, len(step) + 1)]
        return list(pool.map(_run, step, marks))


def _run(part: Part, mark: str) -> Outcome:
    name, command = part
    print(f"\n== {mark}{name}", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        junit = [f"--junit-xml={report}"] if "pytest" in command else []
        code = _stream([*command, *junit], mark)
        counts, red = _read(report)
    seconds = time.monotonic() - started
    return Outcome(name=name, code=code, seconds=seconds, red=red, **counts)


def _stream(command: list[str], mark: str) -> int:
    if not mark:
        return subprocess.run(command, cwd=REPOSITORY, check=False, stdin=subprocess.DEVNULL).returncode
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(command, cwd=REPOSITORY, text=True, **streams) as child:
        for line in child.stdout:
            print(f"{mark}{line}", end="", flush=True)
    return child.returncode


def _read(report: Path) -> tuple[dict[str, int], tuple[str, ...]]:
    """The counts, and the failed tests, from pytest's report."""
    if not report.exists():
        return {"passed": 0, "failed": 0, "skipped": 0}, ()
    root = ET.parse(report).getroot()  # noqa: S314  written by our own pytest
    suites = list(root.iter("testsuite"))
    total, errors, failures, skipped = (
        sum(int(suite.get(key, "0")) for suite in suites) for key in ("tests", "errors", "failures", "skipped")
    )
    counts = {"passed": total - errors - failures - skipped, "failed": errors + failures, "skipped": skipped}
    cases = ((case, why) for case in root.iter("testcase") for why in case if why.tag in ("error", "failure"))
    return counts, tuple(f"{case.get('classname')}::{case.get('name')}: {_short(why)}" for case, why in cases)


def _short(why: ET.Element) -> str:
    said = " ".join((why.get("message") or "").split())
    return said if len(said) <= _SAID else f"{said[:_SAID]} ..."


if __name__ == "__main__":
    sys.exit(main())
