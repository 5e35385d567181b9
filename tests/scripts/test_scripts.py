"""What all scripts have in common."""

import subprocess

import pytest

from infra.scripts import load
from tests.graphs import exported, run
from tests.waiting import patience

COMMAND = "command:remote:Command"


class TestVariables:
    @pytest.mark.parametrize("stage", [1, 2])
    def test_none_goes_by_the_session(self, stage):
        """sshd takes no variable that AcceptEnv does not name, and the provider fails on the first refused one."""
        made = run(stage)
        assert [name for name in made.of_type(COMMAND) if "environment" in made.inputs(name)] == []

    def test_a_new_server_runs_every_script_again(self):
        """Its id is one of the variables: a server that was lost is set up by the next update."""
        made = run(1)
        names = made.of_type(COMMAND)
        assert len(names) == 7
        assert {exported(made.inputs(name)["update"])["SERVER_ID"] for name in names} == {"4711"}

    def test_values_arrive_as_they_are(self):
        """Whatever a shell would make of them."""
        url = "https://mirror.example/k3s?user=$HOME&note=it's`id`;id"
        made = run(1, k3s={"version": "v1.35.9+k3s1", "url": url, "sha256": "0" * 64})
        head = made.inputs("k3s-install")["create"].split("#!", 1)[0]
        command = ["bash", "-c", f'{head}printf %s "$K3S_URL"']
        assert subprocess.run(command, capture_output=True, text=True, check=True, timeout=patience(10)).stdout == url

    def test_an_unknown_script_is_an_error(self):
        with pytest.raises(FileNotFoundError):
            load("nothing.sh")
