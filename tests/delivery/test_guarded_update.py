"""Before a merge's update the guard looks once more; the engine's answers are those of a stand-in on PATH."""

from pathlib import Path

import pytest

from infra.delivery.guarded_update import guarded_update
from tests.delivery.test_backend import SHOP, pulumi, stacks
from tests.preflight.test_recheck import FAILED, exported
from tests.updates.preview.previews import document, step

__all__ = ["pulumi"]
VOLUME = "hcloud:index/volume:Volume"
LOSS = step("delete", VOLUME, "server-data")
GROWTH = step("update", VOLUME, "server-data") | {
    "oldState": {"type": VOLUME, "inputs": {"size": 40}},
    "newState": {"type": VOLUME, "inputs": {"size": 50}},
}


@pytest.fixture
def backend(pulumi):
    pulumi.answer("stack_ls", stacks("stage1"))
    pulumi.answer("stack_export", exported())
    return pulumi


def commands(backend):
    return [call[0] for call in backend.calls]


def test_the_update_is_bound_to_the_judged_plan(backend):
    backend.answer("stack_ls", stacks("stage2"))
    backend.answer("preview", document(GROWTH))
    assert guarded_update(SHOP) == 0
    judged, up = [call for call in backend.calls if call[0] in ("preview", "up")]
    plan = Path(up[up.index("--plan") + 1])
    assert judged[judged.index("--save-plan") + 1] == str(plan)
    assert not plan.parent.exists(), "it holds the stack's values: gone with the folder that only the job can read"


def test_a_move_is_judged_before_the_rename_and_after_it(backend):
    """A plan names the resources by their stack: that of the old stack would allow nothing in the new one."""
    backend.answer("preview", document(GROWTH))
    # From the rename on the new stack has the state.
    backend.then("stack_rename", "stack_ls", stacks("stage2"))
    assert guarded_update(SHOP) == 0
    assert [name for name in commands(backend) if name != "stack"] == ["preview", "-C", "preview", "up"]
    first, second = [call for call in backend.calls if call[0] == "preview"]
    assert "--save-plan" not in first
    assert first[first.index("-s") + 1] == "stage1"
    assert second[second.index("-s") + 1] == "stage2"


def test_a_loss_that_appears_after_the_rename_is_not_run(backend, capsys):
    backend.answer("preview", document(GROWTH))
    backend.then("stack_rename", "stack_ls", stacks("stage2"))
    backend.then("stack_rename", "preview", document(LOSS))
    assert guarded_update(SHOP) == 1
    assert "up" not in commands(backend)
    assert "the guard refuses the update; no resource was changed" in capsys.readouterr().err


def test_a_rename_that_fails_is_no_update(backend):
    backend.answer("preview", document(GROWTH))
    backend.answer("stack_rename", "error: locked\n", code=255)
    assert guarded_update(SHOP) == 255
    assert "up" not in commands(backend)


def test_an_update_that_ends_early_says_what_to_do(backend, capsys):
    backend.answer("stack_ls", stacks("stage2"))
    backend.answer("preview", document())
    backend.answer("up", "error: resource violates plan\n", code=255)
    assert guarded_update(SHOP) == 255
    assert "run the job again, and the guard judges a new one" in capsys.readouterr().err


def test_what_failed_before_is_asked_of_the_provider_first(backend):
    """The state may only say what was planned: on the stack that holds it, before it is renamed or previewed."""
    backend.answer("stack_export", exported(FAILED))
    backend.answer("preview", document(GROWTH))
    assert guarded_update(SHOP) == 0
    assert [name for name in commands(backend) if name != "stack"][:2] == ["refresh", "preview"]
    refresh = next(call for call in backend.calls if call[0] == "refresh")
    assert refresh[refresh.index("--target") + 1] == FAILED["urn"]
    assert refresh[refresh.index("-s") + 1] == "stage1"


def test_a_provider_that_does_not_answer_ends_it(backend):
    backend.answer("stack_export", exported(FAILED))
    backend.answer("refresh", "error: 503", code=255)
    assert guarded_update(SHOP) == 255
    assert [name for name in commands(backend) if name != "stack"] == ["refresh"]


def test_a_loss_is_not_run(backend, capsys):
    """Neither the rename nor the update."""
    backend.answer("preview", document(LOSS))
    assert guarded_update(SHOP) == 1
    assert [name for name in commands(backend) if name != "stack"] == ["preview"]
    said = capsys.readouterr().err
    assert said.startswith("deployment shop: the guard refuses the update; nothing was changed")
    assert "volume server-data: it would be deleted" in said


def test_a_preview_with_errors_is_not_run(backend, capsys):
    backend.answer("preview", document(diagnostics=[{"severity": "error", "message": "no such region"}]), code=255)
    assert guarded_update(SHOP) == 1
    assert "it says: no such region" in capsys.readouterr().err


def test_a_preview_without_steps_is_not_run(backend, capsys):
    """The engine ended well, and nobody saw what it would do."""
    backend.answer("preview", "{}")
    assert guarded_update(SHOP) == 2
    assert "up" not in commands(backend)
    assert "a preview with steps" in capsys.readouterr().err


def test_no_state_is_said(backend, capsys):
    """The next deployment is tried all the same."""
    backend.answer("stack_ls", "[]")
    assert guarded_update(SHOP) == 1
    assert "pulumi stack init stage2" in capsys.readouterr().err


def test_an_exception_lets_it_run_and_may_be_left_over(backend, tmp_path):
    """An update that stopped half-way is run again; the volume is gone by then."""
    text = f"""config:
  stagecoach:name: shop
  stagecoach:provider: hetzner
  stagecoach:region: nbg1
  stagecoach:stage: 1
  stagecoach:image: ghcr.io/example/shop:1.0.0
  stagecoach:admin_cidrs: [203.0.113.0/24]
  stagecoach:guard_exceptions:
    - urn: {LOSS["urn"]}
      reason: moved by hand on Tuesday
"""
    (tmp_path / "project" / "Pulumi.stage2.yaml").write_text(text)
    for steps in ([LOSS], []):
        backend.answer("preview", document(*steps))
        assert guarded_update(SHOP) == 0
