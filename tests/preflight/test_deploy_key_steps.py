"""Steps of a rotation that are allowed, and those that are not."""

import pytest

from infra.errors import RefusedError
from infra.preflight.deploy_key_steps import keys_on_servers, require_next_step

KEY, COMMAND = "tls:index/privateKey:PrivateKey", "command:remote:Command"
PERSON = "ssh-ed25519 PERSON anna"


def name(number):
    return "access-deploy-key" if number == 1 else f"access-deploy-key-{number}"


def state(made, **written):
    """Keys that there are, and those that commands wrote, by a part of the command's name."""
    found = {
        f"urn::{name(one)}": {"type": KEY, "outputs": {"publicKeyOpenssh": f"ssh-ed25519 K{one}\n"}} for one in made
    }
    for which, keys in written.items():
        lines = "".join(f"ssh-ed25519 K{one}\n" for one in keys) + PERSON
        urn = f"urn::authorized-keys{which.replace('_', '-').removeprefix('server')}-file"
        found[urn] = {"type": COMMAND, "outputs": {"stdin": lines}}
    return found


def refusals(keys, resources):
    with pytest.raises(RefusedError) as caught:
        require_next_step(keys, resources)
    return [str(one) for one in caught.value.problems]


def test_what_is_on_servers():
    found = keys_on_servers(state([1, 2], server=[2, 1], _celery_1=[1]))
    assert found == {"authorized-keys-file": (2, 1), "authorized-keys-celery-1-file": (1,)}


@pytest.mark.parametrize(
    ("keys", "resources"),
    [
        ((1,), {}),
        ((3, 4), {}),
        ((1,), state([1], server=[1])),
        ((1, 2), state([1], server=[1])),
        ((2, 1), state([1, 2], server=[1, 2], _celery_1=[1, 2])),
        ((1, 2), state([1, 2], server=[2, 1], _celery_1=[1, 2])),  # killed in the second step, and back
        ((2,), state([1, 2], server=[2, 1])),
        ((2,), state([1, 2], server=[2], _celery_1=[2, 1])),  # killed in the third
        ((2, 1), state([1, 2], server=[2], _celery_1=[2, 1])),
        ((1,), state([1, 2], server=[1, 2])),  # given up
        ((1, 2), state([1])),  # killed before the first server had its file
        ((1,), {"urn::authorized-keys-file": {"type": COMMAND}, **state([1])}),  # saved half-made
    ],
)
def test_allowed(keys, resources):
    require_next_step(keys, resources)


@pytest.mark.parametrize(
    ("keys", "resources", "says", "first"),
    [
        ((2,), state([1], server=[1]), "key 2 may not log in yet", "[1, 2]"),
        ((2, 1), state([1], server=[1]), "key 2 may not log in yet", "[1, 2]"),
        ((2,), state([1, 2], server=[1, 2]), "key 1 is the one in use", "[2, 1]"),
        ((3, 1), state([1, 2], server=[1, 2]), "key 3 may not log in yet", "[1, 3]"),
        ((1,), state([2], server=[2]), "key 1 may not log in yet", "[2, 1]"),
        ((2,), state([1]), "key 2 does not exist yet", "[1, 2]"),
    ],
)
def test_refused(keys, resources, says, first):
    (problem,) = refusals(keys, resources)
    assert f"stagecoach:deploy_keys = {list(keys)}: {says}" in problem
    assert f"Write {first} and update" in problem


def test_each_server_that_lacks_it():
    """A Celery server that the first step did not reach."""
    (problem,) = refusals((2, 1), state([1, 2], server=[1, 2], _celery_1=[1, 2], _celery_2=[1]))
    assert "authorized-keys-celery-2-file wrote [1]" in problem


class TestWhatRunsWhenAServerGoes:
    """The second step was killed before it reached that command: with the third its key would open nothing."""

    @staticmethod
    def killed(key):
        found = state([1, 2], server=[2, 1], _celery_1=[2, 1])
        for number in (1, 2):
            found[f"urn::{name(number)}"]["outputs"]["privateKeyOpenssh"] = f"PRIVATE {number}\n"
        outputs = {"delete": "remove", "connection": {"privateKey": f"PRIVATE {key}\n"}}
        return found | {"urn::k3s-agents-1-node": {"type": COMMAND, "outputs": outputs}}

    def test_the_step_is_run_again_first(self):
        (problem,) = refusals((2,), self.killed(1))
        assert "k3s-agents-1-node would still log in with key 1 when its server goes" in problem
        assert "Write [2, 1] and update" in problem
        assert "PRIVATE" not in problem

    def test_the_step_itself(self):
        require_next_step((2, 1), self.killed(1))
        require_next_step((2,), self.killed(2))
        require_next_step((2,), self.killed("of another time"))
