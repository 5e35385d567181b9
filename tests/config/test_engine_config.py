"""What `up` says of a stack file, beside what `plan` says of it."""

import json

import pytest

from infra.config.engine_config import parse_engine_config
from infra.errors import ConfigError

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
    assert "volume_size_gib = 0100: begins with a 0, with which some programs count in eights (line 8)" in message
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
