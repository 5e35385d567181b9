"""`make bench`: measured seconds beside what the project promises; nothing fails here, people read it."""

import subprocess
import sys
import time
from pathlib import Path

from infra.catalog import INSTANCE_TYPES
from lab.lifecycle import Lab
from tests.plans import REGIONS, stage_plan
from tests.test_program import CONFIG, program

REPOSITORY = Path(__file__).resolve().parent.parent


def timed(action):
    started = time.monotonic()
    action()
    return time.monotonic() - started


def run(*command):
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=900)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: {done.stdout[-2000:]}{done.stderr[-2000:]}")


def row(what, seconds, promised):
    print(f"{what:55} {seconds:8.2f} s   promised {promised:6.1f} s   ratio {seconds / promised:5.2f}", flush=True)


def main():
    python = sys.executable
    row("plan, whole process, best of 3", min(timed(lambda: run(python, "-m", "infra", "plan")) for _ in range(3)), 0.5)
    row("15 plans in one process", timed(lambda: [stage_plan(s, p) for s in range(1, 6) for p in REGIONS]), 0.3)
    from tests.mocks import graph  # noqa: PLC0415  its imports are not part of the first figures

    config = {**CONFIG, "stagecoach:stage": 1}
    graph(program, config=config)
    row("one graph under mocks, warm", timed(lambda: graph(program, config=config)), 1)
    lab = Lab("bench")
    lab.reset()
    try:
        lab_command = (python, "-m", "lab", "--name", lab.name)
        row("make up from nothing, all built", timed(lambda: run(*lab_command, "up", "--stack", "stage1")), 120)
        row("preview without changes", timed(lambda: run(*lab_command, "pulumi", "--", "preview")), 5)
        row("move to stage 2", timed(lambda: run(*lab_command, "up", "--stack", "stage2")), 60)
    finally:
        lab.reset()
    print(f"{sum(len(rows) for rows in INSTANCE_TYPES.values())} instance types in the catalog")


if __name__ == "__main__":
    main()
