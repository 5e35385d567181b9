"""What kubelets say, over time."""

import pytest

from lab.usage.sampler import Sampler, Samples

MIB = 2**20
KEY = ("app", "django-1", "django")


def summary(*, cpu_seconds, memory_mib, millicores=0):
    """A kubelet's answer with one container."""
    cpu = {"usageCoreNanoSeconds": int(cpu_seconds * 1e9), "usageNanoCores": millicores * 1_000_000}
    container = {"name": "django", "cpu": cpu, "memory": {"workingSetBytes": memory_mib * MIB}}
    return {"pods": [{"podRef": {"namespace": "app", "name": "django-1"}, "containers": [container]}]}


class TestSamples:
    def test_the_most_and_the_mean(self):
        samples = Samples()
        samples.add(summary(cpu_seconds=10, memory_mib=100, millicores=50), 0)
        samples.add(summary(cpu_seconds=12, memory_mib=180, millicores=400), 10)
        samples.add(summary(cpu_seconds=13, memory_mib=150, millicores=100), 20)
        one = samples.used[KEY]
        assert (one.memory_max, one.cpu_max) == (180, 400)
        assert one.cpu_mean == pytest.approx(150)  # 3 s of CPU in 20 s

    def test_a_restarted_container_counts_from_nothing(self):
        samples = Samples()
        samples.add(summary(cpu_seconds=100, memory_mib=100), 0)
        samples.add(summary(cpu_seconds=1, memory_mib=50), 10)
        samples.add(summary(cpu_seconds=2, memory_mib=50), 20)
        assert samples.used[KEY].cpu_mean == pytest.approx(100)
        assert samples.used[KEY].memory_max == 100

    def test_one_look_has_no_mean(self):
        samples = Samples()
        samples.add(summary(cpu_seconds=100, memory_mib=100), 0)
        assert samples.used[KEY].cpu_mean == 0

    def test_a_pod_that_has_just_begun(self):
        """The kubelet knows its name and nothing else."""
        samples = Samples()
        samples.add({"pods": [{"podRef": {"namespace": "app", "name": "django-1"}}]}, 0)
        assert not samples.used


def test_the_sampler_looks_at_once():
    """And goes when it is told to, not a few seconds later."""

    class Api:
        def request(self, method, path):
            assert path == "/api/v1/nodes/shop/proxy/stats/summary"
            return summary(cpu_seconds=1, memory_mib=7)

    with Sampler(Api(), ["shop"]) as sampler:
        pass
    assert sampler.samples.used[KEY].memory_max == 7
