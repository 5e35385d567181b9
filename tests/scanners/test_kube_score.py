"""kube-score, with its optional checks, over every object of all stages."""

import json
import subprocess

import pytest
import yaml

from lab.toolchain.build import ensure
from lab.toolchain.caches import go_caches
from lab.toolchain.programs import KUBE_SCORE
from tests.graphs import BUILT, EVERYTHING, run
from tests.scanners.environment import accepted, stale, unlisted, without_a_reason

pytestmark = pytest.mark.proof
LISTED = accepted("kube-score")
_GOOD = 10  # kube-score's best grade


def named(graph):
    """An autonamed object has its name from the engine."""
    objects = graph.kubernetes().items()
    return [{**one, "metadata": {"name": name, **one["metadata"]}} for name, one in objects]


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """(check, kind.name) of each check that is not fully kept; objects of one stage are looked at together."""
    with go_caches():
        program = ensure(KUBE_SCORE)
    stages = {f"stage{stage}": run(stage, provider) for stage, provider in BUILT if provider == "hetzner"}
    seen, kinds = set(), set()
    for name, graph in {**stages, "everything": run(2, **EVERYTHING)}.items():
        path = tmp_path_factory.mktemp("kube-score") / f"{name}.yaml"
        path.write_text(yaml.safe_dump_all(named(graph)))
        options = ["--kubernetes-version", "v1.36", "--output-format", "json", "--all-default-optional"]
        done = subprocess.run([program, "score", *options, path], capture_output=True, text=True, check=False)
        assert done.returncode in (0, 1), done.stderr
        for one in json.loads(done.stdout):
            place = f"{one['type_meta']['kind']}.{one['object_meta']['name']}"
            kinds.add(one["type_meta"]["kind"])
            bad = [check for check in one["checks"] if not check["skipped"] and check["grade"] < _GOOD]
            seen |= {(check["check"]["id"], place) for check in bad}
    assert {"Deployment", "StatefulSet", "CronJob", "Job", "NetworkPolicy", "Service", "Ingress"} <= kinds
    return seen


def test_nothing_is_found_unlisted(found):
    assert unlisted(found, LISTED) == []


def test_no_stale_entry(found):
    assert stale(found, LISTED) == []


def test_every_entry_has_a_reason():
    assert without_a_reason(LISTED) == []
