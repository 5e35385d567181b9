"""Every key of a rendered config.yaml is a flag that k3s has."""

from pathlib import Path

import pytest
import yaml

from tests.graphs import BUILT, run


def flags(kind):
    """Names from one of the lists beside this file; an unknown key ends k3s at its start."""
    lines = Path(__file__).with_name(f"k3s-{kind}-flags.txt").read_text().splitlines()
    return {line for line in lines if not line.startswith("#")}


def configs(stage, provider):
    """config.yaml of each server, as it comes by standard input."""
    made = run(stage, provider)
    texts = {name: made.inputs(name).get("stdin", "") for name in made.of_type("command:remote:Command")}
    return {name: yaml.safe_load(text) for name, text in texts.items() if "kubelet-arg:" in text}


@pytest.mark.parametrize(("stage", "provider"), BUILT)
def test_every_key_is_known(stage, provider):
    """A Celery server's config names the server to join, and knows no flag of a server."""
    found, agent = configs(stage, provider), flags("agent")
    assert "k3s-install" in found
    for name, config in found.items():
        assert config.keys() <= (agent if "server" in config else agent | flags("server")), name


@pytest.mark.parametrize(("stage", "provider"), BUILT)
def test_kubelet_arguments_are_pairs(stage, provider):
    """Without their dashes, and each given once: the kubelet takes the last one without a word."""
    for config in configs(stage, provider).values():
        names = [one.split("=", 1)[0] for one in config["kubelet-arg"]]
        assert len(names) == len(set(names))
        assert [one for one in config["kubelet-arg"] if one.startswith("-") or "=" not in one] == []
