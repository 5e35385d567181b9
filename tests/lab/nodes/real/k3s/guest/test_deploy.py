"""Files of the folder are applied once, and again when they change; kubectl is a script here."""

import pytest

from lab.nodes.real.k3s.guest import deploy
from lab.nodes.real.k3s.guest.deploy import Deployer, manifests
from lab.nodes.real.k3s.guest.layout import Layout
from tests.lab.nodes.real.k3s.guest.configs import server_config

KUBECTL = """#!/bin/sh
echo "$@" >>"{calls}"
for word in "$@"; do
	case $word in *broken.yaml) echo "no such kind" >&2; exit 1 ;; esac
done
"""


@pytest.fixture
def calls(tmp_path, monkeypatch, share):
    """What kubectl was called with, one line each."""
    programs, path = tmp_path / "bin", tmp_path / "calls"
    programs.mkdir()
    (programs / "kubectl").write_text(KUBECTL.format(calls=path))
    (programs / "kubectl").chmod(0o755)
    monkeypatch.setattr(deploy, "PROGRAMS", programs)
    monkeypatch.setattr(deploy, "SHARE", share)
    return lambda: path.read_text().splitlines() if path.exists() else []


def deployer(tmp_path, **changes):
    config = server_config(tmp_path, **changes)
    return Deployer(config, Layout(config.data_dir), tmp_path / "kubeconfig")


class TestLook:
    def test_bundled_files_once(self, tmp_path, calls):
        one = deployer(tmp_path)
        one.look()
        one.look()
        (call,) = calls()
        assert call.startswith(f"--kubeconfig={tmp_path}/kubeconfig apply --server-side")
        assert call.count("--filename=") == 8

    def test_unchanged_files_are_not_parsed_again(self, tmp_path, calls, monkeypatch):
        """A look comes every two seconds as long as a server runs."""
        parsed = []
        monkeypatch.setattr(deploy, "traefik_values", lambda texts: parsed.append(len(list(texts))) or [])
        one = deployer(tmp_path)
        for _ in range(4):
            one.look()
        assert parsed == [0, 8]

    def test_changed_file_again(self, tmp_path, calls):
        one = deployer(tmp_path)
        one.look()
        (one.folder / "own.yaml").write_text("kind: ConfigMap\n")
        one.look()
        assert [call.count("--filename=") for call in calls()] == [8, 1]

    def test_chart_config_changes_traefik_at_once(self, tmp_path, calls):
        one = deployer(tmp_path)
        one.look()
        values = "kind: HelmChartConfig\nmetadata: {name: traefik}\nspec: {valuesContent: 'resources: {limits: {}}'}\n"
        (one.folder / "traefik-config.yaml").write_text(values)
        one.look()
        names = [word.rpartition("/")[2] for word in calls()[-1].split() if word.startswith("--filename=")]
        assert names == ["traefik-config.yaml", "traefik.yaml"]

    def test_values_that_the_chart_does_not_take(self, tmp_path, calls, capfd):
        """As an upgrade by Helm that fails: what was installed stays."""
        one = deployer(tmp_path)
        one.look()
        before = (one.folder / "traefik.yaml").read_text()
        values = "kind: HelmChartConfig\nmetadata: {name: traefik}\nspec: {valuesContent: 'nonsense: 1'}\n"
        (one.folder / "traefik-config.yaml").write_text(values)
        one.look()
        assert "Failed to install chart traefik: nonsense is no value" in capfd.readouterr().err
        assert (one.folder / "traefik.yaml").read_text() == before
        one.look()
        assert capfd.readouterr().err == ""

    def test_one_files_mistake_keeps_no_other_out(self, tmp_path, calls, capfd):
        one = deployer(tmp_path)
        one.folder.mkdir(parents=True)
        (one.folder / "broken.yaml").write_text("kind: Nothing\n")
        one.look()
        assert len(calls()) == 1 + 9
        assert "Failed to process manifest at" in capfd.readouterr().err
        one.look()
        assert len(calls()) == 10  # it waits before it tries again


class TestDisabled:
    def test_deleted_with_its_objects(self, tmp_path, calls):
        deployer(tmp_path).look()
        one = deployer(tmp_path, disabled=("metrics-server",))
        one.look()
        assert not (one.folder / "metrics-server.yaml").exists()
        assert [call.split()[1] for call in calls()] == ["apply", "delete", "apply"]
        one.look()
        assert len(calls()) == 3


def test_files_that_are_passed_over(tmp_path):
    """manifest.sh writes `NAME.new` and renames it."""
    for name in ("a.yaml", "b.yaml.new", ".c.yaml", "d.json", "e.txt", "f.yaml", "f.skip"):
        (tmp_path / name).touch()
    assert [path.name for path in manifests(tmp_path)] == ["a.yaml", "d.json"]
