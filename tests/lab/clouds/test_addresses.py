"""Public addresses of emulated servers."""

import ipaddress

from lab.clouds import addresses


class TestPool:
    def test_is_this_machines_own(self, tmp_path):
        """Loopback, from 127.64.0.0/10: no packet leaves the machine."""
        net = ipaddress.ip_network("127.64.0.0/10")
        pool = addresses.pool(tmp_path)
        assert len(set(pool)) == 240
        assert [one for one in pool if ipaddress.ip_address(one) not in net] == []

    def test_labs_in_other_folders_have_other_ones(self, tmp_path):
        assert set(addresses.pool(tmp_path / "a")) & set(addresses.pool(tmp_path / "b")) == set()

    def test_stays_the_same(self, tmp_path):
        """A lab that starts again finds its servers where they were."""
        assert addresses.pool(tmp_path) == addresses.pool(tmp_path)


class TestFree:
    def test_the_first_that_is_not_taken(self, tmp_path):
        first, second, third = addresses.pool(tmp_path)[:3]
        assert addresses.free(tmp_path, {first, third}) == second
