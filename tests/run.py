"""`make test`: every test part by part, with the time that each took; what was skipped stands in the last lines."""

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
# On every core; the other parts have servers and ports that only one at a time can use.
UNIT = (*PYTEST, "-n", "auto", "--dist", "worksteal", "-m", "not needs", "tests")
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
Part = tuple[str, tuple[str, ...]]
# One step after the other; the parts of a step at once.
STEPS: tuple[tuple[Part, ...], ...] = (
    (("lint", (".venv/bin/ruff", "check", ".")),),
    (("format", (".venv/bin/ruff", "format", "--check", ".")),),
    (("types", (".venv/bin/mypy",)), ("alert rules in promtool", (*PYTEST, "-m", "promtool", "tests"))),
    (
        ("unit tests", UNIT),
        (
            "real Redis, Celery, Postgres, Prometheus",
            (*PYTEST, "-m", f"({_SERVERS}) and not engine and not cluster", "tests"),
        ),
    ),
    (("build the engine and Kubernetes", (sys.executable, "-m", "lab.toolchain")),),
    (
        ("install checkov", (sys.executable, "-m", "tests.manifests.checkov")),
        ("make the images", (sys.executable, "-m", "lab.images")),
    ),
    # The first waits more than it works.
    (
        ("real servers, without a shop", (*PYTEST, "--durations=8", "--ignore=tests/real", "-m", _REAL, "tests")),
        ("real Kubernetes API server", (*PYTEST, "-m", "cluster and not engine and not proof", "tests")),
        ("checkov's Kubernetes checks", (*PYTEST, "-m", "checkov", "tests")),
        ("workflows under actionlint", (*PYTEST, "-m", "actionlint", "tests")),
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
        counts = _counts(report)
    seconds = time.monotonic() - started
    return Outcome(name=name, code=code, seconds=seconds, **counts)


def _stream(command: list[str], mark: str) -> int:
    if not mark:
        return subprocess.run(command, cwd=REPOSITORY, check=False, stdin=subprocess.DEVNULL).returncode
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(command, cwd=REPOSITORY, text=True, **streams) as child:
        for line in child.stdout:
            print(f"{mark}{line}", end="", flush=True)
    return child.returncode


def _counts(report: Path) -> dict[str, int]:
    if not report.exists():
        return {"passed": 0, "failed": 0, "skipped": 0}
    suites = list(ET.parse(report).getroot().iter("testsuite"))  # noqa: S314  written by our own pytest
    total, errors, failures, skipped = (
        sum(int(suite.get(key, "0")) for suite in suites) for key in ("tests", "errors", "failures", "skipped")
    )
    return {"passed": total - errors - failures - skipped, "failed": errors + failures, "skipped": skipped}


if __name__ == "__main__":
    sys.exit(main())
