"""What is wrong inside encrypted values."""

import json

import pytest

from infra.stack_file.reader.secret_values import object_of, value_problems

WORD = "hunter2"


def said(**secrets):
    texts = {f"stagecoach:{key}": one if isinstance(one, str) else json.dumps(one) for key, one in secrets.items()}
    return list(value_problems(texts, "stagecoach"))


@pytest.mark.parametrize(
    "secrets",
    [
        {},
        {"env_secrets": {"A": "x", "EMPTY": ""}},
        {"alerts_webhooks": {"chat": "https://chat.example/x"}},
        {"alerts_heartbeat_url": "https://user:word@heartbeat.example/x"},
        {"registry_password": "{", "alerts_smtp_password": "any thing"},
    ],
)
def test_as_it_should_be(secrets):
    assert said(**secrets) == []


@pytest.mark.parametrize(
    ("secrets", "path", "words"),
    [
        ({"env_secrets": WORD}, "env_secrets", "is no JSON object"),
        ({"env_secrets": [WORD]}, "env_secrets", "is no JSON object"),
        ({"env_secrets": {"A": {WORD: WORD}}}, "env_secrets.A", "is no text"),
        ({"env_secrets": {"PORT": 587}}, "env_secrets.PORT", "write it in quotes"),
        ({"env_secrets": {"A": f"{WORD}\0"}}, "env_secrets.A", "NUL"),
        ({"env_secrets": {"A": WORD * 20_000}}, "env_secrets.A", "Linux starts no program"),
        ({"alerts_webhooks": f"https://chat.example/{WORD}"}, "alerts_webhooks", "is no JSON object"),
        ({"alerts_webhooks": {"chat": f"https://{WORD} x"}}, "alerts_webhooks.chat", "can be called"),
        ({"alerts_webhooks": {"chat": None}}, "alerts_webhooks.chat", "is no URL"),
        ({"alerts_heartbeat_url": ""}, "alerts_heartbeat_url", "can be called"),
        ({"alerts_heartbeat_url": "https://"}, "alerts_heartbeat_url", "can be called"),
        ({"alerts_heartbeat_url": f"https://a.example/{WORD}%"}, "alerts_heartbeat_url", "begins no escape"),
    ],
)
def test_by_name_and_never_shown(secrets, path, words):
    (problem,) = said(**secrets)
    assert problem.path == f"stagecoach:{path}"
    assert words in problem.allowed
    assert f"--secret {'--path ' if '.' in path or 'object' in words else ''}" in problem.hint
    assert WORD not in str(problem)


def test_together_with_the_plain_variables():
    """Both are one Secret."""
    secrets = {"stagecoach:env_secrets": json.dumps({f"S{number}": "x" * 100_000 for number in range(5)})}
    plain = {f"P{number}": "x" * 100_000 for number in range(6)}
    assert not list(value_problems(secrets, "stagecoach", json.dumps({"P0": "x"})))
    (problem,) = value_problems(secrets, "stagecoach", json.dumps(plain))
    assert problem.path == "stagecoach:env_secrets"
    assert "with `env` takes 1,100,000 bytes" in problem.allowed


def test_every_problem_at_once():
    found = said(env_secrets={"A": 1, "B": 2}, alerts_webhooks={"chat": "x"}, alerts_heartbeat_url="y")
    assert len(found) == 4


@pytest.mark.parametrize("text", ["", "[", "[1]", "5", "[" * 100_000])
def test_no_object(text):
    assert object_of(text) is None
