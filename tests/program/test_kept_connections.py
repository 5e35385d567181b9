"""A rotation of the deploy key, update by update, from a stack of before, killed between any two commands."""

import copy
import itertools
import re

import pulumi
import pytest
from pulumi_command import remote

from infra.components.access import Access, AccessArgs
from infra.components.authorized_keys import AuthorizedKeys, AuthorizedKeysArgs
from infra.errors import StagecoachError
from infra.names import AUTHORIZED_KEYS_COMMAND
from infra.preflight.deploy_key_steps import require_next_step
from infra.program.kept_connections import _FIELDS, _INPUTS, keeping_connections, recorded_commands
from infra.program.quiet_commands import COMMAND
from infra.render.mocks import Mocks, Place, run_under_mocks
from tests.graphs import EVERYTHING, run

KEY = "tls:index/privateKey:PrivateKey"
SERVER, CELERY = "198.51.100.7", "10.20.1.11"
FILES, NODE = ["authorized-keys-celery-1-file", "authorized-keys-file"], "k3s-agents-1-node"
STEPS = ([1], [1, 2], [2, 1], [2])


class Keys(Mocks):
    """Every key is another one."""

    def new_resource(self, args):
        made, outputs = super().new_resource(args)
        if args.typ == KEY:
            outputs |= {"privateKeyOpenssh": f"PRIVATE {args.name}", "publicKeyOpenssh": f"ssh-ed25519 {args.name}\n"}
        return made, outputs


def stack(keys, state, script):
    """The program's commands over SSH, small: the server's, a Celery server's, and what runs when that one goes."""
    require_next_step(tuple(keys), state)
    pulumi.runtime.register_stack_transformation(keeping_connections(recorded_commands(state)))
    access = Access("access", AccessArgs(deployment="shop", celery_servers=True, deploy_keys=tuple(keys)))
    server, behind = access.connection(SERVER), access.connection_behind(SERVER, CELERY)
    for name, connection in (("authorized-keys", server), ("authorized-keys-celery-1", behind)):
        args = AuthorizedKeysArgs(
            connection=connection, server_id="1", deploy_keys=access.public_keys, people=("ssh-ed25519 ANNA",)
        )
        AuthorizedKeys(name, args)
    remote.Command("traefik-config", connection=server, create=script, update=script, stdin="values", logging="none")
    remote.Command("k3s-agents-1-install", connection=behind, create=script, update=script, triggers=["1"])
    remote.Command(NODE, connection=server, create="joined", update="joined", delete="remove")


def private(number):
    return f"PRIVATE access-deploy-key{'' if number == 1 else f'-{number}'}"


def public(number):
    return private(number).replace("PRIVATE", "ssh-ed25519")


class Machines:
    """The stack's state, and what `authorized_keys` has on each of its servers."""

    def __init__(self):
        self.state = {}
        self.keys = {}
        self.ran = []
        self.script = "install"
        self.up([1])

    def program(self, keys):
        def refusing():
            try:
                stack(keys, self.state, self.script)
            except StagecoachError as error:
                raise pulumi.RunError(str(error)) from None

        return run_under_mocks(refusing, Keys(), Place())

    def up(self, keys, most=None, *, half=False):
        """One update; `most` commands run, then it is killed, `half`: while the next one runs, which is not saved.

        Returns how many there were to run.
        """
        made = self.program(keys)
        self._save_keys(made, gone=False)
        self.ran = []
        for name in made.of_type(COMMAND):
            inputs = made.inputs(name)
            if self._recorded(name) == inputs:
                continue
            if most is not None and len(self.ran) == most:
                if half:
                    self._run(name, inputs, saved=False)
                return None
            self._run(name, inputs)
        self._save_keys(made, gone=True)
        return len(self.ran)

    def log_in(self, connection):
        """As sshd and the two of pulumi-command's dials."""
        for one in filter(None, (connection.get("proxy"), connection)):
            key = one["privateKey"].replace("PRIVATE", "ssh-ed25519")
            assert key in self.keys.get(one["host"], [key]), f"{one['host']} has {self.keys[one['host']]}, not {key}"

    def log_in_with_what_is_recorded(self):
        """As the engine does where a resource goes: by the state's own connection."""
        for one in recorded_commands(self.state).values():
            if one.get("delete"):
                self.log_in(one["connection"])

    def _run(self, name, inputs, *, saved=True):
        self.log_in(inputs["connection"])
        if re.fullmatch(AUTHORIZED_KEYS_COMMAND, name):
            self.keys[inputs["connection"]["host"]] = inputs["stdin"].splitlines()
        self.ran.append(name)
        if saved:
            self.state |= {f"urn:pulumi:s::p::{COMMAND}::{name}": {"type": COMMAND, "outputs": inputs}}

    def _recorded(self, name):
        return self.state.get(f"urn:pulumi:s::p::{COMMAND}::{name}", {}).get("outputs")

    def _save_keys(self, made, *, gone):
        named = {f"urn:pulumi:s::p::{KEY}::{name}": name for name in made.of_type(KEY)}
        if gone:
            self.state = {urn: one for urn, one in self.state.items() if one["type"] != KEY or urn in named}
        outputs = {urn: {"publicKeyOpenssh": f"ssh-ed25519 {name}\n"} for urn, name in named.items()}
        self.state |= {urn: {"type": KEY, "outputs": one} for urn, one in outputs.items()}


def recorded(world, name):
    return world.state[f"urn:pulumi:s::p::{COMMAND}::{name}"]["outputs"]["connection"]


class TestRotation:
    def test_before_it_nothing_runs(self):
        assert Machines().up([1]) == 0

    def test_each_step_runs_what_it_must_and_nothing_else(self):
        """The file of keys; with another key also what the engine runs when a Celery server goes."""
        world = Machines()
        for keys in STEPS[1:]:
            world.up(keys)
            assert sorted(world.ran) == sorted([*FILES, *([NODE] if keys == [2, 1] else [])])
            world.log_in_with_what_is_recorded()
            assert world.up(keys) == 0
        assert [keys[:-1] for keys in world.keys.values()] == [[public(2)], [public(2)]]

    def test_killed_between_any_two_commands(self):
        """The same update goes on, or the one before is gone back to first; every server can be logged in to."""
        world = Machines()
        for before, keys in itertools.pairwise(STEPS):
            count = copy.deepcopy(world).up(keys)
            assert count > 1
            for most, half, back in itertools.product(range(count), (False, True), (False, True)):
                killed = copy.deepcopy(world)
                assert killed.up(keys, most, half=half) is None
                if back:
                    killed.up(before)
                    killed.log_in_with_what_is_recorded()
                killed.up(keys)
                killed.log_in_with_what_is_recorded()
            world.up(keys)

    def test_the_other_way_round(self):
        """The first number comes back as another key."""
        world = Machines()
        for keys in (*STEPS[1:], [2, 1], [1, 2], [1]):
            world.up(keys)
        assert [keys[:-1] for keys in world.keys.values()] == [[public(1)], [public(1)]]


class TestCommand:
    @pytest.fixture
    def world(self):
        made = Machines()
        for keys in STEPS[1:]:
            made.up(keys)
        return made

    def test_one_that_does_not_run_keeps_its_connection(self, world):
        assert recorded(world, "traefik-config")["privateKey"] == private(1)
        behind = recorded(world, "k3s-agents-1-install")
        assert (behind["privateKey"], behind["proxy"]["privateKey"]) == (private(1), private(1))

    def test_one_that_changes_takes_the_new_key(self, world):
        world.script = "install another"
        world.up([2])
        assert sorted(world.ran) == ["k3s-agents-1-install", "traefik-config"]
        behind = recorded(world, "k3s-agents-1-install")
        assert (behind["privateKey"], behind["proxy"]["privateKey"]) == (private(2), private(2))
        assert recorded(world, "traefik-config")["privateKey"] == private(2)

    @pytest.mark.parametrize("way", ["host", "hostKey", "proxy"])
    def test_another_way_is_a_change(self, world, way):
        """An address that the provider changed: the recorded key opens nothing there."""
        recorded(world, "k3s-agents-1-install")[way] = {"host": "192.0.2.1"} if way == "proxy" else "another"
        world.up([2])
        assert world.ran == ["k3s-agents-1-install"]

    def test_one_that_was_saved_half_made_is_left_alone(self):
        assert recorded_commands({"urn::a": {"type": COMMAND}, "urn::b": {"type": KEY, "outputs": {}}}) == {}


def test_a_step_too_far_is_refused():
    with pytest.raises(pulumi.RunError, match="the deploy key changes one step at a time; nothing was changed"):
        Machines().up([2])


class TestProgram:
    """The whole program."""

    def test_commands_have_no_other_inputs(self):
        """Of each of these the transformation asks whether it changed."""
        made = run(5, **EVERYTHING)
        found = {key for name in made.of_type(COMMAND) for key in made.inputs(name)}
        assert found - {"connection", "addPreviousOutputInEnv", "delete"} <= set(_INPUTS)
        ways = [made.inputs(name)["connection"] for name in made.of_type(COMMAND)]
        fields = {key for one in ways for key in (*one, *one.get("proxy", {}))}
        assert fields == {*_FIELDS.values(), "privateKey", "proxy"}
