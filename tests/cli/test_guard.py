"""`python -m infra guard`: exit codes, table, JSON."""

import json
from pathlib import Path

import pytest

from tests.cli.command import infra
from tests.updates.guard import recorded
from tests.updates.preview.previews import document, step

REPOSITORY = Path(__file__).resolve().parents[2]
MOVE = document(
    step("update", "hcloud:index/server:Server", "server-server", protect=True, paths=["serverType"]),
    step("replace", "kubernetes:core/v1:ConfigMap", "prometheus-config", paths=["data"], replacing=["data"]),
)
LOSS = document(
    step("replace", "hcloud:index/server:Server", "server-server", paths=["userData"], replacing=["userData"]),
    diagnostics=[{"severity": "error", "message": "preview failed"}],
)


def guard(*arguments, text="", folder=REPOSITORY):
    return infra("guard", *arguments, folder=folder, text=text, environment={"PATH": "/usr/bin:/bin"})


def test_a_tier_move_is_safe():
    done = guard("-", text=MOVE)
    assert done.returncode == 0, done.stderr
    assert "server-server" in done.stdout
    assert "2 touched, 70 unchanged" in done.stdout


def test_a_replaced_server_is_refused():
    """With all that is wrong, the property that does it, and the way out."""
    done = guard("-", text=LOSS)
    assert done.returncode == 1
    assert "server server-server: it would be replaced" in done.stderr
    assert "because of userData" in done.stderr
    assert "stagecoach:guard_exceptions" in done.stderr
    assert "it says: preview failed" in done.stderr


def test_a_long_table_hides_nothing_that_is_refused():
    """2,000 harmless changes before the one that counts."""
    steps = [step("update", "kubernetes:core/v1:ConfigMap", f"config-{number}") for number in range(2000)]
    loss = step("delete", "hcloud:index/volume:Volume", "server-data")
    done = guard("-", text=document(*steps, loss))
    assert done.returncode == 1
    assert "server-data" in done.stdout
    assert "1901 more, none of them refused: --json lists all" in done.stdout
    assert "2001 touched" in done.stdout
    made = json.loads(guard("-", "--json", text=document(*steps, loss)).stdout)
    assert len(made["touched"]) == 2001


def test_recorded_previews():
    """Of the real engine: a move passes, a replaced server does not."""
    assert guard("-", text=recorded.read(recorded.TIER_MOVE)).returncode == 0
    for name in (recorded.REPLACED, recorded.UNPROTECTED):
        done = guard("-", text=recorded.read(name))
        assert done.returncode == 1
        assert "server server-server: it would be replaced" in done.stderr


def test_bytes_that_are_no_text(tmp_path):
    path = tmp_path / "preview.json"
    path.write_bytes(b"\xff\xfe\x00{")
    for arguments in ((str(path),), (str(tmp_path),), ("-", "--stack-file", str(path))):
        done = guard(*arguments, text=MOVE)
        assert (done.returncode, "Traceback" in done.stderr) == (2, False), done.stderr


def test_json():
    made = json.loads(guard("-", "--json", text=LOSS).stdout)
    assert made["safe"] is False
    assert [(one["op"], one["kind"], one["refused"]) for one in made["touched"]] == [("replace", "server", True)]
    assert json.loads(guard("-", "--json", text=MOVE).stdout)["safe"] is True


@pytest.mark.parametrize("text", ["", LOSS[:-30], "[]", "{}", "error: no stack named 'stage1' found"])
def test_unreadable(text):
    done = guard("-", text=text)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_an_exception_that_nothing_needs(tmp_path):
    """It is for one update: left in the file, it is refused in the next."""
    urn = json.loads(LOSS)["steps"][0]["urn"]
    text = (REPOSITORY / "Pulumi.stage1.yaml").read_text()
    extra = f"  stagecoach:guard_exceptions:\n    - urn: {urn}\n      reason: the first server was a trial\n"
    (tmp_path / "Pulumi.stage1.yaml").write_text(text + extra)
    replaced = json.loads(LOSS) | {"diagnostics": []}
    assert guard("-", text=json.dumps(replaced), folder=tmp_path).returncode == 0
    done = guard("-", text=MOVE, folder=tmp_path)
    assert done.returncode == 1
    assert "Take it out" in done.stderr
