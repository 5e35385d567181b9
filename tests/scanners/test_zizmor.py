"""zizmor, at its strictest, over the workflows."""

import json
import subprocess

import pytest

from tests.scanners.environment import REPOSITORY, scanner

pytestmark = pytest.mark.proof


def test_nothing_is_found():
    """What it finds is mended: there is no list."""
    options = ["--offline", "--no-config", "--persona", "auditor", "--format", "json"]
    command = [scanner("zizmor"), *options, REPOSITORY / ".github" / "workflows"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr.count("completed") == len(list((REPOSITORY / ".github" / "workflows").glob("*.yml")))
    assert [(one["ident"], one["desc"], one["locations"]) for one in json.loads(done.stdout)] == []
