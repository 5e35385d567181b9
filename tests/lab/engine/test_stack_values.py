"""The stack file of one provider in a lab of another."""

import pytest

from infra.clouds import CLOUDS
from lab.engine.stack_values import lab_values

FILE = {
    "stagecoach:provider": "hetzner",
    "stagecoach:region": "hel1",
    "stagecoach:instance_type": "cpx32",
    "stagecoach:celery_servers": {"count": 2, "instance_type": "cpx22"},
    "stagecoach:admin_cidrs": ["203.0.113.0/24"],
}


class TestSameProvider:
    def test_only_the_admins_network_changes(self):
        """The lab's addresses are loopback."""
        assert lab_values(FILE, "hetzner") == {"stagecoach:admin_cidrs": ["127.0.0.0/8"]}


class TestAnotherProvider:
    @pytest.mark.parametrize(("provider", "region"), [("digitalocean", "fra1"), ("vultr", "fra")])
    def test_its_region_and_no_pins(self, provider, region):
        assert lab_values(FILE, provider) == {
            "stagecoach:provider": provider,
            "stagecoach:region": region,
            "stagecoach:instance_type": None,
            "stagecoach:celery_servers": {"count": 2},
            "stagecoach:admin_cidrs": ["127.0.0.0/8"],
        }

    def test_the_file_is_not_changed(self):
        before = str(FILE)
        lab_values(FILE, "vultr")
        assert str(FILE) == before


class TestRegions:
    def test_each_provider_sells_something_there(self):
        assert [name for name, cloud in CLOUDS.items() if cloud.default_region not in cloud.catalog.regions] == []
