"""`make bench`: measured seconds beside what the project promises; nothing fails here, people read it."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

from infra.clouds import CLOUDS
from infra.operate.loadtest.result import modelled_rate
from lab.lifecycle import Lab
from lab.nodes.real.vps.possible import why_not
from tests.bench_guide import compare
from tests.browser import Browser
from tests.plans import REGIONS, stage_plan
from tests.programs import CONFIG, program
from tests.real.shop import Shop
from tests.updates.guard.recorded import UNPROTECTED, read
from tests.waiting import patience, wait

REPOSITORY = Path(__file__).resolve().parent.parent


def timed(action):
    started = time.monotonic()
    action()
    return time.monotonic() - started


def run(*command):
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=patience(900))
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: {done.stdout[-2000:]}{done.stderr[-2000:]}")


def guard(python):
    """A recorded preview's steps, again and again: what the engine prints for a deployment of that size."""
    recorded = json.loads(read(UNPROTECTED))
    changed = [one for one in recorded["steps"] if one["op"] != "same"]
    steps = [{**changed[n % len(changed)], "urn": changed[n % len(changed)]["urn"] + str(n)} for n in range(2000)]
    done = subprocess.run(
        [python, "-m", "infra", "guard", "-"],
        cwd=REPOSITORY,
        input=json.dumps(recorded | {"steps": steps}),
        capture_output=True,
        text=True,
        check=False,
        timeout=patience(60),
    )
    if done.returncode != 1 or f"{len(steps)} touched" not in done.stdout:
        raise SystemExit(f"guard: {done.stdout[-1000:]}{done.stderr[-1000:]}")


def row(what, seconds, promised):
    print(f"{what:55} {seconds:8.2f} s   promised {promised:6.1f} s   ratio {seconds / promised:5.2f}", flush=True)


def main():
    python = sys.executable
    row("plan, whole process, best of 3", min(timed(lambda: run(python, "-m", "infra", "plan")) for _ in range(3)), 0.4)
    row("15 plans in one process", timed(lambda: [stage_plan(s, p) for s in range(1, 6) for p in REGIONS]), 0.3)
    row("guard of a preview of 2000 resources, best of 3", min(timed(lambda: guard(python)) for _ in range(3)), 1)
    asked = ("--customers", "900", "--tasks-per-customer-day", "40", "--task-seconds", "0.3")
    row("plan --customers, whole process", timed(lambda: run(python, "-m", "infra", "plan", *asked)), 1)
    row("prices, all providers, whole process", timed(lambda: run(python, "-m", "infra", "prices")), 1)
    from tests.mocks import graph  # noqa: PLC0415  its imports are not part of the first figures

    config = {**CONFIG, "stagecoach:stage": 1}
    graph(program, config=config)
    row("one graph under mocks, warm", timed(lambda: graph(program, config=config)), 1)
    simulated(python)
    reason = why_not()
    if reason:
        print(f"no real server: {reason}")
    else:
        real()
    print(f"{sum(len(rows) for rows in CLOUDS.values())} instance types in the catalog")


def simulated(python):
    """The engine's part alone."""
    os.environ["LAB"] = "simulated"
    lab = Lab("bench")
    lab.reset()
    try:
        lab_command = (python, "-m", "lab", "--name", lab.name)
        row("make up from nothing, all built", timed(lambda: run(*lab_command, "up", "--stack", "stage1")), 120)
        row("preview without changes", timed(lambda: run(*lab_command, "pulumi", "--", "preview")), 3)
        row("move to stage 2", timed(lambda: run(*lab_command, "up", "--stack", "stage2")), 60)
    finally:
        lab.reset()


def real():
    """A shop on a real server of the lab: from nothing to its first page, the guide's load, its table."""
    shop = Shop("bench-real")
    shop.close()
    try:
        started = time.monotonic()
        said = shop.up()
        browser = Browser(shop.url)
        wait(lambda: browser.status("/") == 200, "the shop")
        row("real: stage 1 from nothing to HTTP 200", time.monotonic() - started, 45)
        row("real: server from nothing to node Ready", ready_seconds(said), 25)
        load = shop.loadtest("--count", "1000")
        model = modelled_rate(stage_plan(1), load["run_mean"])
        rate = load["tasks_per_second"]
        print(f"{'real: 1000 e-mail tasks':55} {rate:8.2f} /s  promised   10.0 /s  ratio {rate / 10:5.2f}")
        print(f"{'  beside the model (processes / task seconds)':55} {model:8.2f} /s  ratio {rate / model:5.2f}")
        compare(shop)  # last: it makes the shop the guide's
    finally:
        shop.close()


def ready_seconds(said):
    """What the engine says of the steps that end with a ready node: server, volume's mount, k3s."""
    steps = ("server-server", "data-volume-mount", "k3s-install")
    found = [re.search(rf" {step} created \((\d+(?:\.\d+)?)s\)", said) for step in steps]
    return sum(float(one[1]) for one in found)


if __name__ == "__main__":
    main()
