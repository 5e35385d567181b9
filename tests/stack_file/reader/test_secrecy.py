"""What is encrypted, and what has to be."""

import pytest

from infra.stack_file.app_contract import RESERVED
from infra.stack_file.reader.secrecy import NAMED_SECRETS, SECRET_KEYS, has_secret, is_secret, names_in, secret_problems

ENCRYPTED = {"secure": "v1:abc"}


def said(**own):
    return [(one.path, one.value, one.allowed.partition(":")[0]) for one in secret_problems(own, "stagecoach")]


@pytest.mark.parametrize("value", ["text", {"secure": 5}, {"secure": "a", "b": "c"}, {}, ["a"], None])
def test_no_secret(value):
    assert not is_secret(value)


def test_anywhere_inside():
    assert has_secret([{"a": ENCRYPTED}])
    assert not has_secret([{"a": "b"}])


@pytest.mark.parametrize(
    "own",
    [
        {"env_secrets": ENCRYPTED},
        {"env_secrets": {"API_KEY": ENCRYPTED, "OTHER": ENCRYPTED}, "env": {"DEBUG": "no"}},
        {"registry_password": ENCRYPTED},
        {"registry_password": None, "env_secrets": None},
        {"alerts_webhooks": {"chat": ENCRYPTED}, "alerts_heartbeat_url": ENCRYPTED, "alerts": {"heartbeat_url": ""}},
    ],
)
def test_as_it_should_be(own):
    assert said(**own) == []


@pytest.mark.parametrize(
    ("own", "problems"),
    [
        ({"registry_password": "hunter2"}, [("stagecoach:registry_password", "plain text", "an encrypted value")]),
        ({"env_secrets": "hunter2"}, [("stagecoach:env_secrets", "plain text", "an encrypted value")]),
        ({"budget": ENCRYPTED}, [("stagecoach:budget", "an encrypted value", "plain text")]),
        ({"env": {"A": ENCRYPTED}}, [("stagecoach:env", "an encrypted value", "plain text")]),
        (
            {"env_secrets": {"API_KEY": ENCRYPTED, "PASSWORD": "hunter2"}},
            [("stagecoach:env_secrets.PASSWORD", "plain text", "an encrypted value")],
        ),
        (
            {"env_secrets": {"DATABASE_URL": ENCRYPTED}},
            [
                (
                    "stagecoach:env_secrets.DATABASE_URL",
                    "",
                    "the stack gives the app DATABASE_URL itself; choose another name",
                )
            ],
        ),
        (
            {"env_secrets": {"A": ENCRYPTED}, "env": {"A": "x"}},
            [("stagecoach:env_secrets.A", "", "stands in `env` as well")],
        ),
        (
            {"env_secrets": {"A": ENCRYPTED}, "app": {"aliases": {"A": "CACHE_URL"}}},
            [("stagecoach:env_secrets.A", "", "stands in `app.aliases` as well")],
        ),
    ],
)
def test_problems(own, problems):
    assert said(**own) == problems


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_every_name_that_the_stack_sets_itself(name):
    """Its value would be dropped without a word."""
    assert said(env_secrets={name: ENCRYPTED})[0][0] == f"stagecoach:env_secrets.{name}"


@pytest.mark.parametrize("key", sorted(SECRET_KEYS))
def test_every_secret_in_plain_text(key):
    """As a whole, and one beside others where there are several."""
    hint = f"pulumi config set --secret stagecoach:{key}"
    assert [hint in one.hint for one in secret_problems({key: "hunter2"}, "stagecoach")] == [True]
    if key in NAMED_SECRETS:
        (problem,) = secret_problems({key: {"a": ENCRYPTED, "b": "hunter2"}}, "stagecoach")
        assert (problem.path, problem.value) == (f"stagecoach:{key}.b", "plain text")
        assert f"--path 'stagecoach:{key}.b'" in problem.hint
    else:
        assert [path for path, _, _ in said(**{key: {"a": ENCRYPTED}})] == [f"stagecoach:{key}"]


@pytest.mark.parametrize(
    ("own", "problems"),
    [
        ({"alerts_webhooks": {"nobody": ENCRYPTED}}, ["alerts_webhooks.nobody"]),
        ({"alerts_webhooks": {"heartbeat": ENCRYPTED, "Chat": "x"}}, ["Chat", "heartbeat", "Chat"]),
        (
            {"alerts_heartbeat_url": ENCRYPTED, "alerts": {"heartbeat_url": "https://a.example"}},
            ["alerts.heartbeat_url"],
        ),
        # One of two URLs would be ignored.
        ({"alerts_webhooks": {"team": ENCRYPTED}, "alerts": {"webhook_url": "https://a.example"}}, ["webhooks.team"]),
        (
            {
                "alerts_webhooks": {"ops": ENCRYPTED},
                "alerts": {"receivers": {"ops": {"webhook_url": "https://a.example"}}},
            },
            ["webhooks.ops"],
        ),
        ({"alerts_webhooks": {"team": ENCRYPTED}, "alerts": {"email_to": "ops@example.com"}}, []),
        ({"alerts_webhooks": {"ops": ENCRYPTED}, "alerts": {"receivers": {"ops": {"severities": ["info"]}}}}, []),
        ({"alerts_webhooks": {"ops": ENCRYPTED}, "alerts": {"receivers": ["ops"]}}, []),
        ({"alerts_webhooks": {f"r{number}": ENCRYPTED for number in range(51)}}, ["alerts_webhooks"]),
    ],
)
def test_of_alerts(own, problems):
    found = [path for path, _, _ in said(**own)]
    assert [path.endswith(end) for path, end in zip(found, problems, strict=True)] == [True] * len(problems)


def test_names():
    assert names_in(ENCRYPTED) is None
    assert names_in(None) is None
    assert names_in({"chat": ENCRYPTED}) == ["chat"]


def test_a_name_that_is_none_and_a_plain_value_are_two_problems():
    assert [path for path, _, _ in said(env_secrets={"MY VAR": "hunter2"})] == ["stagecoach:env_secrets.MY VAR"] * 2


def test_no_message_has_the_value():
    own = {"registry_password": "hunter2", "env_secrets": {"A": "hunter2", "B": ENCRYPTED}, "budget": ENCRYPTED}
    assert not any(word in str(one) for one in secret_problems(own, "stagecoach") for word in ("hunter2", "v1:abc"))
