"""What `up` says of a stack file, beside what `plan` says of it."""

import json
import re

import pytest

from infra.errors import ConfigError
from infra.stack_file.reader.engine_config import parse_engine_config
from infra.stack_file.reader.parse import parse_stack_file

GOOD = {
    "stagecoach:name": "shop",
    "stagecoach:provider": "hetzner",
    "stagecoach:region": "nbg1",
    "stagecoach:image": "registry.example/shop:1",
    "stagecoach:admin_cidrs": '["203.0.113.0/24"]',
    "stagecoach:stage": "2",
}
PLAIN = "".join(f"  {key}: {value}\n" for key, value in GOOD.items())


@pytest.fixture
def path(tmp_path):
    return tmp_path / "Pulumi.x.yaml"


def refusal(texts, path, secret=()):
    with pytest.raises(ConfigError) as caught:
        parse_engine_config(texts, path, secret)
    return str(caught.value)


def test_without_a_file_the_engines_texts_are_all(path):
    assert parse_engine_config(GOOD, path).stage == 2


def test_the_engines_values_count(path):
    """`--config-file` may name another file than the one that lies there."""
    path.write_text(f"config:\n{PLAIN}")
    assert parse_engine_config(GOOD | {"stagecoach:stage": "3"}, path).stage == 3


def test_what_the_engine_has_changed_is_refused(path):
    path.write_text(f"config:\n{PLAIN}  stagecoach:volume_size_gib: 0100\n")
    message = refusal(GOOD | {"stagecoach:volume_size_gib": "64"}, path)
    assert "volume_size_gib = 0100: begins with a 0, which some programs read as octal (line 8)" in message
    assert message.count("volume_size_gib") == 1


def test_a_plain_value_among_secrets(path):
    """The engine hands over all of them decrypted."""
    path.write_text(f"config:\n{PLAIN}  stagecoach:env_secrets: {{A: {{secure: v1:x}}, B: hunter2}}\n")
    message = refusal(GOOD | {"stagecoach:env_secrets": '{"A": "decrypted", "B": "hunter2"}'}, path)
    assert "stagecoach:env_secrets.B = plain text: an encrypted value" in message
    assert "hunter2" not in message
    assert "decrypted" not in message


def test_a_secret_where_text_belongs_is_not_shown(path):
    """With the file and without it."""
    texts = GOOD | {"stagecoach:stage": "decrypted"}
    without = refusal(texts, path, ["stagecoach:stage"])
    path.write_text("config:\n" + PLAIN.replace("stagecoach:stage: 2", "stagecoach:stage: {secure: v1:x}"))
    for message in (without, refusal(texts, path)):
        assert "stagecoach:stage = an encrypted value: plain text" in message
        assert "decrypted" not in message


def test_names_that_are_encrypted_with_their_values(path):
    texts = GOOD | {"stagecoach:env_secrets": json.dumps({"DATABASE_URL": "decrypted"})}
    message = refusal(texts, path, ["stagecoach:env_secrets"])
    assert "stagecoach:env_secrets.DATABASE_URL: the stack gives the app DATABASE_URL itself" in message
    assert "decrypted" not in message


@pytest.mark.parametrize(
    ("aliases", "problem"),
    [
        ({"REDIS_URL": "CACHE_URL", "DB_PASSWORD": "DATABASE_URL.password"}, ""),
        ({"REDIS_URL": "redis://:hunter2@b/0"}, "stagecoach:app.aliases.REDIS_URL: names no variable of the stack"),
        ({"REDIS_URL": 5}, "stagecoach:app.aliases.REDIS_URL = 5"),
        (["REDIS_URL"], "stagecoach:app.aliases = "),
    ],
)
def test_aliases_are_read_alike(aliases, problem, path):
    """From the file, and from the engine's text of it."""
    path.write_text(f"config:\n{PLAIN}  stagecoach:app: {json.dumps({'aliases': aliases})}\n")
    texts = GOOD | {"stagecoach:app": json.dumps({"aliases": aliases})}
    if not problem:
        assert parse_engine_config(texts, path).app.aliases == parse_stack_file(path).app.aliases == aliases
        return
    with pytest.raises(ConfigError, match=re.escape(problem)) as caught:
        parse_stack_file(path)
    assert problem in refusal(texts, path)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("key", "text", "path_of"),
    [
        ("registry_password", "hunter2", "registry_password"),
        ("alerts_smtp_password", "hunter2", "alerts_smtp_password"),
        ("alerts_heartbeat_url", "https://a.example/hunter2", "alerts_heartbeat_url"),
        ("alerts_webhooks", '{"chat": "https://a.example/hunter2"}', "alerts_webhooks.chat"),
        ("env_secrets", '{"API_KEY": "hunter2"}', "env_secrets.API_KEY"),
    ],
)
def test_a_secret_that_the_engine_has_in_plain_text(path, key, text, path_of):
    """From a file that `--config-file` names: the one that lies there says nothing of it."""
    texts = GOOD | {f"stagecoach:{key}": text}
    without = refusal(texts, path)
    path.write_text(f"config:\n{PLAIN}")
    for message in (without, refusal(texts, path)):
        assert f"stagecoach:{path_of} = plain text: an encrypted value" in message
        assert "hunter2" not in message
    assert parse_engine_config(texts, path, [f"stagecoach:{key}"]).stage == 2


def test_receivers_that_are_encrypted_with_their_urls(path):
    """Their names would be in Alertmanager's config twice, and it would not start."""
    text = json.dumps({"nobody": "https://a.example/hunter2", "heartbeat": "https://", "Chat": "hunter2"})
    message = refusal(GOOD | {"stagecoach:alerts_webhooks": text}, path, ["stagecoach:alerts_webhooks"])
    assert "stagecoach:alerts_webhooks.nobody: the name is taken" in message
    assert "stagecoach:alerts_webhooks.heartbeat: the name is taken" in message
    assert "stagecoach:alerts_webhooks.heartbeat: is no URL that can be called" in message
    assert "stagecoach:alerts_webhooks.Chat: a name has small letters" in message
    assert "hunter2" not in message


def test_a_secret_of_another_shape_is_refused_and_not_shown(path):
    """The SDK's own error has the value."""
    message = refusal(GOOD | {"stagecoach:env_secrets": "hunter2"}, path, ["stagecoach:env_secrets"])
    assert "stagecoach:env_secrets: is no JSON object" in message
    assert "hunter2" not in message


def test_a_variable_in_both(path):
    texts = GOOD | {"stagecoach:env": '{"A": "x"}', "stagecoach:env_secrets": '{"A": "hunter2"}'}
    message = refusal(texts, path, ["stagecoach:env_secrets"])
    assert "stagecoach:env_secrets.A: stands in `env` as well" in message
