"""What `make up` ends with."""

import pytest
from rich.cells import cell_len
from rich.console import Console
from urllib3.exceptions import MaxRetryError

from infra.errors import StagecoachError
from lab import report
from lab.nodes.simulated.api import ApiError
from lab.report import _nodes, _opens, _pods, _pods_below_headings, _print_shop, _read, _which, print_report

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

    def test_a_node(self):
        sizes = {"capacity": {"cpu": "2", "memory": "3923512Ki"}, "allocatable": {"cpu": "1600m", "memory": "3Gi"}}
        found = _nodes([{"metadata": {"name": "server"}, "status": sizes}], KINDS)
        assert found.rows == [("server", "real server", "2000m", "3831Mi", "1600m", "3072Mi")]

    def test_pods(self):
        """What its containers request together; one that has no place yet, and one that requests nothing."""
        containers = [{"resources": {"requests": {"cpu": "100m", "memory": "64Mi"}}}, {"resources": {}}, {}]
        pods = [
            _pod("shop", "web", {"nodeName": "server", "containers": [*containers, containers[0]]}, "Running"),
            _pod("shop", "beat", {"containers": containers[1:]}, "Pending"),
            _pod("kube-system", "coredns", {"nodeName": "gone", "containers": containers}, "Running"),
        ]
        assert _pods(pods, KINDS).rows == [
            ("kube-system", "coredns", "Running", "gone (simulated)", "100m", "64Mi"),
            ("shop", "beat", "Pending", "none", "0m", "0Mi"),
            ("shop", "web", "Running", "server (real server)", "200m", "128Mi"),
        ]

    def test_pods_below_headings(self):
        pods = [
            _pod("shop", "web-b", {"nodeName": "server", "containers": []}, "Running"),
            _pod("shop", "web-a", {"nodeName": "server", "containers": []}, "Running"),
            _pod("shop", "beat", {"containers": []}, "Pending"),
        ]
        assert _pods_below_headings(pods, KINDS).rows == [
            ("shop, node none",),
            ("beat", "Pending", "0m", "0Mi"),
            ("shop, node server (real server)",),
            ("web-a", "Running", "0m", "0Mi"),
            ("web-b", "Running", "0m", "0Mi"),
        ]


# Stage 5 on real servers, with the longest names that it has.
NODES = ("shop", "shop-celery-1", "shop-celery-2")
PODS = {
    "local-path-provisioner-6bc6568469-8pspb": ("kube-system", "shop"),
    "metrics-server-74474969b-7n5jk": ("kube-system", "shop"),
    "celery-worker-slow-7d9f8c6b5d-abcde": ("app", "shop-celery-1"),
    "celery-worker-7d9f8c6b5d-fghij": ("app", "shop-celery-2"),
    "django-5c689d88bb-klmno": ("app", "shop"),
    "postgres-0": ("app", "shop"),
    "postgres-backup-29338020-pqrst": ("app", None),
    "queue-exporter-6f9c4b7d5c-uvwxy": ("monitoring", "shop"),
    "node-exporter-zabcd": ("monitoring", "shop-celery-1"),
    "prometheus-0": ("monitoring", "shop"),
}
KEY = "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY" + "b" * 109
OUTPUTS = {
    "grafana": "kubectl -n monitoring port-forward deployment/grafana 3000, then http://localhost:3000 as admin with "
    "the password of: kubectl -n monitoring get secret -l app.kubernetes.io/name=grafana",
    "host_key": f"ecdsa-sha2-nistp256 {KEY}",
    "instance_type": "cx43",
    "kubeconfig": "client-key-data",
    "provider": "hetzner",
    "public_ip": "192.0.2.7",
    "url": "https://shop.example.com",
    "volume_size_gib": 240,
}
ROOT = "home/someone/.cache/stagecoach/labs"


class TestWidth:
    """What `make up` ends with, on terminals of several widths, in a pipe and in a file."""

    @pytest.fixture
    def printed(self, tmp_path, monkeypatch, capsys):
        def printed(columns, lab="hetzner", *, is_open=True):
            root = tmp_path / ROOT / lab
            root.mkdir(parents=True, exist_ok=True)
            monkeypatch.chdir(tmp_path)
            monkeypatch.setenv("COLUMNS", columns)
            monkeypatch.setattr(report, "Api", lambda _: None)
            monkeypatch.setattr(report, "_read", lambda _: _stage5())
            monkeypatch.setattr(report, "answers", lambda *_: is_open)
            print_report(root.relative_to(tmp_path), OUTPUTS, "/healthz", 754.0)
            return capsys.readouterr().out

        return printed

    @pytest.mark.parametrize("is_open", [True, False])
    @pytest.mark.parametrize("columns", [60, 80, 100, 120, 200])
    def test_no_line_is_longer(self, printed, columns, is_open):
        """But for a value that is one word and longer than any line: it stands alone."""
        lines = printed(str(columns), is_open=is_open).splitlines()
        longer = [line.strip() for line in lines if cell_len(line) > columns]
        assert longer == ([KEY] if len(KEY) > columns else [])

    @pytest.mark.parametrize("columns", ["20", "60", "80", "120", "200"])
    def test_names_commands_and_paths_are_whole(self, printed, columns):
        found = printed(columns)
        names = {*PODS, *NODES, *OUTPUTS, "https://shop.example.com", KEY}
        paths = {f"{ROOT}/hetzner/{name}" for name in ("kubeconfig", "servers", "mails")}
        assert names | paths <= {word.strip(":,") for word in found.split()}
        assert "\u2026" not in found
        commands = ('kubectl ARGS="get all -A"', 'pulumi ARGS="preview --diff"', "logs POD=celery-worker", "status")
        assert [one for one in commands if f"make {one}" not in found] == []
        assert "client-key-data" not in found

    def test_a_pipe_is_80_wide(self, printed):
        assert printed("") == printed("80")

    def test_the_shortest_form(self, printed):
        """Columns where they fit, then one table below headings, then a block for each pod."""
        assert "│ app         │ celery-worker-slow-7d9f8c6b5d-abcde     │ Running" in printed("200")
        assert "│ celery-worker-slow-7d9f8c6b5d-abcde      │ Running │" in printed("80")
        block = "celery-worker-slow-7d9f8c6b5d-abcde\n  namespace: app   phase: Running\n  node: shop-celery-1 (real"
        assert block in printed("60")

    def test_commands_of_another_lab_are_whole(self, printed):
        assert '\n  make pulumi LAB_NAME=of-somebody-else ARGS="preview --diff"\n' in printed("60", "of-somebody-else")


def _stage5():
    sizes = {"cpu": "8", "memory": "16Gi"}
    nodes = [{"metadata": {"name": one}, "status": {"capacity": sizes, "allocatable": sizes}} for one in NODES]
    containers = [{"resources": {"requests": {"cpu": "1500m", "memory": "12345Mi"}}}]
    pods = [
        _pod(namespace, name, {"containers": containers, **({"nodeName": node} if node else {})}, "Running")
        for name, (namespace, node) in PODS.items()
    ]
    return nodes, pods


def _pod(namespace, name, spec, phase):
    return {"metadata": {"namespace": namespace, "name": name}, "spec": spec, "status": {"phase": phase}}
