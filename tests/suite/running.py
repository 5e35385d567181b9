"""Runs parts one after the other or beside each other, and reads what pytest reports."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.suite.part import Part

REPOSITORY = Path(__file__).resolve().parents[2]
_SAID = 300  # characters of an error in the last lines; all of it stands above


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One part's result; counts are tests.  `left_out` says why this machine could not run it."""

    name: str
    code: int = 0
    seconds: float = 0.0
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    red: tuple[str, ...] = ()  # a line per failed test: its name, and the first words of its error
    left_out: str = ""

    @property
    def green(self) -> bool:
        """Whether nothing failed, be it because nothing ran."""
        return self.code == 0


def run_at_once(parts: Sequence[Part]) -> list[Outcome]:
    """Run parts beside each other; several show whole lines, each under its part's number."""
    with ThreadPoolExecutor(len(parts)) as pool:
        marks = [""] if len(parts) == 1 else [f"[{number}] " for number in range(1, len(parts) + 1)]
        return list(pool.map(run_part, parts, marks))


def run_part(part: Part, mark: str = "") -> Outcome:
    """Run one part, its output under `mark`."""
    reason = part.needs()
    if reason:
        print(f"\n== {mark}{part.name}: left out, {reason}", flush=True)
        return Outcome(name=part.name, left_out=reason)
    print(f"\n== {mark}{part.name}", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        junit = [f"--junit-xml={report}"] if "pytest" in part.command else []
        code = _stream([*part.command, *junit], mark)
        counts, red = _read(report)
    return Outcome(name=part.name, code=code, seconds=time.monotonic() - started, red=red, **counts)


def _stream(command: list[str], mark: str) -> int:
    if not mark:
        return subprocess.run(command, cwd=REPOSITORY, check=False, stdin=subprocess.DEVNULL).returncode
    with subprocess.Popen(
        command,
        cwd=REPOSITORY,
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as child:
        for line in child.stdout or ():
            print(f"{mark}{line}", end="", flush=True)
    return child.returncode


def _read(report: Path) -> tuple[dict[str, int], tuple[str, ...]]:
    """The counts, and the failed tests, from pytest's report."""
    if not report.exists():
        return {"passed": 0, "failed": 0, "skipped": 0}, ()
    top = ET.parse(report).getroot()  # noqa: S314  written by our own pytest
    suites = list(top.iter("testsuite"))
    total, errors, failures, skipped = (
        sum(int(suite.get(key, "0")) for suite in suites) for key in ("tests", "errors", "failures", "skipped")
    )
    counts = {"passed": total - errors - failures - skipped, "failed": errors + failures, "skipped": skipped}
    return counts, tuple(_red(top.iter("testcase")))


def _red(cases: Iterable[ET.Element]) -> Iterable[str]:
    for case in cases:
        for why in case:
            if why.tag in ("error", "failure"):
                yield f"{case.get('classname')}::{case.get('name')}: {_short(why)}"


def _short(why: ET.Element) -> str:
    said = " ".join((why.get("message") or "").split())
    return said if len(said) <= _SAID else f"{said[:_SAID]} ..."
