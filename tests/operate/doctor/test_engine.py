"""CLI, language host, plugins."""

from importlib import metadata
from pathlib import Path

import pytest

from infra.operate.doctor.engine import engine_checks, plugins_check
from infra.versions import PULUMI_VERSION
from tests.operate.doctor.fakes import FakeCli, brief

REPOSITORY = Path(__file__).resolve().parents[3]
ALL = {"hcloud": "pulumi-hcloud", "kubernetes": "pulumi-kubernetes", "command": "pulumi-command"}
ALL |= {"random": "pulumi-random", "tls": "pulumi-tls"}


def test_the_version_is_the_tests():
    assert f"github.com/pulumi/pulumi/pkg/v3 v{PULUMI_VERSION}" in (REPOSITORY / "tools/pulumi/go.mod").read_text()


@pytest.mark.parametrize(
    ("version", "status"),
    [("v3.259.0", "ok"), ("v3.300.1-dev.0", "ok"), ("v3.100.0", "warning"), ("v4.0.0", "missing"), ("odd", "warning")],
)
def test_version(version, status):
    assert brief(engine_checks(FakeCli({"version": version + "\n"})))[0] == ("pulumi", status)


def test_no_language_host():
    checks = list(engine_checks(FakeCli({"version": "v3.259.0"}, host=None)))
    assert brief(checks)[1] == ("language host", "missing")


class TestPlugins:
    def test_all_there(self):
        rows = [{"name": name, "version": metadata.version(package)} for name, package in ALL.items()]
        assert plugins_check(FakeCli({"plugin ls": rows}), "hetzner", {}).status == "ok"

    def test_another_version(self):
        """An old one does not help."""
        rows = [{"name": name, "version": "0.0.1"} for name in ALL]
        check = plugins_check(FakeCli({"plugin ls": rows}), "hetzner", {})
        assert check.status == "warning"
        assert "hcloud" in check.found

    def test_downloads_are_off(self):
        environment = {"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true"}
        assert plugins_check(FakeCli({"plugin ls": []}), "vultr", environment).status == "missing"

    def test_attached(self):
        """As the lab's."""
        environment = {"PULUMI_DEBUG_PROVIDERS": ",".join(f"{name}:4000" for name in ALL)}
        assert plugins_check(FakeCli({"plugin ls": []}), "hetzner", environment).status == "ok"

    def test_no_answer(self):
        assert plugins_check(FakeCli({"plugin ls": "broken"}), "hetzner", {}).status == "warning"
