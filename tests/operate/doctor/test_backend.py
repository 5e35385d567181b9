"""Login, stack, passphrase."""

from pathlib import Path

import pytest

from infra.operate.doctor.backend import ask_backend, selected_stack
from tests.operate.doctor.fakes import FakeCli, brief, said

FOLDER = {"user": "anna", "url": "file:///home/anna/state"}
ROWS = [{"name": "organization/stagecoach/stage1", "current": True}, {"name": "stage2", "current": False}]
SET = {"PULUMI_CONFIG_PASSPHRASE": "hidden-passphrase"}


def ask(*, stack="stage1", keys=None, environment=SET, **answers):
    known = {"whoami": FOLDER, "stack ls": ROWS, "stack output": {"name": "shop"}, "config": {}}
    answers = known | {key.replace("_", " "): value for key, value in answers.items()}
    return ask_backend(FakeCli(answers), stack, Path("Pulumi.stage1.yaml"), keys or {}, environment)


def test_all_well():
    made = ask()
    assert brief(made.checks) == [("login", "ok"), ("stack", "ok"), ("passphrase", "ok")]
    assert made.outputs == {"name": "shop"}


def test_outputs_are_not_shown():
    """They hold the kubeconfig."""
    made = ask(stack_output={"kubeconfig": "hidden-kubeconfig"})
    assert "hidden" not in repr(made) + said(made.checks)


def test_no_login():
    made = ask(whoami="PULUMI_ACCESS_TOKEN must be set for login")
    assert brief(made.checks) == [("login", "missing")]


def test_credentials_in_the_address():
    made = ask(whoami={"user": "anna", "url": "postgres://anna:hidden@db.example/state"})
    assert "//db.example/state" in said(made.checks)
    assert "hidden" not in said(made.checks)


@pytest.mark.parametrize(("stack", "rows", "mend"), [("stage9", ROWS, "stack init stage9"), (None, [], "stack init")])
def test_no_stack(stack, rows, mend):
    made = ask(stack=stack, stack_ls=rows)
    assert ("stack", "missing") in brief(made.checks)
    assert mend in said(made.checks)


class TestPassphrase:
    @pytest.mark.parametrize(
        ("environment", "status"), [({}, "missing"), ({"PULUMI_CONFIG_PASSPHRASE": ""}, "warning"), (SET, "ok")]
    )
    def test_variable(self, environment, status):
        made = ask(environment=environment)
        assert brief(made.checks)[2] == ("passphrase", status)
        assert "hidden" not in said(made.checks)

    def test_file(self, tmp_path):
        path = tmp_path / "passphrase"
        environment = {"PULUMI_CONFIG_PASSPHRASE_FILE": str(path)}
        assert brief(ask(environment=environment).checks)[2] == ("passphrase", "missing")
        path.write_text("hidden")
        assert brief(ask(environment=environment).checks)[2] == ("passphrase", "ok")

    def test_another_encryption(self):
        made = ask(environment={}, keys={"secretsprovider": "awskms://alias/shop"})
        assert brief(made.checks)[2] == ("passphrase", "ok")

    def test_a_service(self):
        """It encrypts by itself, unless the stack was made with a passphrase."""
        service = {"user": "anna", "url": "https://app.pulumi.com/anna"}
        assert brief(ask(whoami=service, environment={}).checks)[2] == ("passphrase", "ok")
        made = ask(whoami=service, environment={}, keys={"encryptionsalt": "v1:x"})
        assert brief(made.checks)[2] == ("passphrase", "missing")

    def test_a_wrong_one(self):
        made = ask(stack_output="could not deserialize deployment: incorrect passphrase")
        assert brief(made.checks) == [("login", "ok"), ("stack", "ok"), ("passphrase", "missing")]

    def test_a_wrong_one_before_the_first_update(self):
        """The state has nothing to decrypt yet, the stack file has."""
        made = ask(stack_output={}, keys={"encryptionsalt": "v1:x"}, config="incorrect passphrase")
        assert brief(made.checks)[2] == ("passphrase", "missing")


def test_a_broken_state():
    assert brief(ask(stack_output="unexpected end of JSON input").checks)[-1] == ("state", "missing")


def test_selected_stack():
    assert selected_stack(FakeCli({"stack ls": ROWS})) == "stage1"
    assert selected_stack(FakeCli({"stack ls": ROWS[1:]})) is None
    assert selected_stack(FakeCli({"stack ls": "no login"})) is None
