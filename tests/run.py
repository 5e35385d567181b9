"""`make test`: every test part by part, with the time that each took; what was skipped stands in the last lines."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

REPOSITORY = Path(__file__).resolve().parent.parent
PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
PARTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("lint", (".venv/bin/ruff", "check", ".")),
    ("format", (".venv/bin/ruff", "format", "--check", ".")),
    ("types", (".venv/bin/mypy",)),
    ("unit tests", (*PYTEST, "-m", "not needs", "tests")),
    ("alert rules in promtool", (*PYTEST, "-m", "promtool", "tests")),
    ("Prometheus, Alertmanager, exporters", (*PYTEST, "-m", "monitoring", "tests")),
    ("real Redis, Celery, Postgres", (*PYTEST, "-m", "(redis or postgres) and not engine and not cluster", "tests")),
    ("install checkov", (sys.executable, "-m", "tests.manifests.checkov")),
    ("checkov's Kubernetes checks", (*PYTEST, "-m", "checkov", "tests")),
    ("workflows under actionlint", (*PYTEST, "-m", "actionlint", "tests")),
    ("build the engine and the control plane", (sys.executable, "-m", "lab.toolchain")),
    ("real Kubernetes API server", (*PYTEST, "-m", "cluster and not engine", "tests")),
    ("real Pulumi engine", (*PYTEST, "-m", "engine", "tests")),
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


def main() -> int:
    """0 if every part passed."""
    outcomes = [_run(name, command) for name, command in PARTS]
    print("\nwhere the time went")
    for one in outcomes:
        verdict = "ok" if one.code == 0 else f"FAILED (exit code {one.code})"
        print(f"  {one.seconds:7.1f} s  {one.name}: {verdict}")
    total = sum(one.seconds for one in outcomes)
    print(f"  {total:7.1f} s  in all")
    broken = sum(one.code != 0 and not one.failed for one in outcomes)
    passed, failed, skipped = (sum(getattr(one, key) for one in outcomes) for key in ("passed", "failed", "skipped"))
    print(f"{passed} passed, {failed + broken} failed, {skipped} skipped")
    return int(failed + broken > 0)


def _run(name: str, command: tuple[str, ...]) -> Outcome:
    print(f"\n== {name}", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        junit = [f"--junit-xml={report}"] if "pytest" in command else []
        code = subprocess.run([*command, *junit], cwd=REPOSITORY, check=False, stdin=subprocess.DEVNULL).returncode
        counts = _counts(report)
    seconds = time.monotonic() - started
    return Outcome(name=name, code=code, seconds=seconds, **counts)


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
