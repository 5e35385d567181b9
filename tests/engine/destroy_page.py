"""The page that takes a deployment down: its commands, run as its reader runs them."""

import json
import re
import shlex

from tests.engine.conftest import REPOSITORY, pulumi

PAGE = REPOSITORY / "docs/how-to/destroy.md"
ASKED = ("up", "state", "destroy", "stack")  # the commands that ask for a yes


def commands():
    """The page's command lines, in order."""
    blocks = re.findall(r"^```\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    return [shlex.split(line) for block in blocks for line in block.splitlines()]


def pulumi_commands():
    """Those of pulumi: the cloud's protection in two, then the engine's, the deletion, the stack."""
    found = [words for words in commands() if words[0] == "pulumi"]
    assert [words[1] for words in found] == ["config", "up", "state", "destroy", "stack"]
    return found


def run(lab, words):
    """A command as a person would run it, who answers yes."""
    assert words[0] == "pulumi"
    return pulumi(lab, *words[1:], *(["--yes"] if words[1] in ASKED else []))


def cloud(lab, provider="hetzner"):
    """Objects of the emulated cloud by kind, without the empty ones."""
    kinds = json.loads((lab.root / f"{provider}.json").read_text())["kinds"]
    return {kind: records for kind, records in kinds.items() if records}
