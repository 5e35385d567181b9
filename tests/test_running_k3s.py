"""A deployment that runs keeps its k3s, goes up by the steps that are allowed, and is told when its minor ends."""

import pytest

from infra.errors import RefusedError
from infra.versions import K3S_VERSION
from tests.graphs import CONFIG, exported, program
from tests.mocks import graph
from tests.preflight.test_existing import answer
from tests.program.test_quiet_commands import state

OLD = {"k3s-install": {"create": "export SERVER_ID=4711\nexport K3S_VERSION=v1.33.6+k3s1\nexport K3S_URL=''\n"}}


def run(found, **changes):
    more = {f"stagecoach:{key}": value for key, value in changes.items()}
    config = {**CONFIG, "stagecoach:stage": 1, **more}
    return graph(program, config=config, state=state(found), found=[answer("hetzner")])


@pytest.mark.parametrize("stage", [1, 5])
def test_a_newer_checkout_changes_no_cluster(stage):
    """Its own release is two minors further: servers of both kinds keep theirs, without a checksum of another one."""
    made = run(OLD, stage=stage)
    installs = {name for name in made.of_type("command:remote:Command") if name.endswith("-install")}
    names = {name for name in installs if "patches" not in name}
    assert len(names) == stage // 5 + 1
    for name in names:
        variables = exported(made.inputs(name)["create"])
        assert (variables["K3S_VERSION"], variables["K3S_SHA256"]) == ("v1.33.6+k3s1", "")
    assert made.stack_outputs["k3s_version"] == "v1.33.6+k3s1"


def test_the_next_step():
    made = run(OLD, k3s={"version": "v1.34.12+k3s1"})
    assert exported(made.inputs("k3s-install")["create"])["K3S_VERSION"] == "v1.34.12+k3s1"


@pytest.mark.parametrize("version", ["v1.35.9+k3s1", K3S_VERSION])
def test_a_skipped_minor_registers_nothing(version):
    with pytest.raises(RefusedError, match=r"v1\.33\.6\+k3s1 runs here, and a minor of Kubernetes can't be skipped"):
        run(OLD, k3s={"version": version})


def test_an_update_warns(monkeypatch):
    said = []
    monkeypatch.setattr("infra.program.program.pulumi.log.warn", said.append)
    run(OLD)
    assert [line.split(". ")[0] for line in said] == ["Kubernetes 1.33 has had no fixes since 2026-06-28"]


def test_a_new_server_gets_what_the_checkout_ships():
    made = graph(program, config={**CONFIG, "stagecoach:stage": 1})
    assert made.stack_outputs["k3s_version"] == K3S_VERSION
