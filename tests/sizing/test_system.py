"""What k3s itself runs."""

from infra.sizing.system import size_system
from infra.units import Cpu, Memory


class TestSystem:
    def test_requests_are_k3ss_own(self):
        """coredns and metrics-server by its manifests; traefik's are given to it by the stack."""
        requests = {one.name: one.pod_requests for one in size_system()}
        assert {name: (one.cpu, one.memory) for name, one in requests.items()} == {
            "coredns": (Cpu(100), Memory.mib(70)),
            "metrics-server": (Cpu(100), Memory.mib(70)),
            "traefik": (Cpu(50), Memory.mib(96)),
            "local-path-provisioner": (Cpu(0), Memory(0)),
        }

    def test_stands_outside_the_apps_quota(self):
        assert {one.namespace for one in size_system()} == {"kube-system"}
