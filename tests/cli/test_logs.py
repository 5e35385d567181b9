"""`python -m infra logs`."""

import os

import pytest

from tests.cli.command import infra
from tests.operate.stub_kubectl import StubKubectl
from tests.operate.test_logs import pod
from tests.operate.test_parts import workloads


@pytest.fixture
def stub(tmp_path):
    made = StubKubectl(tmp_path)
    made.answer(
        get={"items": workloads()},
        get_pods={"items": [pod("django-a", "django")]},
        logs="2026-11-30T10:00:01Z one\n",
    )
    (tmp_path / "kubeconfig").write_text("clusters: [{name: shop}]\n")
    return made


def logs(stub, *arguments):
    environment = {**os.environ, "PATH": f"{stub.folder}:/usr/bin:/bin"}
    return infra("logs", f"--kubeconfig={stub.folder / 'kubeconfig'}", *arguments, environment=environment)


def test_lines_with_their_pods(stub):
    made = logs(stub, "web", "--tail", "5")
    assert (made.returncode, made.stdout) == (0, "django-a | one\n"), made.stderr
    assert "--tail=5" in stub.asked()[-1]


def test_every_problem_at_once(stub):
    made = logs(stub, "web", "--since", "yesterday", "--follow", "--previous")
    assert made.returncode == 2
    assert "--since = yesterday: a time such as 90s, 10m or 2h" in made.stderr
    assert "--previous" in made.stderr


def test_an_unknown_part(stub):
    made = logs(stub, "celery")
    assert made.returncode == 2
    assert "there is no such part" in made.stderr


def test_no_kubeconfig(stub):
    (stub.folder / "kubeconfig").write_text("")
    made = logs(stub, "web")
    assert made.returncode == 2
    assert "this is no kubeconfig" in made.stderr
