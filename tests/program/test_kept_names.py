"""What running deployments know their data by: type tokens and logical names, as the engine joins them in a URN.

kept_names.txt has a line for each protected resource. A line that goes, or changes, would make the engine replace that
resource in every running deployment.
"""

import functools
from pathlib import Path

from infra.clouds import CLOUDS
from stacks import STAGES
from tests.graphs import run

KEPT = Path(__file__).with_name("kept_names.txt").read_text().splitlines()
_STACK = "pulumi:pulumi:Stack"  # the outermost type, which a URN leaves out


@functools.cache
def protected():
    """Of the first and the last stage on every cloud, without stack and project."""
    found = set()
    for cloud in CLOUDS:
        for stage in (min(STAGES), max(STAGES)):
            for name, request in run(stage, cloud).requests.items():
                if request.protect:
                    types = [*request.parent.split("::")[2].split("$"), request.type]
                    found.add(f"{'$'.join(one for one in types if one != _STACK)}::{name}")
    return found


def test_every_name_is_still_there():
    assert [one for one in KEPT if one not in protected()] == []


def test_every_protected_resource_is_listed():
    """A new one gets its line in the commit that brings it."""
    assert sorted(protected() - set(KEPT)) == []


def test_the_list_is_sorted_and_has_each_once():
    assert sorted(set(KEPT)) == KEPT
    assert "stagecoach:server:HetznerServer$hcloud:index/volume:Volume::server-data" in KEPT
