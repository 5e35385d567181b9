"""Secrets of the right shape, without a passphrase."""

import pulumi
import pytest

from infra.render.mocks import Mocks, Place, run_under_mocks
from infra.render.stand_ins import config_values, hidden_names, stand_ins
from infra.stack_file.reader.parse import parse_stack_text

HIDDEN = {"secure": "v1:abc:def"}


def made(values, **keys):
    """What the program would get, as plain text."""
    text = "config:\n  stagecoach:name: shop\n  stagecoach:provider: hetzner\n  stagecoach:region: nbg1\n"
    text += "  stagecoach:stage: 1\n  stagecoach:image: shop:1\n  stagecoach:admin_cidrs: [10.0.0.0/8]\n"
    text += "".join(f"  stagecoach:{key}: {value}\n" for key, value in keys.items())
    config, found = parse_stack_text(text, "x"), {}

    def program():
        secrets = stand_ins(config, {f"stagecoach:{key}": value for key, value in values.items()})
        for key in ("env", "registry_password", "alerts_smtp_password", "alerts_webhooks", "alerts_heartbeat_url"):
            output = getattr(secrets, key)
            pulumi.export(key, pulumi.Output.unsecret(output) if output is not None else "none")

    run = run_under_mocks(program, Mocks(), Place())
    found.update(run.stack_outputs)
    return found


def test_none():
    """As the stack file: what is not there is not there."""
    none = dict.fromkeys(
        ["registry_password", "alerts_smtp_password", "alerts_webhooks", "alerts_heartbeat_url"], "none"
    )
    assert made({}) == {"env": {}, **none}


def test_names_are_kept():
    found = made({"env_secrets": {"MAIL_KEY": HIDDEN}, "registry_password": HIDDEN})
    assert (found["env"], found["registry_password"]) == ({"MAIL_KEY": "[secret]"}, "[secret]")


def test_a_receiver_whose_url_is_secret():
    """Its name stands in the config, encrypted as a whole or not."""
    receivers = "{receivers: {chat: {severities: [critical]}, mail: {email_to: a@b.example}}, smtp_host: 'h:25', "
    receivers += "email_from: a@b.example}"
    assert made({"alerts_webhooks": HIDDEN}, alerts=receivers)["alerts_webhooks"] == {"chat": "[secret]"}


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({}, []),
        ({"stagecoach:env_secrets": {"A": HIDDEN}}, []),
        ({"stagecoach:env_secrets": HIDDEN, "stagecoach:alerts_webhooks": HIDDEN}, ["env_secrets", "alerts_webhooks"]),
    ],
)
def test_names_that_nobody_sees(values, names):
    assert hidden_names(values) == names


def test_config_values(tmp_path):
    path = tmp_path / "Pulumi.x.yaml"
    path.write_text("encryptionsalt: v1:x\nconfig:\n  stagecoach:name: shop\n")
    assert config_values(path) == {"stagecoach:name": "shop"}
