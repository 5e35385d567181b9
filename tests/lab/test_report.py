"""What `make up` ends with."""

import pytest
from rich.console import Console
from urllib3.exceptions import MaxRetryError

from infra.errors import StagecoachError
from lab import report
from lab.cluster.api import ApiError
from lab.report import _nodes, _opens, _pods, _print_shop, _read, _which

KINDS = {"server": "real server"}


class TestWhich:
    @pytest.mark.parametrize(
        ("lab", "provider", "expected"),
        [
            ("hetzner", "hetzner", ""),
            ("vultr", "vultr", " PROVIDER=vultr"),
            ("mine", "hetzner", " LAB_NAME=mine"),
            ("mine", "vultr", " PROVIDER=vultr LAB_NAME=mine"),
        ],
    )
    def test_commands_name_the_lab_that_they_mean(self, lab, provider, expected):
        """Nothing where it is the default one."""
        assert _which(lab, provider) == expected


class TestShop:
    @pytest.fixture
    def printed(self, tmp_path, capsys):
        def print_it(*, is_open):
            outputs = {"url": "http://192.0.2.7"}
            _print_shop(Console(width=200), tmp_path, outputs, " PROVIDER=vultr", is_open=is_open)
            return capsys.readouterr().out

        return print_it

    def test_open(self, printed):
        assert printed(is_open=True).splitlines()[:2] == [
            "The shop is open: http://192.0.2.7      (make url PROVIDER=vultr)",
            "  make logs PROVIDER=vultr POD=celery-worker      make loadtest PROVIDER=vultr",
        ]

    def test_not_said_of_one_that_does_not_answer(self, printed):
        said = printed(is_open=False)
        assert "is open" not in said
        assert "The shop does not answer: http://192.0.2.7" in said
        assert "make logs PROVIDER=vultr POD=django" in said


class TestOpens:
    """Every answer that the shop gives, one after the other."""

    @pytest.fixture
    def opens(self, monkeypatch, capsys):
        def opens(given, patience):
            left = list(given)
            monkeypatch.setattr(report, "answers", lambda *_: left.pop(0))
            found = _opens(Console(width=200), {"url": "http://192.0.2.7"}, "/healthz", patience)
            assert left == []
            return found, capsys.readouterr().out

        return opens

    def test_at_once(self, opens):
        assert opens([True], patience=180) == (True, "")

    @pytest.mark.parametrize("later", [True, False])
    def test_says_that_it_waits(self, opens, later):
        said = "waiting up to 180 s for an answer of http://192.0.2.7/healthz\n"
        assert opens([False, later], patience=180) == (later, said)

    def test_nobody_waits_where_nothing_was_updated(self, opens):
        assert opens([False], patience=0) == (False, "")


class TestRead:
    @pytest.mark.parametrize("error", [MaxRetryError(None, "/", "refused"), ApiError(503, {"message": "starting"})])
    def test_a_cluster_that_does_not_answer(self, error):
        """A server that starts again: a message that names it, and what it said."""

        class Api:
            url = "https://192.0.2.7:6443"

            def items(self, path):
                raise error

        with pytest.raises(StagecoachError, match=r"https://192.0.2.7:6443: .*(refused|starting)"):
            _read(Api())


class TestTables:
    """From the API server's own objects."""

    @staticmethod
    def cells(table):
        return list(zip(*(column.cells for column in table.columns), strict=True))

    def test_a_node(self):
        sizes = {"capacity": {"cpu": "2", "memory": "3923512Ki"}, "allocatable": {"cpu": "1600m", "memory": "3Gi"}}
        found = _nodes([{"metadata": {"name": "server"}, "status": sizes}], KINDS)
        assert self.cells(found) == [("server", "real server", "2000m", "3831Mi", "1600m", "3072Mi")]

    def test_pods(self):
        """What its containers request together; one that has no place yet, and one that requests nothing."""
        containers = [{"resources": {"requests": {"cpu": "100m", "memory": "64Mi"}}}, {"resources": {}}, {}]
        pods = [
            _pod("shop", "web", {"nodeName": "server", "containers": [*containers, containers[0]]}, "Running"),
            _pod("shop", "beat", {"containers": containers[1:]}, "Pending"),
            _pod("kube-system", "coredns", {"nodeName": "gone", "containers": containers}, "Running"),
        ]
        assert self.cells(_pods(pods, KINDS)) == [
            ("kube-system", "coredns", "Running", "gone (simulated)", "100m", "64Mi"),
            ("shop", "beat", "Pending", "none", "0m", "0Mi"),
            ("shop", "web", "Running", "server (real server)", "200m", "128Mi"),
        ]


def _pod(namespace, name, spec, phase):
    return {"metadata": {"namespace": namespace, "name": name}, "spec": spec, "status": {"phase": phase}}
