"""Tests mirror the sources: a module without a test file of its own is named here, with the reason."""

import ast
import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
MIRRORED = (
    "infra/alerts",
    "infra/components",
    "infra/sizing",
    "infra/planner",
    "infra/preflight",
    "infra/program",
    "infra/stack_file/reader",
    "infra/updates",
    "infra/prices",
    "infra/whatif",
    "infra/delivery",
    "infra/cli",
    "infra/clouds",
    "infra/operate",
    "infra/scripts",
    "infra/render",
    "infra/report",
    "infra/support",
    "lab",
)
# Reason: modules. The table only shrinks; what is new brings its tests.
REASONS = {
    "values without behaviour": (
        "infra/updates/changes/stack_diff.py",
        "infra/report/output.py",
        "infra/delivery/marker.py",
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
    "facts of the clouds, used by every part; tests/clouds/test_a_new_cloud.py makes a cloud of such files": (
        "infra/clouds/catalog/instance_type.py",
        "infra/clouds/catalog/rates.py",
        "infra/clouds/choose.py",
        "infra/clouds/facts.py",
        *(
            f"infra/clouds/{cloud}/{name}.py"
            for cloud in ("hetzner", "digitalocean", "vultr")
            for name in ("catalog", "components", "facts")
        ),
    ),
    "the same tests for every cloud, in tests/clouds/runner_access/test_access.py": (
        "infra/clouds/hetzner/runner_access.py",
        "infra/clouds/digitalocean/runner_access.py",
        "infra/clouds/vultr/runner_access.py",
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
        "infra/report/explain_text.py",
        "infra/report/plan_parts.py",
        "infra/cli/show_plan.py",
        "infra/planner/explained.py",
    ),
    "seen from outside in tests/cli/test_plan.py": (
        "infra/report/plan_json.py",
        "infra/cli/plan_options.py",
        "infra/report/plan_text.py",
    ),
    "seen from outside in tests/cli/test_prices.py": (
        "infra/cli/options.py",
        "infra/report/prices_text.py",
        "infra/report/prices_json.py",
    ),
    "seen in tests/report/test_prices_table.py": ("infra/report/prices_markdown.py",),
    "seen in tests/whatif/test_answer.py": ("infra/report/whatif_json.py",),
    "seen from outside in tests/cli/test_whatif.py": ("infra/report/whatif_text.py",),
    "seen from outside in tests/cli/test_diff.py": (
        "infra/report/diff_json.py",
        "infra/report/diff_text.py",
        "infra/cli/sides.py",
    ),
    "parts of the comment, seen in tests/delivery/test_comment.py and tests/workflows/test_steps.py": (
        "infra/cli/pull_request.py",
        "infra/report/diff_markdown.py",
        "infra/report/engine_markdown.py",
        "infra/delivery/findings.py",
        "infra/delivery/git.py",
        "infra/report/guard_markdown.py",
        "infra/report/plan_markdown.py",
        "infra/delivery/stack_changes.py",
    ),
    "the program's parts, built whole in tests/program/test_program.py": (
        "infra/program/celery_servers.py",
        "infra/program/cluster.py",
        "infra/program/outputs.py",
        "infra/program/shop.py",
    ),
    "parts of the clouds' emulation, seen in tests/lab/plugins/packages/test_cloud.py": (
        "lab/plugins/faults.py",
        "lab/plugins/journal.py",
        "lab/plugins/server.py",
        "lab/plugins/servicer.py",
    ),
    "parts of the control plane, seen in tests/lab/nodes/simulated/test_control_plane.py": (
        "lab/nodes/simulated/bundled.py",
        "lab/nodes/simulated/certificates.py",
        "lab/nodes/simulated/kubelet.py",
        "lab/nodes/simulated/processes.py",
    ),
    "values without behaviour, and lines for the journal": (
        "lab/nodes/real/k3s/guest/layout.py",
        "lab/nodes/real/k3s/guest/log.py",
        "lab/nodes/real/k3s/guest/refusal.py",
        "lab/nodes/real/k3s/guest/version.py",
    ),
    "the other end of tests/lab/nodes/real/k3s/guest/test_supervisor.py": ("lab/nodes/real/k3s/guest/join.py",),
    "parts of a node, which runs in tests/lab/nodes/real/k3s/test_cluster.py and test_agents.py": (
        "lab/nodes/real/k3s/guest/agent.py",
        "lab/nodes/real/k3s/guest/api.py",
        "lab/nodes/real/k3s/guest/node.py",
        "lab/nodes/real/k3s/guest/role.py",
        "lab/nodes/real/k3s/guest/server.py",
        "lab/nodes/real/k3s/images.py",
    ),
    "parts of the Kubernetes plugin, seen in tests/lab/plugins/kubernetes/test_package.py": (
        "lab/plugins/kubernetes/await_others.py",
        "lab/plugins/kubernetes/await_ready.py",
        "lab/plugins/kubernetes/paths.py",
        "lab/plugins/kubernetes/replacing.py",
        "lab/plugins/kubernetes/words.py",
    ),
    "parts of a real server, seen in tests/lab/nodes/real/vps": (
        "lab/nodes/real/vps/booting.py",
        "lab/nodes/real/vps/commands.py",
        "lab/nodes/real/vps/devices.py",
        "lab/nodes/real/vps/disk.py",
        "lab/nodes/real/vps/hypervisor.py",
        "lab/nodes/real/vps/links.py",
        "lab/nodes/real/vps/loops.py",
        "lab/nodes/real/vps/machine_image.py",
        "lab/nodes/real/vps/running.py",
        "lab/nodes/real/vps/system.py",
        "lab/nodes/real/vps/guest/children.py",
        "lab/nodes/real/vps/guest/cloud_init.py",
        "lab/nodes/real/vps/guest/control.py",
        "lab/nodes/real/vps/guest/ending.py",
        "lab/nodes/real/vps/guest/init.py",
        "lab/nodes/real/vps/guest/journal.py",
        "lab/nodes/real/vps/guest/journalctl.py",
        "lab/nodes/real/vps/guest/manager.py",
        "lab/nodes/real/vps/guest/mount.py",
        "lab/nodes/real/vps/guest/notify.py",
        "lab/nodes/real/vps/guest/service.py",
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
        if not path.stem.startswith("__")
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
