"""What a shell offers."""

from infra.cli.complete import providers, stack_files, stacks, stages


def test_values():
    assert providers() == ["hetzner", "digitalocean", "vultr"]
    assert stages() == ["1", "2", "3", "4", "5"]


def test_stacks_of_this_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert stacks() == []
    for name in ("Pulumi.yaml", "Pulumi.stage2.yaml", "Pulumi.live.yaml"):
        (tmp_path / name).write_text("")
    assert stack_files() == ["Pulumi.live.yaml", "Pulumi.stage2.yaml"]
    assert stacks() == ["live", "stage2"]
