"""The guard on what the real engine prints: a tier move passes, a replaced server does not.

The previews are made afresh; what the unit tests read (tests/updates/guard/fixtures) must still be what the engine
says.
"""

import json
import subprocess
import sys

import pytest

from infra.updates.guard.rules import judge
from infra.updates.preview.engine_preview import parse_preview
from tests.engine.conftest import REPOSITORY, make_up, pulumi
from tests.updates.guard import recorded
from tests.waiting import patience

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def built(lab):
    done = make_up(lab, "stage1")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]


def guard(text):
    command = [sys.executable, "-m", "infra", "guard", "-", "--json"]
    done = subprocess.run(
        command, cwd=REPOSITORY, input=text, capture_output=True, text=True, check=False, timeout=patience(60)
    )
    return done, json.loads(done.stdout)


def preview(lab, *arguments):
    done = pulumi(lab, "preview", "--json", *arguments)
    return done.stdout[done.stdout.index("{") :]


def held(text):
    """What the guard says of everything that must stay; other resources come and go with the program."""
    made = parse_preview(text, "x")
    return {(one.step.op, one.step.urn, one.kind, one.why) for one in judge(made) if one.kind}, made.root_disk_gb


def same_as_recorded(name, text):
    recorded.record(name, text)
    assert held(text) == held(recorded.read(name)), "the engine says something else by now: see recorded.py"


def test_a_tier_move_is_safe(lab, built):
    """Stage 2's file against the running stage 1: the server is resized, mounted config is renewed."""
    target = lab.workspace.write_stack("stage2", {"stagecoach:admin_cidrs": ["127.0.0.0/8"]})
    text = preview(lab, "--config-file", str(target))
    done, made = guard(text)
    assert done.returncode == 0, done.stderr
    assert made["safe"] is True
    updated = {one["urn"].rpartition("::")[2] for one in made["touched"] if one["op"] == "update"}
    assert {"server-server", "server-data"} <= updated
    same_as_recorded(recorded.TIER_MOVE, text)


def test_a_replaced_server_is_refused(lab, built):
    """Protected, so that the engine refuses, too: its steps are all there."""
    exported = json.loads(pulumi(lab, "stack", "export").stdout)["deployment"]["resources"]
    [urn] = [one["urn"] for one in exported if one["urn"].endswith("::server-server")]
    text = preview(lab, "--replace", urn)
    done, made = guard(text)
    assert done.returncode == 1
    assert "server server-server: it would be replaced" in done.stderr
    assert urn in [one["urn"] for one in made["touched"] if one["refused"]]
    assert parse_preview(text, "x").errors
    same_as_recorded(recorded.REPLACED, text)


def test_unprotected_it_is_refused_as_well(lab, built):
    """Protection that is dropped in the same update as the replacement: the engine alone would replace it."""
    exported = json.loads(pulumi(lab, "stack", "export").stdout)["deployment"]["resources"]
    [urn] = [one["urn"] for one in exported if one["urn"].endswith("::server-server")]
    assert pulumi(lab, "state", "unprotect", "--all", "--yes").returncode == 0
    text = preview(lab, "--replace", urn)
    assert parse_preview(text, "x").errors == ()
    done, made = guard(text)
    assert done.returncode == 1
    refused = [one["kind"] for one in made["touched"] if one["refused"]]
    assert "server" in refused
    same_as_recorded(recorded.UNPROTECTED, text)
