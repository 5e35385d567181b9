"""User data of every server against cloud-init's own schema.

cloud-config.schema.json is `cloudinit/config/schemas/schema-cloud-config-v1.json` of Debian's cloud-init 22.4.2, the
version of the image that servers start from (GPL-3 or Apache-2.0, Canonical Ltd. and others).
"""

import functools
import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from tests.graphs import BUILT, run


@functools.cache
def schema():
    return json.loads(Path(__file__).with_name("cloud-config.schema.json").read_text())


def known_keys():
    """The schema itself lets a misspelt module pass, and cloud-init only warns in a log that nobody reads."""
    return {key for one in schema()["$defs"].values() for key in one.get("properties", {})}


def documents(stage, provider):
    """Everything that a server of the graph boots with."""
    made = run(stage, provider)
    found = {name: made.inputs(name).get("userData") for name in made.requests}
    return {name: text for name, text in found.items() if text}


@pytest.mark.parametrize(("stage", "provider"), BUILT)
class TestUserData:
    def test_is_valid(self, stage, provider):
        texts = documents(stage, provider)
        assert "server-server" in texts
        for text in texts.values():
            assert text.startswith("#cloud-config\n")
            jsonschema.validate(yaml.safe_load(text), schema(), cls=jsonschema.Draft4Validator)

    def test_has_no_unknown_module(self, stage, provider):
        for text in documents(stage, provider).values():
            # `hostname` and `disable_root` are base settings, which the schema of this version does not describe.
            assert yaml.safe_load(text).keys() - known_keys() <= {"hostname"}


class TestSchema:
    def test_refuses_what_is_wrong(self):
        """Else every document would pass."""
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"ssh_deletekeys": "maybe"}, schema(), cls=jsonschema.Draft4Validator)
