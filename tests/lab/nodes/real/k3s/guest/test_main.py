"""The command line."""

import pytest

from lab.nodes.real.k3s.guest import main as module
from lab.nodes.real.k3s.guest.main import main
from lab.nodes.real.k3s.guest.refusal import RefusalError


def test_version_is_the_third_word(capsys):
    """base.sh reads it with awk."""
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.split("\n")[0].split()[2] == "v1.36.3+lab1"


@pytest.mark.parametrize("words", [[], ["etcd-snapshot"], ["--help"]])
def test_usage(words, capsys):
    assert main(words) == 1
    assert "usage: k3s" in capsys.readouterr().err


def test_options_belong_into_the_file(capsys):
    assert main(["server", "--disable", "traefik"]) == 1
    assert "config.yaml" in capsys.readouterr().err


def test_kubectl_without_a_server(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.setattr(module, "KUBECONFIG", tmp_path / "k3s.yaml")
    with pytest.raises(SystemExit, match="1"):
        main(["kubectl", "get", "nodes"])
    assert "is k3s server running here?" in capsys.readouterr().err


def test_refusal_is_one_line_in_the_journal(tmp_path, monkeypatch, capfd):
    def refuse(_role):
        raise RefusalError("config of k3s server: flag provided but not defined: -x")

    monkeypatch.setattr("lab.nodes.real.k3s.guest.role.read_config", refuse)
    assert main(["server"]) == 1
    error = capfd.readouterr().err
    assert 'level=fatal msg="config of k3s server: flag provided but not defined: -x"' in error
