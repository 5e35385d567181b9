"""The facts know every type and every input that the program uses."""

import ast
import importlib
import inspect
import re
from pathlib import Path

import pulumi
import pytest

from lab.plugins.facts import load

# The SDK warns of its own old names while it is imported.
pytestmark = pytest.mark.filterwarnings("ignore:digitalocean:DeprecationWarning")

SERVERS = Path(__file__).resolve().parents[3] / "infra" / "clouds"
SDKS = {"hcloud": "pulumi_hcloud", "digitalocean": "pulumi_digitalocean", "vultr": "ediri_vultr"}
ROWS = [(package, token) for package in SDKS for token in load(package)]


def camel(name):
    """The provider's spelling of a Python argument."""
    return re.sub(r"_(\w)", lambda found: found[1].upper(), name)


def constructions():
    """Every resource that the program's server components make: package, class name, its keyword arguments."""
    for path in sorted(SERVERS.rglob("*.py")):
        tree = ast.parse(path.read_text())
        aliases = {
            alias.asname or alias.name: alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.Import)
            for alias in node.names
            if alias.name in SDKS.values()
        }
        for node in ast.walk(tree):
            function = getattr(node, "func", None)
            if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
                sdk = aliases.get(function.value.id)
                made = getattr(importlib.import_module(sdk), function.attr, None) if sdk else None
                if inspect.isclass(made) and issubclass(made, pulumi.CustomResource):
                    yield sdk, made, {keyword.arg for keyword in node.keywords} - {"opts", None}


class TestProgram:
    def test_every_type_and_input_is_known(self):
        unknown, seen = [], 0
        facts = {sdk: load(package) for package, sdk in SDKS.items()}
        for sdk, made, arguments in constructions():
            seen += 1
            row = facts[sdk].get(made.pulumi_type)
            if row is None:
                unknown.append(made.pulumi_type)
            else:
                unknown += [f"{made.pulumi_type}.{one}" for one in arguments if camel(one) not in row.inputs]
        assert unknown == []
        assert seen >= 9


@pytest.mark.parametrize(("package", "token"), ROWS)
class TestRows:
    def test_inputs_are_the_sdks(self, package, token):
        """The SDK that is installed is newer than the schema; a new input must be told apart, too."""
        sdk = importlib.import_module(SDKS[package])
        name = token.rsplit(":", 1)[-1]
        arguments = getattr(sdk, f"{name}InitArgs", None) or getattr(sdk, f"{name}Args")
        parameters = set(inspect.signature(arguments).parameters)
        assert {camel(one) for one in parameters} == load(package)[token].inputs

    def test_every_flag_has_its_provenance(self, package, token):
        facts = load(package)[token]
        assert facts.required | facts.replaces.keys() | facts.in_place.keys() <= facts.inputs
        assert all(len(text) > 10 for text in [*facts.replaces.values(), *facts.in_place.values()])


class TestGaps:
    @pytest.mark.parametrize("token", ["sshKey:SshKey", "primaryIp:PrimaryIp", "serverNetwork:ServerNetwork"])
    def test_no_input_is_left_open(self, token):
        """The schema carries no flags for these (plugin framework): each input is told apart."""
        facts = load("hcloud")[f"hcloud:index/{token}"]
        assert facts.replaces.keys() | facts.in_place.keys() == facts.inputs

    def test_no_input_is_both(self):
        assert [
            token for package, token in ROWS if load(package)[token].replaces.keys() & load(package)[token].in_place
        ] == []
