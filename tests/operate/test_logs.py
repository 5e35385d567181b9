"""The log of a part."""

import pytest

from infra.errors import RefusedError
from infra.operate.kubectl import Kubectl
from infra.operate.logs import LogsAsked, print_logs
from infra.operate.parts import Part
from tests.operate.stub_kubectl import StubKubectl
from tests.operate.test_parts import workload

WEB = Part(name="django", workload=workload("Deployment", "django"))

ALL = LogsAsked()


def pod(name, *containers, **status):
    """As the API server lists it."""
    return {
        "metadata": {"name": name, "uid": name},
        "spec": {"containers": [{"name": one} for one in containers]},
        "status": status,
    }


@pytest.fixture
def stub(tmp_path, monkeypatch):
    made = StubKubectl(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return made


def printed(asked=ALL):
    lines, told = [], []
    print_logs(Kubectl(None), WEB, asked, lines.append, told.append)
    return lines, told


def test_pods_by_time_with_their_names(stub):
    first = "2026-11-30T10:00:01.000000000Z one\n2026-11-30T10:00:03.000000000Z  three\n"
    stub.answer(
        get={"items": [pod("django-a", "django"), pod("django-b", "django")]},
        **{"logs_django-a": first, "logs_django-b": "2026-11-30T10:00:02.000000000Z two\n"},
    )
    assert printed() == (["django-a | one", "django-b | two", "django-a |  three"], [])
    lines, _ = printed(LogsAsked(timestamps=True))
    assert lines[0] == "django-a | 2026-11-30T10:00:01.000000000Z one"


def test_only_a_line_end_ends_a_line(stub):
    """What follows another separator has no time of its own, and its first word is no time."""
    stub.answer(
        get={"items": [pod("django-a", "django")]},
        logs="2026-11-30T10:00:01Z 10 %\r20 % done\r\n2026-11-30T10:00:02Z a\u2028b c\x0cd\n",
    )
    assert printed()[0] == ["django-a | 10 %\r20 % done", "django-a | a\u2028b c\x0cd"]


def test_containers_are_named_where_there_are_several(stub):
    stub.answer(get={"items": [pod("postgres-0", "postgres", "exporter")]}, logs="2026-11-30T10:00:01Z x\n")
    assert printed()[0] == ["postgres-0 postgres | x", "postgres-0 exporter | x"]
    assert printed(LogsAsked(container="postgres"))[0] == ["postgres-0 postgres | x"]


def test_what_is_asked_of_kubectl(stub):
    stub.answer(get={"items": [pod("django-a", "django")]}, logs="")
    printed(LogsAsked(tail=5, since="10m", previous=True))
    assert stub.asked()[-1] == (
        "logs django-a --namespace=app --container=django --timestamps --previous --tail=5 --since=10m"
    )


def test_a_pod_without_a_log(stub):
    """It is said, and the others are printed."""
    items = [pod("django-a", "django"), pod("django-b", "django")]
    error = {"error": 'container "django" in pod "django-a" is waiting to start'}
    stub.answer(get={"items": items}, **{"logs_django-a": error, "logs_django-b": "2026-11-30T10:00:02Z two\n"})
    lines, told = printed()
    assert lines == ["django-b | two"]
    assert "django-a: it says: container" in told[0]


def test_no_pods(stub):
    stub.answer(get={"items": []})
    with pytest.raises(RefusedError, match="it has no pods just now"):
        printed()


def test_no_such_container(stub):
    stub.answer(get={"items": [pod("postgres-0", "postgres", "exporter")]})
    with pytest.raises(RefusedError, match="no container psql, only exporter, postgres"):
        printed(LogsAsked(container="psql"))
