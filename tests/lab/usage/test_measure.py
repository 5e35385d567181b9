"""One stage's section of the page on usage."""

import pytest

from infra.operate.loadtest.result import LoadtestResult
from lab.usage import measure as module
from lab.usage.customers import Visits
from lab.usage.measure import measure
from lab.usage.sampler import Samples, Used

OUTPUTS = {"url": "http://127.64.0.10", "stage": 1, "provider": "hetzner", "instance_type": "cx23"}
RESULT = LoadtestResult(
    queued=10, done=10, failed=0, seconds=1.0, wait_p50=0.4, wait_p95=0.8, wait_max=0.9, run_mean=0.15
)


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """A cluster with one pod; what the load test was told."""
    seen = []

    class Api:
        def __init__(self, kubeconfig):
            assert kubeconfig == "the kubeconfig"

        def items(self, path):
            metadata = {"name": "shop", "namespace": "app", "labels": {"app.kubernetes.io/name": "django"}}
            return [{"metadata": metadata, "spec": {"containers": [{"name": "django"}]}}]

        def get(self, path):
            return None if path.endswith("celery-worker") else {}

    class Sampler:
        samples = Samples(used={("app", "shop", "django"): Used(memory_max=80)})

        def __init__(self, api, nodes):
            assert nodes == ["shop"]

        def __enter__(self):
            return self

        def __exit__(self, *error):
            pass

    class Customers:
        def __init__(self, url, *, count, seconds):
            seen.append((url, count))

        def run(self):
            return Visits(pages=100, orders=5, errors=(), seconds=60.0, p50=0.02, p95=0.1)

    monkeypatch.setattr(module, "Api", Api)
    monkeypatch.setattr(module, "Sampler", Sampler)
    monkeypatch.setattr(module, "Customers", Customers)
    monkeypatch.setattr(module, "Kubectl", lambda path: path)
    monkeypatch.setattr(module, "run_loadtest", lambda *arguments: seen.append(arguments[1:]) or RESULT)
    path = tmp_path / "kubeconfig"
    path.write_text("the kubeconfig")
    return seen, path


def test_says_what_was_measured(asked):
    """Both loads at once, then the table; at stage 5 the tasks go to the fast pool."""
    seen, path = asked
    text = measure(path, OUTPUTS, tasks=10, customers=3)
    assert text.splitlines()[0] == "## Stage 1: hetzner cx23"
    assert "10 of 10 e-mail tasks of 150 ms in 1 s: 10.0 per second, 0 failed" in text
    assert "3 customers at once saw 100 pages in 60 s and placed 5 orders: p50 20 ms, p95 100 ms, 0 errors." in text
    assert "| app/django django | 1 | - | 0m | 0m | - | - | 80Mi |  |" in text
    assert ("http://127.64.0.10", 3) in seen
    [load] = [one for one in seen if len(one) == 3]
    assert (load[0].count, load[2]) == (10, "celery-worker-fast")
