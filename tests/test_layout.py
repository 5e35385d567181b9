"""Tests mirror the sources: a module without a test file of its own is named here, with the reason."""

import ast
import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
MIRRORED = (
    "infra/components",
    "infra/sizing",
    "infra/config",
    "infra/changes",
    "infra/preview",
    "infra/prices",
    "infra/whatif",
    "infra/pull_requests",
    "infra/cli",
    "infra/guard",
    "infra/runner_access",
    "infra/loadtest",
    "infra/operate",
    "infra/render",
    "infra/doctor",
    "infra/support",
    "lab",
)
# Reason: modules. The table only shrinks; what is new brings its tests.
REASONS = {
    "values without behaviour": (
        "infra/changes/stack_diff.py",
        "infra/cli/output.py",
        "infra/pull_requests/marker.py",
        "infra/sizing/findings.py",
        "infra/sizing/inputs.py",
        "infra/sizing/plan.py",
        "infra/sizing/pod.py",
        "infra/sizing/reason.py",
        "lab/machines.py",
        "lab/paths.py",
        "lab/plugins/package.py",
        "lab/toolchain/programs.py",
    ),
    "steps of make_plan, held by the exact numbers of tests/sizing/test_make_plan.py": (
        "infra/sizing/assemble.py",
        "infra/sizing/build.py",
        "infra/sizing/departures.py",
        "infra/sizing/reachable.py",
    ),
    "shared by the sizing of several parts, held by tests/sizing/test_explain.py and theirs": (
        "infra/sizing/budget.py",
        "infra/sizing/scaled.py",
    ),
    "the contracts of a pool, broken one by one in tests/sizing/test_contracts.py": (
        "infra/sizing/celery_contracts.py",
    ),
    "seen from outside in tests/cli/test_explain.py": (
        "infra/cli/explain_text.py",
        "infra/cli/plan_parts.py",
        "infra/cli/show_plan.py",
        "infra/config/explained.py",
    ),
    "seen from outside in tests/cli/test_plan.py": (
        "infra/cli/plan_json.py",
        "infra/cli/plan_options.py",
        "infra/cli/plan_text.py",
        "infra/cli/sound.py",
    ),
    "seen from outside in tests/cli/test_prices.py": (
        "infra/cli/options.py",
        "infra/cli/prices_text.py",
        "infra/prices/to_json.py",
    ),
    "seen in tests/prices/test_table.py": ("infra/prices/markdown.py",),
    "seen in tests/whatif/test_answer.py": ("infra/whatif/to_json.py",),
    "seen from outside in tests/cli/test_whatif.py": ("infra/cli/whatif_text.py",),
    "seen from outside in tests/cli/test_diff.py": (
        "infra/cli/diff_json.py",
        "infra/cli/diff_text.py",
        "infra/cli/sides.py",
    ),
    "parts of the comment, seen in tests/pull_requests/test_comment.py and tests/workflows/test_steps.py": (
        "infra/cli/pull_request.py",
        "infra/pull_requests/diff_markdown.py",
        "infra/pull_requests/engine_markdown.py",
        "infra/pull_requests/findings.py",
        "infra/pull_requests/git.py",
        "infra/pull_requests/guard_markdown.py",
        "infra/pull_requests/plan_markdown.py",
        "infra/pull_requests/stack_changes.py",
    ),
    "parts of the clouds' emulation, seen in tests/lab/plugins/packages/test_cloud.py": (
        "lab/plugins/faults.py",
        "lab/plugins/journal.py",
        "lab/plugins/server.py",
        "lab/plugins/servicer.py",
    ),
    "parts of the control plane, seen in tests/lab/cluster/test_control_plane.py": (
        "lab/cluster/bundled.py",
        "lab/cluster/certificates.py",
        "lab/cluster/kubelet.py",
        "lab/cluster/processes.py",
    ),
    "values without behaviour, and lines for the journal": (
        "lab/k3s/guest/layout.py",
        "lab/k3s/guest/log.py",
        "lab/k3s/guest/refusal.py",
        "lab/k3s/guest/version.py",
    ),
    "the other end of tests/lab/k3s/guest/test_supervisor.py": ("lab/k3s/guest/join.py",),
    "parts of a node, which runs in tests/lab/k3s/test_cluster.py and tests/lab/k3s/test_agents.py": (
        "lab/k3s/guest/agent.py",
        "lab/k3s/guest/api.py",
        "lab/k3s/guest/node.py",
        "lab/k3s/guest/role.py",
        "lab/k3s/guest/server.py",
        "lab/k3s/images.py",
    ),
    "parts of the Kubernetes plugin, seen in tests/lab/plugins/kubernetes/test_package.py": (
        "lab/plugins/kubernetes/await_others.py",
        "lab/plugins/kubernetes/await_ready.py",
        "lab/plugins/kubernetes/paths.py",
        "lab/plugins/kubernetes/replacing.py",
        "lab/plugins/kubernetes/words.py",
    ),
    "parts of a real server, seen in tests/lab/vps": (
        "lab/vps/booting.py",
        "lab/vps/commands.py",
        "lab/vps/devices.py",
        "lab/vps/disk.py",
        "lab/vps/hypervisor.py",
        "lab/vps/links.py",
        "lab/vps/loops.py",
        "lab/vps/machine_image.py",
        "lab/vps/running.py",
        "lab/vps/system.py",
        "lab/vps/guest/children.py",
        "lab/vps/guest/cloud_init.py",
        "lab/vps/guest/control.py",
        "lab/vps/guest/ending.py",
        "lab/vps/guest/init.py",
        "lab/vps/guest/journal.py",
        "lab/vps/guest/journalctl.py",
        "lab/vps/guest/manager.py",
        "lab/vps/guest/mount.py",
        "lab/vps/guest/notify.py",
        "lab/vps/guest/service.py",
    ),
    "run by the real engine in tests/engine": (
        "lab/assembly.py",
        "lab/engine/command_lock.py",
        "lab/engine/language_host.py",
        "lab/plugins/packages/random.py",
        "lab/plugins/packages/tls.py",
        "lab/preview.py",
        "lab/server.py",
    ),
}
WITHOUT = {name: reason for reason, names in REASONS.items() for name in names}


def modules():
    """Paths of the mirrored modules; `__init__` and `__main__` only open a package."""
    return [
        path.relative_to(REPOSITORY)
        for folder in MIRRORED
        for path in sorted((REPOSITORY / folder).rglob("*.py"))
        if not path.stem.startswith("__") and "files" not in path.parts  # those run in pods: tests/celery
    ]


def mirror(module):
    """Where its tests belong: tests/ mirrors infra's folders without `infra`, and lab as it is."""
    parts = module.parts[1:] if module.parts[0] == "infra" else module.parts
    return Path("tests", *parts[:-1], f"test_{module.stem.lstrip('_')}.py")


def test_modules_are_found():
    """An empty list would hold everything."""
    assert {Path("infra/components/redis.py"), Path("infra/sizing/pack.py"), Path("lab/daemon.py")} <= set(modules())


def test_every_module_has_its_tests():
    missing = {str(one) for one in modules() if not (REPOSITORY / mirror(one)).exists()}
    assert missing - WITHOUT.keys() == set()


@pytest.mark.parametrize("name", sorted(WITHOUT))
def test_no_stale_exception(name):
    """A module that is gone, or has its tests by now, leaves the table."""
    assert (REPOSITORY / name).exists()
    assert not (REPOSITORY / mirror(Path(name))).exists()


def test_reasons_name_files_that_exist():
    words = " ".join(REASONS).replace(",", " ").split()
    assert [word for word in words if word.startswith("tests/") and not (REPOSITORY / word).exists()] == []


def holds_tests(path):
    names = (node.name for node in ast.walk(ast.parse(path.read_text())) if hasattr(node, "name") and node.name)
    return any(name.startswith(("test_", "Test")) for name in names)


def test_every_test_runs():
    """pytest looks into test_*.py only, and such a file without a test looks like one that passes."""
    files = [path for path in (REPOSITORY / "tests").rglob("*.py") if path.name not in ("conftest.py", "__init__.py")]
    wrong = [str(path) for path in files if holds_tests(path) != path.name.startswith("test_")]
    assert wrong == []


def test_no_test_knows_how_fast_the_machine_is():
    """A patience in seconds goes through tests/waiting.py; a time that is the product's own is named here."""
    own = ("tests/lab/plugins/kubernetes/test_package.py", "tests/lab/test_locks.py")  # arguments of a plugin; no end
    said = re.compile(r"\btimeout=\d|\bdeadline\b.*monotonic")
    found = {
        f"{path.relative_to(REPOSITORY)}:{number}"
        for path in (REPOSITORY / "tests").rglob("*.py")
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if said.search(line) and not line.lstrip().startswith("def ") and path != Path(__file__)
    }
    assert {one for one in found if not one.startswith(own)} == set()


def test_packages_are_whole():
    """Two test files of one name need packages around them."""
    folders = {path.parent for path in (REPOSITORY / "tests").rglob("test_*.py")}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []
