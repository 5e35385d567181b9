"""The rules that all emulated clouds share, for every kind of each."""

from dataclasses import replace

import pytest

from lab.clouds.digitalocean import DigitalOceanCloud
from lab.clouds.hetzner import HetznerCloud
from lab.clouds.vultr import VultrCloud
from lab.plugins.faults import Fault, Faults, InjectedError
from lab.plugins.journal import Journal
from lab.plugins.package import CheckFailedError, InitFailedError, PluginError
from lab.plugins.packages.digitalocean import DigitalOceanPackage
from lab.plugins.packages.hetzner import HetznerPackage
from lab.plugins.packages.vultr import VultrPackage
from lab.plugins.servicer import Servicer
from lab.plugins.values import UNKNOWN, to_plain, to_struct
from tests.lab.recorded import SAMPLES, Machines, build, call, filled

PACKAGES = {
    "hcloud": (HetznerPackage, HetznerCloud),
    "digitalocean": (DigitalOceanPackage, DigitalOceanCloud),
    "vultr": (VultrPackage, VultrCloud),
}
KINDS = [(package, kind) for package, kinds in SAMPLES.items() for kind in kinds]


def made(package, folder):
    """A package over an empty cloud."""
    kind, cloud = PACKAGES[package]
    return kind(cloud(folder, Machines()))


@pytest.fixture(params=PACKAGES)
def package(request, tmp_path):
    return made(request.param, tmp_path)


class TestEveryKind:
    def test_has_a_sample_here(self, package):
        tokens = {call(package.name, kind).type for kind in SAMPLES[package.name]}
        assert tokens == set(package.facts)
        assert set(package.cloud.kinds) == set(SAMPLES[package.name])

    def test_is_made_and_read_as_it_was_asked_for(self, package):
        """An update right after finds nothing to do."""
        ids, inputs = build(package)
        for kind, asked in inputs.items():
            found, _, read = package.read(call(package.name, kind, id=ids[kind], old_inputs=asked))
            assert (found, read) == (ids[kind], asked)

    def test_is_deleted_in_the_reverse_order(self, package):
        """As the engine does it, and again: what is gone is no error."""
        ids, inputs = build(package)
        for kind in reversed(inputs):
            package.delete(call(package.name, kind, id=ids[kind], olds=inputs[kind]))
            package.delete(call(package.name, kind, id=ids[kind], olds=inputs[kind]))
        assert {kind: package.cloud.store.all(kind) for kind in ids} == {kind: {} for kind in ids}

    def test_survives_the_process(self, package, tmp_path):
        ids, inputs = build(package)
        again = made(package.name, tmp_path)
        for kind, asked in inputs.items():
            assert again.read(call(package.name, kind, id=ids[kind], old_inputs=asked))[2] == asked

    def test_does_not_come_to_be_in_a_preview(self, package):
        """What is given is known, what is computed is not."""
        for kind, sample in SAMPLES[package.name].items():
            _, outputs = package.create(call(package.name, kind, sample, preview=True))
            assert {key: outputs[key] for key in sample} == sample
            computed = set(package.cloud.kind(kind).computed) - set(sample)
            assert {outputs[key] for key in computed} <= {UNKNOWN}
            assert package.cloud.store.all(kind) == {}

    def test_lists_all_wrong_inputs(self, package):
        for kind in SAMPLES[package.name]:
            asked = call(package.name, kind, {"nonsense": 1})
            with pytest.raises(CheckFailedError) as caught:
                package.check(asked)
            paths = {path for path, _ in caught.value.failures}
            assert paths >= {"nonsense", *package.facts[asked.type].required}


class TestNames:
    def test_a_missing_one_is_made_and_stays(self, package):
        """As the bridge names objects: the resource's name and seven digits of the engine's seed."""
        if package.name == "vultr":
            kind, asked = "sSHKey", {"sshKey": "ssh-ed25519 AAAA"}
        else:
            kind, asked = "sshKey", {"publicKey": "ssh-ed25519 AAAA"}
        checked = package.check(call(package.name, kind, asked, seed=bytes(range(8))))
        assert checked["name"] == f"{kind}-0001020"
        again = package.check(call(package.name, kind, asked, seed=b"other", old_inputs=checked))
        assert again["name"] == checked["name"]


class TestUpdates:
    def test_an_input_that_is_no_longer_given_is_gone(self, package):
        kind, key, value = {
            "hcloud": ("volume", "labels", {"tier": "1"}),
            "digitalocean": ("volume", "tags", ["tier-1"]),
            "vultr": ("reservedIp", "label", "tier-1"),
        }[package.name]
        ids, inputs = build(package, until=kind)
        without = {one: asked for one, asked in inputs[kind].items() if one != key}
        given = {**without, key: value}
        assert package.update(call(package.name, kind, given, id=ids[kind], old_inputs=without))[key] == value
        assert key not in package.update(call(package.name, kind, without, id=ids[kind], old_inputs=given))

    def test_what_is_gone_cannot_be_changed(self, package):
        for kind, sample in SAMPLES[package.name].items():
            with pytest.raises(PluginError, match=r"404|not_found|invalid .* ID"):
                package.update(call(package.name, kind, sample, id="4711"))

    def test_previews_keep_what_is_computed(self, package):
        kind = "volume" if package.name != "vultr" else "blockStorage"
        ids, inputs = build(package, until=kind)
        olds = package.read(call(package.name, kind, id=ids[kind], old_inputs=inputs[kind]))[1]
        outputs = package.update(call(package.name, kind, inputs[kind], id=ids[kind], olds=olds, preview=True))
        key = {"hcloud": "linuxDevice", "digitalocean": "volumeUrn", "vultr": "mountId"}[package.name]
        assert outputs[key] == olds[key]


class Context:
    """A gRPC context that raises what it is told to abort with."""

    def abort(self, _code, message):
        raise ConnectionAbortedError(message)


class Request:
    """A request of the engine, as far as the servicer reads it."""

    def __init__(self, asked):
        self.urn, self.type, self.name = asked.urn, asked.type, asked.name
        self.properties = to_struct(asked.inputs)
        self.timeout, self.preview = 0, False


@pytest.mark.parametrize(("name", "kind"), KINDS)
class TestFaults:
    def test_strike_before_anything_is_made_and_once(self, name, kind, tmp_path):
        """The next try succeeds."""
        package, faults = made(name, tmp_path), Faults()
        servicer = Servicer(package, Journal(), faults)
        kinds = list(SAMPLES[name])
        before = kinds[: kinds.index(kind)]
        ids = build(package, until=before[-1])[0] if before else {}
        request = Request(call(name, kind, filled(SAMPLES[name][kind], ids)))
        faults.add(Fault(operation="create", match=request.type))
        with pytest.raises(ConnectionAbortedError, match="the API answered 503"):
            servicer.Create(request, Context())
        assert package.cloud.store.all(kind) == {}
        assert servicer.Create(request, Context()).id in package.cloud.store.all(kind)

    def test_strike_after_it_was_made(self, name, kind, tmp_path):
        """The answer is lost, the object is there."""
        package, faults = made(name, tmp_path), Faults()
        kinds = list(SAMPLES[name])
        before = kinds[: kinds.index(kind)]
        ids = build(package, until=before[-1])[0] if before else {}
        request = Request(call(name, kind, filled(SAMPLES[name][kind], ids)))
        faults.add(Fault(operation="create", match=request.type, after=True))
        with pytest.raises(ConnectionAbortedError):
            Servicer(package, Journal(), faults).Create(request, Context())
        assert len(package.cloud.store.all(kind)) == 1


class TestLookUpFaults:
    def test_strike_a_data_source(self, tmp_path):
        """By its token, once."""

        class Ask:
            tok, args = "hcloud:index/getServers:getServers", to_struct({})

        faults = Faults()
        servicer = Servicer(made("hcloud", tmp_path), Journal(), faults)
        faults.add(Fault(operation="invoke", match="getServers"))
        with pytest.raises(ConnectionAbortedError, match="the API answered 503"):
            servicer.Invoke(Ask(), Context())
        answer = servicer.Invoke(Ask(), Context())
        assert to_plain(getattr(answer, "return"))[0] == {"servers": [], "id": "all"}


SIZED = {  # kind, input and another value of it, for a resize
    "hcloud": ("server", "serverType", "cx33"),
    "digitalocean": ("droplet", "size", "s-4vcpu-8gb"),
    "vultr": ("instance", "plan", "vc2-4c-8gb"),
}


class TestFailedUpdates:
    """As pulumi-terraform-bridge saves them: pkg/tfbridge/provider.go, Update."""

    @pytest.fixture
    def resize(self, package):
        """A call that makes a server larger, as the engine makes it."""
        kind, key, larger = SIZED[package.name]
        ids, inputs = build(package, until=kind)
        asked = inputs[kind]
        _, olds, _ = package.read(call(package.name, kind, id=ids[kind], old_inputs=asked))
        return call(package.name, kind, {**asked, key: larger}, id=ids[kind], old_inputs=asked, olds=olds)

    def test_what_is_saved(self, package, resize):
        """The planned size; hcloud's own resources say `d.Partial(true)` and keep the old one."""
        _, key, larger = SIZED[package.name]
        failed = package.failed("update", resize, InjectedError("503"))
        assert isinstance(failed, InitFailedError)
        saved = resize.olds[key] if package.name == "hcloud" else larger
        assert (failed.resource_id, failed.outputs[key]) == (resize.id, saved)
        assert failed.reasons[0].startswith(f"updating {resize.urn}: 1 error occurred:")

    def test_the_next_update_sees_the_saved_values(self, package, resize):
        """A saved plan is no difference: the cloud is not even asked, and the server stays as it is."""
        kind, key, larger = SIZED[package.name]
        saved = package.failed("update", resize, InjectedError("503")).outputs
        package.update(replace(resize, olds=saved, old_inputs=resize.inputs))
        live = package.cloud.read(kind, resize.id)[key]
        assert live == (larger if package.name == "hcloud" else resize.olds[key])

    def test_a_refresh_brings_the_truth_back(self, package, resize):
        _, key, _ = SIZED[package.name]
        saved = package.failed("update", resize, InjectedError("503")).outputs
        _, read, inputs = package.read(replace(resize, olds=saved, old_inputs=resize.inputs))
        assert read[key] == inputs[key] == resize.olds[key]
        assert key in {
            path.split("[")[0] for path in package.diff(replace(resize, olds=read, old_inputs=inputs)).changes
        }

    def test_digitalocean_reads_the_droplet_while_it_powers_off(self, tmp_path):
        """A resize that the API refuses comes after that: the true size is saved."""
        package = made("digitalocean", tmp_path)
        ids, inputs = build(package, until="droplet")
        _, olds, _ = package.read(call("digitalocean", "droplet", id=ids["droplet"], old_inputs=inputs["droplet"]))
        asked = {**inputs["droplet"], "size": "s-99vcpu"}
        refused = call("digitalocean", "droplet", asked, id=ids["droplet"], old_inputs=inputs["droplet"], olds=olds)
        with pytest.raises(PluginError) as error:
            package.update(refused)
        assert package.failed("update", refused, error.value).outputs["size"] == olds["size"]

    def test_a_creation_or_a_deletion_leaves_nothing_half(self, package, resize):
        error = InjectedError("503")
        assert package.failed("create", resize, error) is error
        assert package.failed("delete", resize, error) is error
