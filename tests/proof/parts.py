"""The parts of `make proof` as data: what each proves, its tests, and the files that its answer depends on."""

from __future__ import annotations

from dataclasses import dataclass

from tests.suite.part import PYTEST, Part, Reason, programs, real_servers
from tests.tools.pythons import every_promised

# The stack itself, the shop that it runs, and the lab that runs both.
PROGRAM = ("__main__.py", "Pulumi.yaml", "Pulumi.stage*.yaml", "deployments.yaml", "infra", "pod", "stacks")
MODULES = ("tools/kubernetes", "tools/pebble", "tools/traefik")
LAB = ("lab", *MODULES, "tools/pulumi", "examples")
# Every part depends on these.
ALWAYS = ("requirements.txt", "requirements/dev.txt", "pyproject.toml", "tests/conftest.py", "tests/waiting.py")
HELPERS = (
    "tests/*.py",
    "tests/servers",
    "tests/engine/*.py",
    "tests/real/*.py",
    "tests/docs/*.py",
    "tests/updates/guard",
)


@dataclass(frozen=True, kw_only=True)
class Proof:
    """One named part.

    Args:
        name: As `make proof PART=` takes it.
        proves: One line for people.
        tests: Folders, files, or tests by `file::name`, that belong to this part alone.  Those of them that need more
            than Python get the marker `proof` (tests/conftest.py) and are left out of `make test`.
        depends: Files and folders besides the tests; a change in one of them means that the part is run again.
        cpus: How many processors it keeps busy; parts beside each other share those of the machine.
        needs: Why this machine can't run it, or None.
    """

    name: str
    proves: str
    tests: tuple[str, ...]
    depends: tuple[str, ...] = (*PROGRAM, *LAB, *HELPERS)
    cpus: float = 1.0
    needs: Reason = real_servers

    @property
    def part(self) -> Part:
        """The run of pytest."""
        command = (*PYTEST, "-v", "--durations=0", "-m", "proof", *self.tests)
        return Part(name=self.name, command=command, needs=self.needs)

    def holds(self, node: str) -> bool:
        """Whether a test, by pytest's id, belongs to this part."""
        return any(node == one or node.startswith((f"{one}::", f"{one}[", f"{one}/")) for one in self.tests)


def proof_of(node: str) -> Proof | None:
    """The part that a test belongs to, by pytest's id; None for a test of `make test`.

    Raises:
        ValueError: two parts claim it.
    """
    found = [one for one in PROOFS if one.holds(node)]
    if len(found) > 1:
        raise ValueError(f"{node} is in two parts of tests/proof/parts.py: {' and '.join(one.name for one in found)}")
    return found[0] if found else None


def _engine(name: str, proves: str, *tests: str, cpus: float = 1.2) -> Proof:
    """On the real engine with simulated nodes, which needs neither root nor a real server."""
    made = tuple(f"tests/engine/test_{one}.py" for one in tests)
    return Proof(name=name, proves=proves, tests=made, cpus=cpus, needs=programs("git"))


def _moves(provider: str) -> Proof:
    """One cloud's; twenty moves take minutes."""
    module = "tests/engine/test_moves.py"
    ids = ("test_every_pair_in_one_step", "test_a_reordered_catalog_changes_nothing")
    classes = ("TestFullServer", "TestManyCustomers", "TestNotRecorded")
    more = tuple(f"{module}::{one}" for one in classes) if provider == "hetzner" else ()
    return Proof(
        name="moves" if provider == "hetzner" else f"moves-{provider}",
        proves=f"one deployment on {provider.title()} goes from every stage to every other in one step, in place",
        tests=(*(f"{module}::TestTour::{one}[{provider}]" for one in ids), *more),
        cpus=1.2,
        needs=programs("git"),
    )


def _lab(name: str, proves: str, *tests: str, cpus: float, needs: Reason = real_servers) -> Proof:
    """Parts of the lab, without a shop."""
    depends = ("lab", "infra", "pod", "stacks", *MODULES, "examples", *HELPERS, "tests/lab")
    return Proof(name=name, proves=proves, tests=tests, depends=depends, cpus=cpus, needs=needs)


def _shop(name: str, proves: str, *tests: str, cpus: float = 0.6) -> Proof:
    """A shop on real servers."""
    return Proof(name=name, proves=proves, tests=tuple(f"tests/real/test_{one}" for one in tests), cpus=cpus)


_CLUSTER, _PROBES = "tests/lab/nodes/simulated", "probes_proof.py::test"
PROOFS: tuple[Proof, ...] = (
    *(_moves(provider) for provider in ("hetzner", "digitalocean", "vultr")),
    _engine("ownership", "fields that an autoscaler or a person owns, in moves both ways", "ownership"),
    _engine(
        "faults",
        "after a 503 at every kind of resource, a lost answer, a failed resize or a lock, the next update goes on",
        *("faults", "failed_updates", "failed_servers", "locked_volume"),
    ),
    _engine("interrupted", "after a lost answer at every object the next update goes on", "interrupted"),
    _engine("second-shop", "no second, empty shop; no move to a type that is sold out", "second_shop", "orderable"),
    _engine(
        "restarts",
        "a stopped or killed lab, a killed update, a full disk, a busy port, a lost server",
        "restarts",
        "bad_days",
        "lost_server",
    ),
    _engine("celery-servers", "servers of their own for Celery come, change, are lost and go", "celery_servers"),
    _engine("deploy-key", "the deploy key is rotated step by step, and nothing else runs", "deploy_key"),
    _engine("guard", "the guard's verdict on previews of the real engine", "guard"),
    _engine("pull-requests", "a pull request's comment, and the update after its merge", "pull_requests"),
    _engine(
        "running-stacks",
        "nothing runs again for a newer program, and a wrong image's way back is the one that is printed",
        "warnings",
        "stuck_pods",
    ),
    _engine("destroy", "the documented way to take a deployment down, on every cloud", "destroy"),
    Proof(
        name="pages",
        proves="every command of the tutorial and of the how-to pages",
        tests=("tests/docs/test_commands.py",),
        depends=(*PROGRAM, *LAB, *HELPERS, "docs", "README.md", "Makefile"),
        cpus=1.2,
        needs=programs("git"),
    ),
    _lab(
        "control-plane",
        "simulated nodes and the Kubernetes plugin on a real API server; its scheduler agrees with 60 drawn stacks",
        *(f"{_CLUSTER}/test_{one}.py" for one in ("control_plane", "agents", "machines", "packing")),
        f"{_CLUSTER}/test_scheduler_agrees.py::test_sixty_drawn_stacks",
        "tests/lab/plugins/kubernetes/test_package.py",
        "tests/lab/plugins/kubernetes/test_requests.py",
        cpus=1.2,
        needs=programs(),
    ),
    _lab(
        "scheduler",
        "the real scheduler agrees with the plans of 500 drawn stacks",
        f"{_CLUSTER}/test_scheduler_agrees.py::test_five_hundred_drawn_stacks",
        cpus=2,
        needs=programs(),
    ),
    Proof(
        name="fuzz",
        proves="ten thousand stack files, previews, comments and secrets, drawn from what people and programs write",
        tests=(
            "tests/stack_file/reader/test_engine_reading.py::test_ten_thousand_drawn_files",
            "tests/stack_file/reader/test_engine_reading.py::test_plan_and_up_say_the_same_of_ten_thousand_files",
            "tests/updates/guard/test_composed.py::test_ten_thousand_previews",
            "tests/delivery/test_composed.py::test_ten_thousand_comments",
            "tests/report/redaction/test_spellings.py::test_ten_thousand_secrets",
        ),
        depends=(*PROGRAM, "lab", "tools/pulumi", *HELPERS, "tests/stack_file", "tests/updates", "tests/delivery"),
        cpus=1,
        needs=programs(),
    ),
    Proof(
        name="scanners",
        proves="kube-score, zizmor and detect-secrets find nothing that is not listed with its reason",
        tests=(
            "tests/scanners/test_kube_score.py",
            "tests/scanners/test_zizmor.py",
            "tests/scanners/test_detect_secrets.py",
        ),
        depends=(*PROGRAM, ".github", "docs", "examples", "lab", "tools", "requirements*.txt", "requirements", "tests"),
        cpus=1,
        needs=programs(),
    ),
    Proof(
        name="python",
        proves="every promised Python of this machine installs the locks and runs the program",
        tests=("tests/tools/test_locks.py::test_every_promised_python_of_this_machine",),
        depends=(
            *PROGRAM,
            "requirements/checkov.txt",
            "tools/environment.py",
            "tools/stagecoach",
            "tests/tools",
            "lab/paths.py",
            *HELPERS,
        ),
        cpus=1,
        needs=every_promised,
    ),
    _lab(
        "servers",
        "a sandbox boots, is resized, cut off and destroyed as a VPS is",
        "tests/lab/nodes/real/vps",
        cpus=0.6,
    ),
    _lab("k3s", "the k3s stand-in on real servers, with agents; the way in", "tests/lab/nodes/real/k3s", cpus=0.6),
    _lab(
        "images",
        "the lab's images run as the official ones do",
        "tests/lab/images",
        cpus=1,
    ),
    _shop(
        "shop",
        "the guide's load; a domain; a killed worker; a boot without the volume; a full cache; pods that hang; "
        "a shell, a killed command, a restart under customers",
        "shop.py::TestLoad",
        "operate.py::TestLonger",
        "way_in.py",
        "bad_days.py::test_a_killed_worker_is_started_again",
        "bad_days.py::test_without_its_volume_k3s_does_not_start",
        "full.py::TestCache",
        "probes.py",
    ),
    _shop(
        "alerts",
        "the guide's alerts fire, are mailed and stop",
        "alerts.py::TestTrouble",
        "alerts.py::TestBurning",
        cpus=1.4,  # an alert of busy CPUs needs the CPUs
    ),
    _shop("more-alerts", "alerts of slow workers, full parts and outages", "more_alerts.py"),
    _shop(
        "hangs",
        "a worker, a beat and a web pod that hang are restarted",
        f"{_PROBES}_what_hangs_is_restarted",
        cpus=0.4,
    ),
    _shop(
        "probes",
        "what is busy, or waits for a cache or a database, is left alone",
        f"{_PROBES}_tasks_without_end_are_not_a_hanging_worker",
        f"{_PROBES}_a_postgres_that_hangs_is_left_alone",
        f"{_PROBES}_a_cache_that_hangs_takes_no_web_pod_with_it",
        cpus=0.4,
    ),
    _shop("autoscaler", "autoscalers add pods up to their maximum, and all of them fit", "autoscaler.py", cpus=1.2),
    _shop("volumes", "a foreign volume, and a new server on the old one", "volumes.py"),
    _shop("full", "a full broker and a full data volume", "full.py::TestBroker", "full.py::TestVolume"),
    _shop("wrong", "images that fail, a failed migration, wrong passwords, another app", "wrong.py", "other_apps.py"),
    Proof(
        name="foreign",
        proves="two apps that know nothing of the stack take a note and a message, and keep their schedules",
        tests=("tests/real/test_foreign_apps.py",),
        depends=(*PROGRAM, *LAB, *HELPERS, "tests/examples/*.py"),
        cpus=0.6,
    ),
    _shop("first-try", "twenty dumps and migrations, all at the first try", "policies.py::TestTwentyFirstTries"),
    _shop("stages", "every stage on Hetzner, the last one on DigitalOcean and Vultr", "stages.py", cpus=0.8),
    _shop("one-step", "from the first stage to the last in one step, and back", "one_step.py", cpus=0.8),
    _shop("two-labs", "two labs beside each other", "two_labs.py", cpus=1),
)
