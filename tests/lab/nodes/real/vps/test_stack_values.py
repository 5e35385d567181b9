"""What a stack file says otherwise on real servers of the lab."""

from infra.stack_file.reader.parse import parse_config
from lab.nodes.real.vps import stack_values
from lab.nodes.real.vps.stack_values import real_values
from tests.programs import CONFIG

SHA256 = "0" * 64


def values(monkeypatch, tmp_path, **config):
    monkeypatch.setattr(stack_values, "k3s_file", lambda: (tmp_path / "k3s", SHA256, "v1.36.3+lab1.0a1b2c3d"))
    return real_values({f"stagecoach:{key}": value for key, value in config.items()})


def test_k3s_is_the_stand_in(monkeypatch, tmp_path):
    """Under a version of its own, from the lab's network, checked."""
    made = values(monkeypatch, tmp_path)
    assert made["stagecoach:k3s"] == {
        "version": "v1.36.3+lab1.0a1b2c3d",
        "url": "http://100.64.0.1/k3s",
        "sha256": SHA256,
    }


def test_a_stack_file_may_say_so(monkeypatch, tmp_path):
    made = values(monkeypatch, tmp_path)
    config = parse_config({**CONFIG, "stagecoach:stage": 1, **made}, title="x")
    assert config.images["node_exporter"].startswith("lab.stagecoach.dev/")
    assert config.images["postgres"] == "lab.stagecoach.dev/library/postgres:17"


def test_what_the_stack_file_names_stays(monkeypatch, tmp_path):
    """Its own mail server, its own mirror."""
    own = {"EMAIL_URL": "smtp://mail.example.com"}
    made = values(monkeypatch, tmp_path, env=own, images={"redis_exporter": "mirror.example/exporter:1"})
    assert made["stagecoach:env"] == own
    assert made["stagecoach:images"]["redis_exporter"] == "mirror.example/exporter:1"
    assert values(monkeypatch, tmp_path)["stagecoach:env"] == {"EMAIL_URL": "smtp://198.51.100.25:1025"}
