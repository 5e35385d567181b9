"""`python -m infra restart`."""

import os

import pytest

from tests.cli.command import infra
from tests.operate.stub_kubectl import StubKubectl
from tests.operate.test_parts import workloads
from tests.operate.test_restart import done


@pytest.fixture
def stub(tmp_path):
    made = StubKubectl(tmp_path)
    made.answer(
        get={"items": workloads()}, get_deployment=done(), get_statefulset=done(), get_pods={"items": []}, patch=""
    )
    (tmp_path / "kubeconfig").write_text("clusters: [{name: shop}]\n")
    return made


def restart(stub, *arguments):
    environment = {**os.environ, "PATH": f"{stub.folder}:/usr/bin:/bin"}
    return infra("restart", f"--kubeconfig={stub.folder / 'kubeconfig'}", *arguments, environment=environment)


def test_the_web(stub):
    made = restart(stub, "web")
    assert (made.returncode, made.stdout) == (0, "web is restarted\n"), made.stderr
    assert "web: 1 of 1 new pods ready" in made.stderr


def test_a_data_service_is_refused_with_the_reason(stub):
    """Nobody is there who could be asked."""
    made = restart(stub, "postgres")
    assert made.returncode == 1
    assert "the database is down for about ten seconds" in made.stderr
    assert "--yes restarts it all the same" in made.stderr
    assert not [line for line in stub.asked() if line.startswith("patch")]


def test_a_data_service_with_yes(stub):
    made = restart(stub, "postgres", "--yes")
    assert (made.returncode, made.stdout) == (0, "postgres is restarted\n"), made.stderr


def test_an_unknown_part(stub):
    made = restart(stub, "wbe")
    assert made.returncode == 2
    assert "Did you mean web?" in made.stderr


def test_a_job(stub):
    made = restart(stub, "migration")
    assert made.returncode == 1
    assert "there is nothing to restart" in made.stderr
