"""What the guard refuses in a preview, and what it lets pass."""

import pytest

from infra.stack_file.guard_config import GuardException
from infra.updates.guard.rules import judge, unused
from infra.updates.preview.engine_preview import parse_preview
from tests.updates.preview.previews import document, step

SERVER = "hcloud:index/server:Server"
VOLUME = "hcloud:index/volume:Volume"
HELD = [
    (SERVER, "server-server", "server"),
    ("digitalocean:index/droplet:Droplet", "server-server", "server"),
    ("vultr:index/instance:Instance", "server-server", "server"),
    (VOLUME, "server-data", "volume"),
    ("digitalocean:index/volume:Volume", "server-data", "volume"),
    ("vultr:index/blockStorage:BlockStorage", "server-data", "volume"),
    ("hcloud:index/primaryIp:PrimaryIp", "server-address", "address"),
    ("digitalocean:index/reservedIp:ReservedIp", "server-address", "address"),
    ("vultr:index/reservedIp:ReservedIp", "server-address", "address"),
    ("hcloud:index/network:Network", "server-network", "network"),
    ("pulumi:providers:kubernetes", "k3s-cluster", "Kubernetes provider"),
    ("kubernetes:core/v1:PersistentVolumeClaim", "backups", "claim"),
    ("kubernetes:apps/v1:StatefulSet", "postgres-stateful-set", "StatefulSet"),
    ("kubernetes:core/v1:Namespace", "namespaces-app", "namespace"),
    ("random:index/randomPassword:RandomPassword", "credentials-postgres", "secret"),
    ("tls:index/privateKey:PrivateKey", "access-host-key", "key"),
]


def verdict(*steps, allowed=()):
    [found] = judge(parse_preview(document(*steps), "x"), allowed)
    return found


class TestHeld:
    @pytest.mark.parametrize("op", ["replace", "delete"])
    @pytest.mark.parametrize(("kind", "name", "word"), HELD)
    @pytest.mark.parametrize("protect", [True, False])
    def test_goes(self, op, kind, name, word, protect):
        """Protected or not: protection may have been dropped in the same update."""
        found = verdict(step(op, kind, name, protect=protect))
        assert found.refused
        assert found.kind == word

    @pytest.mark.parametrize("op", ["discard", "discard-replaced", "import-replacement", "read-replacement"])
    @pytest.mark.parametrize(("kind", "name", "word"), HELD)
    def test_is_lost_to_the_state(self, op, kind, name, word):
        assert (verdict(step(op, kind, name)).refused, verdict(step(op, kind, name)).kind) == (True, word)

    @pytest.mark.parametrize("kind", [SERVER, "kubernetes:core/v1:ConfigMap"])
    @pytest.mark.parametrize("op", ["destroy", "", "DELETE", "update "])
    def test_what_it_does_not_know_is_not_safe(self, op, kind):
        """Of anything: a newer engine may have other words."""
        found = verdict(step(op, kind, "one"))
        assert found.refused
        assert f"`{op}`, which this guard does not know" in found.why.replace("have ", "").replace(" done to it", "")

    @pytest.mark.parametrize(("kind", "name", "_word"), HELD)
    @pytest.mark.parametrize("op", ["create", "update", "read", "refresh", "import"])
    def test_stays(self, op, kind, name, _word):
        told = {"size": 40, "sizeGb": 40, "plan": "vc2-2c-4gb"}
        made = step(op, kind, name, protect=True) | {"newState": {"type": kind, "inputs": told}}
        made["oldState"]["inputs"] = told
        assert not verdict(made).refused

    @pytest.mark.parametrize("kind", [VOLUME, "vultr:index/blockStorage:BlockStorage", "vultr:index/instance:Instance"])
    def test_a_size_that_is_not_told(self, kind):
        assert verdict(step("update", kind, "server-data")).refused

    def test_a_name_with_colons(self):
        """All behind the type is the name."""
        found = verdict(step("delete", VOLUME, "data::of::old"))
        assert (found.refused, found.kind, found.step.name) == (True, "volume", "data::of::old")

    def test_a_type_that_only_the_state_names(self):
        made = step("delete", "kubernetes:core/v1:ConfigMap", "data")
        made["oldState"]["type"] = VOLUME
        assert (verdict(made).refused, verdict(made).kind) == (True, "volume")

    def test_two_updates_of_one_resource(self):
        """Each is looked at, whichever has more to say."""
        smaller, other = (update(VOLUME, "data", {"size": 60}, {"size": size}) for size in (40, 60))
        other["detailedDiff"] = {"labels": {}, "location": {}}
        found = judge(parse_preview(document(other, smaller), "x"), ())
        assert [one.refused for one in found] == [False, True]

    def test_a_protected_celery_server(self):
        assert verdict(step("delete", SERVER, "celery-servers-2-server", protect=True)).refused

    def test_an_update_that_would_replace_is_not_safe(self):
        """The engine calls that a replacement: a document that says both is not the engine's."""
        found = verdict(step("update", VOLUME, "server-data", paths=["location"], replacing=["location"]))
        assert found.refused
        assert "one of them is wrong" in found.why

    def test_whatever_is_protected(self):
        found = verdict(step("delete", "aws:s3/bucket:Bucket", "dumps", protect=True))
        assert (found.refused, found.kind) == (True, "protected resource")


class TestComesAndGoes:
    @pytest.mark.parametrize(
        ("kind", "name"),
        [
            (SERVER, "celery-servers-2-server"),
            ("hcloud:index/serverNetwork:ServerNetwork", "celery-servers-2-private"),
            ("tls:index/privateKey:PrivateKey", "access-celery-host-key"),
            ("kubernetes:core/v1:ConfigMap", "prometheus-config"),
            ("kubernetes:batch/v1:Job", "migrate-job"),
            ("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "django-autoscaler"),
        ],
    )
    def test_may_go(self, kind, name):
        assert not verdict(step("delete", kind, name)).refused
        assert not verdict(step("replace", kind, name)).refused


class TestDeployKey:
    KEY = "tls:index/privateKey:PrivateKey"

    @pytest.mark.parametrize("name", ["access-deploy-key", "access-deploy-key-2"])
    def test_the_one_of_before_may_go(self, name):
        assert not verdict(step("delete", self.KEY, name)).refused

    @pytest.mark.parametrize(("op", "protect"), [("delete", True), ("replace", False), ("replace", True)])
    def test_the_one_that_is_used_stays(self, op, protect):
        assert verdict(step(op, self.KEY, "access-deploy-key-2", protect=protect)).refused


def update(kind, name, before, after):
    made = step("update", kind, name, protect=True)
    made["oldState"]["inputs"] = before
    made["newState"] = {"type": kind, "inputs": after}
    return made


class TestSmaller:
    @pytest.mark.parametrize(
        ("kind", "key"),
        [
            (VOLUME, "size"),
            ("digitalocean:index/volume:Volume", "size"),
            ("vultr:index/blockStorage:BlockStorage", "sizeGb"),
        ],
    )
    def test_a_volume(self, kind, key):
        assert "would shrink from 60 to 40" in verdict(update(kind, "server-data", {key: 60}, {key: 40})).why
        assert not verdict(update(kind, "server-data", {key: 40}, {key: 60})).refused

    @pytest.mark.parametrize(("before", "after"), [("60", "40"), (60, "40"), ("60", 40)])
    def test_a_size_as_text_is_a_size(self, before, after):
        assert (
            "would shrink from 60 to 40"
            in verdict(update(VOLUME, "server-data", {"size": before}, {"size": after})).why
        )

    @pytest.mark.parametrize(("before", "after"), [(60, None), (60, "forty"), (60, True), ("nan", 40), (60, [40])])
    def test_a_size_that_is_none_may_be_smaller(self, before, after):
        assert "may be a smaller one" in verdict(update(VOLUME, "server-data", {"size": before}, {"size": after})).why

    @pytest.mark.parametrize(("before", "after"), [(40, 60), ("40", 60), (40, 40), ("x", "x")])
    def test_a_size_that_does_not_fall(self, before, after):
        assert not verdict(update(VOLUME, "server-data", {"size": before}, {"size": after})).refused

    def test_a_vultr_instance(self):
        kind = "vultr:index/instance:Instance"
        down = verdict(update(kind, "server-server", {"plan": "vc2-4c-8gb"}, {"plan": "vc2-2c-4gb"}))
        assert "would go down from vc2-4c-8gb to vc2-2c-4gb" in down.why
        assert not verdict(update(kind, "server-server", {"plan": "vc2-2c-4gb"}, {"plan": "vc2-4c-8gb"})).refused
        unknown = verdict(update(kind, "server-server", {"plan": "vc2-4c-8gb"}, {"plan": "vx9"}))
        assert "vx9 is not in the catalog" in unknown.why

    def test_other_clouds_go_both_ways(self):
        assert not verdict(update(SERVER, "server-server", {"serverType": "cx33"}, {"serverType": "cx23"})).refused


class TestExceptions:
    def exception(self, name="server-data", kind=VOLUME):
        urn = step("delete", kind, name)["urn"]
        return GuardException(urn=urn, reason="moved to another volume by hand")

    def test_lets_one_resource_pass(self):
        found = verdict(step("delete", VOLUME, "server-data", protect=True), allowed=[self.exception()])
        assert (found.refused, found.reason) == (False, "moved to another volume by hand")

    def test_and_no_other(self):
        assert verdict(step("delete", VOLUME, "server-data-2", protect=True), allowed=[self.exception()]).refused

    def test_is_for_one_update(self):
        """One that nothing needs would wave the next update through."""
        grows = update(VOLUME, "server-data", {"size": 40}, {"size": 60})
        again = judge(parse_preview(document(grows), "x"), [self.exception()])
        assert unused(again, [self.exception()]) == (self.exception(),)
        used = judge(parse_preview(document(step("delete", VOLUME, "server-data")), "x"), [self.exception()])
        assert unused(used, [self.exception()]) == ()
