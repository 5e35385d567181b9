"""What Vultr's provider adds to its API: what replaces, what it refuses by itself, its look-ups."""

import pytest

from lab.clouds.vultr import VultrCloud
from lab.plugins.package import CheckFailedError, PluginError
from lab.plugins.packages.vultr import VultrPackage
from tests.lab import recorded
from tests.lab.recorded import SAMPLES, Machines, build

INSTANCE = SAMPLES["vultr"]["instance"]


@pytest.fixture
def package(tmp_path):
    return VultrPackage(VultrCloud(tmp_path, Machines()))


def call(kind, inputs=None, **more):
    return recorded.call("vultr", kind, inputs, **more)


class TestDiff:
    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("region", "ewr"),
            ("osId", 1),
            ("userData", "x"),
            ("hostname", "other"),
            ("reservedIpId", "r"),
            ("sshKeyIds", []),
        ],
    )
    def test_what_replaces_an_instance(self, package, field, value):
        found = package.diff(call("instance", {**INSTANCE, field: value}, old_inputs=INSTANCE))
        assert {path.split("[")[0] for path in found.replaces} == {field}

    @pytest.mark.parametrize(("field", "value"), [("plan", "vc2-4c-8gb"), ("label", "other"), ("vpcIds", ["v"])])
    def test_what_does_not(self, package, field, value):
        found = package.diff(call("instance", {**INSTANCE, field: value}, old_inputs=INSTANCE))
        assert {path.split("[")[0] for path in found.changes} == {field}
        assert found.replaces == frozenset()

    def test_every_field_of_a_rule_replaces_it(self, package):
        old = SAMPLES["vultr"]["firewallRule"]
        new = {**dict.fromkeys(old, "x"), "notes": "x", "source": "x"}
        found = package.diff(call("firewallRule", new, old_inputs=old))
        assert found.replaces == set(new)

    def test_a_key_changes_in_place(self, package):
        old = SAMPLES["vultr"]["sSHKey"]
        assert package.diff(call("sSHKey", {**old, "sshKey": "x"}, old_inputs=old)).replaces == frozenset()


class TestCheck:
    @pytest.mark.parametrize(
        ("wrong", "path"),
        [
            ({"appId": 1}, "osId"),
            ({"osId": 0}, "osId"),
            ({"backups": "enabled"}, "backupsSchedule"),
            ({"backupsSchedule": {"type": "daily"}}, "backupsSchedule"),
            ({"disablePublicIpv4": True}, "disablePublicIpv4"),
        ],
    )
    def test_an_instance(self, package, wrong, path):
        with pytest.raises(CheckFailedError) as caught:
            package.check(call("instance", {**INSTANCE, **wrong}))
        assert [one for one, _ in caught.value.failures] == [path]

    def test_an_address_is_taken_by_an_instance(self, package):
        with pytest.raises(CheckFailedError, match=r"that Instance\.reservedIpId takes"):
            package.check(call("reservedIp", {**SAMPLES["vultr"]["reservedIp"], "instanceId": "i"}))


class TestSecrets:
    def test_the_password(self, package):
        assert package.secret_outputs("vultr:index/instance:Instance") == {"defaultPassword"}
        assert package.secret_outputs("vultr:index/vpc:Vpc") == frozenset()


class TestLookUp:
    MANY, ONE = "vultr:index/getInstances:getInstances", "vultr:index/getInstance:getInstance"

    @pytest.fixture
    def two(self, package):
        """A deployment's instance and one of its Celery servers."""
        ids, inputs = build(package, until="instance")
        celery = {key: value for key, value in inputs["instance"].items() if key != "reservedIpId"}
        tags = ["stagecoach-deployment=shop", "celery"]
        package.create(call("instance", {**celery, "label": "shop-celery-1", "tags": tags}))
        return ids

    def labels(self, package, *filters):
        found = package.invoke(self.MANY, {"filters": [dict(one) for one in filters]})["instances"]
        return [one["label"] for one in found]

    def test_by_label(self, package, two):
        assert self.labels(package, {"name": "label", "values": ["shop", "none"]}) == ["shop"]
        assert self.labels(package, {"name": "label", "values": ["none"]}) == []

    def test_not_by_tags(self, package, two):
        """What the provider does with a list is not the same in all versions."""
        with pytest.raises(PluginError, match="does not filter by tags"):
            self.labels(package, {"name": "tags", "values": ["stagecoach-deployment=shop"]})

    def test_by_a_field_of_the_api(self, package, two):
        assert (
            self.labels(package, {"name": "vcpu_count", "values": ["2"]}, {"name": "region", "values": ["ewr"]}) == []
        )
        assert self.labels(package, {"name": "colour", "values": ["red"]}) == []

    def test_needs_a_filter(self, package):
        with pytest.raises(PluginError, match="issue with filter: false"):
            package.invoke(self.MANY, {})

    def test_one_is_exactly_one(self, package, two):
        found = package.invoke(self.ONE, {"filters": [{"name": "label", "values": ["shop"]}]})
        assert found["id"] == two["instance"]
        with pytest.raises(PluginError, match="no results were found"):
            package.invoke(self.ONE, {"filters": [{"name": "label", "values": ["none"]}]})
        with pytest.raises(PluginError, match="too many results"):
            package.invoke(self.ONE, {"filters": [{"name": "region", "values": ["fra"]}]})

    def test_unknown_functions(self, package):
        with pytest.raises(PluginError, match="has no function"):
            package.invoke("vultr:index/getOs:getOs", {})
