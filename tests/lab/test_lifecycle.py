"""Tests of lab.lifecycle that need no cluster; the rest is in tests/engine."""

import subprocess
import sys
from pathlib import Path

import pytest

from infra.errors import StagecoachError
from lab.lifecycle import Lab


def test_only_a_report_loads_the_models_and_a_kubernetes_client():
    """`make url`, `logs` and `down` start without them."""
    code = "import lab.lifecycle, sys; print([one for one in ('kubernetes', 'infra.stack_file') if one in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


class TestStack:
    """The name of the one stack of a lab, which every command needs first."""

    @pytest.fixture
    def lab(self, tmp_path, monkeypatch):
        monkeypatch.setenv("STAGECOACH_CACHE", str(tmp_path))
        lab = Lab("stack")
        lab.workspace.folder.mkdir(parents=True)
        return lab

    class Cli:
        """What the backend's folder shows, and what the CLI would say."""

        def __init__(self, files, said):
            self.files, self.said = files, said

        def state_files(self):
            return [Path(f"{name}.json") for name in self.files]

        def stacks(self, _folder):
            assert self.said is not None, "the CLI was asked"
            return self.said

    def test_one_file_is_the_stack(self, lab):
        assert lab._stack(self.Cli(["stage2"], None)) == "stage2"

    @pytest.mark.parametrize("files", [[], ["stage1", "stage2"]])
    def test_otherwise_the_cli_is_asked(self, lab, files):
        """It says why, where the state can't be read."""
        assert lab._stack(self.Cli(files, ["stage1"])) == "stage1"

    def test_nothing_is_deployed(self, lab):
        with pytest.raises(StagecoachError, match="nothing is deployed in this lab"):
            lab._stack(self.Cli([], []))


class TestKubectl:
    @pytest.fixture
    def lab(self, tmp_path, monkeypatch):
        """One with a deployment, and a kubectl that says what it was given."""
        program = tmp_path / "kubectl"
        program.write_text('#!/bin/sh\necho "$KUBECACHEDIR" "$@"\nexit 3\n')
        program.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
        monkeypatch.setenv("STAGECOACH_CACHE", str(tmp_path / "cache"))
        monkeypatch.delenv("KUBECACHEDIR", raising=False)
        lab = Lab("kubectl")
        monkeypatch.setattr(lab.daemon, "start", lambda: None)
        lab.root.mkdir(parents=True)
        (lab.root / "kubeconfig").write_text("")
        return lab

    def test_on_the_labs_cluster(self, lab, capfd, tmp_path):
        """It caches what it learns of the cluster beside everything else, not in the home directory."""
        assert lab.kubectl(["get", "pods"]) == 3
        said = f"{tmp_path / 'cache' / 'kubectl'} --kubeconfig={lab.root / 'kubeconfig'} get pods\n"
        assert capfd.readouterr().out == said

    def test_a_cache_of_ones_own(self, lab, capfd, monkeypatch):
        monkeypatch.setenv("KUBECACHEDIR", "/mine")
        lab.kubectl([])
        assert capfd.readouterr().out.split()[0] == "/mine"
