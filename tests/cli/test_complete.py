"""What a shell offers."""

from typer.main import get_command

from infra.cli.app import app
from infra.cli.complete import instance_types, parts, providers, sides, stack_files, stacks, stages
from infra.operate.parts import shown


def test_values():
    assert providers() == ["hetzner", "digitalocean", "vultr"]
    assert stages() == ["1", "2", "3", "4", "5"]
    assert {"cx23", "s-2vcpu-4gb", "vc2-2c-4gb"} <= set(instance_types())


def test_parts_have_the_names_that_commands_print():
    assert [shown(name) for name in ("django", "celery-worker", "redis-broker")] == ["web", "worker", "broker"]
    assert {"web", "worker", "broker"} <= set(parts())


def test_stacks_of_this_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert stacks() == []
    for name in ("Pulumi.yaml", "Pulumi.stage2.yaml", "Pulumi.live.yaml"):
        (tmp_path / name).write_text("")
    assert stack_files() == ["Pulumi.live.yaml", "Pulumi.stage2.yaml"]
    assert stacks() == ["live", "stage2"]
    assert sides() == [*stages(), *stack_files()]


# Texts that only a person knows.
BY_HAND = {
    *("--budget", "--customers", "--tasks-per-customer-day", "--task-seconds", "--peak-factor"),
    *("--requests-per-customer-day", "--request-seconds", "--root-disk-gb", "--remark", "--run", "--address"),
    *("--count", "--task", "--queue", "--recipient", "--seconds", "--reach", "--base"),
    *("--tail", "--since", "--container"),
    "--format",  # a choice, which Typer completes
    # files and folders, which the shell knows
    *("--output", "--previews", "--to folder", "--kubeconfig"),
}


def _completes(option):
    return option._custom_shell_complete is not None


def test_every_value_that_the_stack_knows_is_offered():
    found = {}
    for name, command in get_command(app).commands.items():
        for one in command.params:
            if one.param_type_name == "option" and not (one.is_flag or _completes(one)):
                option = f"{one.opts[0]} folder" if (name, one.opts[0]) == ("render", "--to") else one.opts[0]
                found.setdefault(option, []).append(name)
    assert {option: names for option, names in found.items() if option not in BY_HAND} == {}
