"""The comment, from a repository with a branch and from the engine's previews."""

import subprocess
from pathlib import Path

import pytest

from infra.delivery.comment import render_comment
from infra.delivery.findings import gather, require_good
from infra.delivery.marker import MARKER
from infra.errors import ConfigError, RefusedError
from infra.report.markdown import LIMIT
from tests.updates.preview.previews import document, step

STACK = """config:
  stagecoach:name: shop
  stagecoach:provider: hetzner
  stagecoach:region: nbg1
  stagecoach:stage: 1
  stagecoach:image: ghcr.io/example/shop:1.0.0
  stagecoach:admin_cidrs:
    - 203.0.113.0/24
"""

VOLUME = "hcloud:index/volume:Volume"


def exception(urn):
    return f"  stagecoach:guard_exceptions:\n    - urn: {urn}\n      reason: moved by hand on Tuesday\n"


def git(*arguments):
    identity = ("-c", "user.name=anna", "-c", "user.email=anna@example.org")
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """Two stack files of one deployment, committed on main; the working folder."""
    folder = tmp_path / "repository"
    folder.mkdir()
    monkeypatch.chdir(folder)
    Path("Pulumi.stage1.yaml").write_text(STACK)
    Path("Pulumi.stage2.yaml").write_text(STACK.replace("stage: 1", "stage: 2"))
    Path("deployments.yaml").write_text("shop: stage1\n")
    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-qm", "base")
    git("switch", "-qc", "change")
    return folder


def comment(previews=None, remarks=()):
    return render_comment(gather("main", previews=previews, engine=False, remarks=remarks))


class TestStackFiles:
    def test_no_change(self, repository):
        text = comment()
        assert text.startswith(f"{MARKER}\n")
        assert "No stack file changes." in text
        assert "No engine preview: it was not asked for." in text

    def test_a_changed_stage(self, repository):
        Path("Pulumi.stage1.yaml").write_text(STACK.replace("stage: 1", "stage: 2"))
        text = comment()
        assert "### `Pulumi.stage1.yaml`, deployment `shop`\n\nStage 1 (up to 200 customers) → stage 2 (up to " in text
        assert "- **A month without VAT:** 8.28 → 12.42 EUR (+4.14): server 5.49 to 8.49 (+3.00), " in text
        assert "CAUTION" not in text

    def test_a_base_that_is_no_text(self, repository):
        """The branch that puts it right has a comment."""
        Path("Pulumi.stage1.yaml").write_bytes(b"config: \xff\xfe\x80\n")
        git("commit", "-qam", "broken")
        git("branch", "-f", "main")
        Path("Pulumi.stage1.yaml").write_text(STACK)
        assert "The base's file cannot be used any more: this is what it builds." in comment()

    def test_support_that_ends(self, repository):
        """Of a changed file and of a new one."""
        old = STACK + "  stagecoach:k3s:\n    version: v1.33.6+k3s1\n"
        for path in ("Pulumi.stage1.yaml", "Pulumi.museum.yaml"):
            Path(path).write_text(old)
        assert comment().count("- **Warning:** Kubernetes 1.33 has had no fixes since 2026-06-28.") == 2

    def test_a_move_by_rename(self, repository):
        """Only deployments.yaml changes: what is compared are the two stacks' files."""
        Path("deployments.yaml").write_text("shop: stage2\n")
        text = comment()
        assert "### `Pulumi.stage2.yaml`, deployment `shop`" in text
        assert "(up to 400 customers); the stack moves from `Pulumi.stage1.yaml` by rename." in text

    def test_a_new_file(self, repository):
        Path("Pulumi.museum.yaml").write_text(STACK.replace("shop\n", "museum\n"))
        text = comment()
        assert "### `Pulumi.museum.yaml`, not deployed\n\nThe file is new: this is what it builds.\n" in text
        assert "| server | 1 | `cx23` |" in text

    def test_a_removed_file_of_a_running_deployment(self, repository):
        Path("Pulumi.stage1.yaml").unlink()
        with pytest.raises(ConfigError, match="shop: stage1: a stack whose file"):
            comment()

    def test_a_removed_file_that_nothing_runs_from(self, repository):
        Path("Pulumi.stage2.yaml").unlink()
        assert "### `Pulumi.stage2.yaml`, not deployed\n\nThe file is removed.\n" in comment()

    def test_a_base_that_is_no_longer_valid(self, repository):
        git("switch", "-q", "main")
        Path("Pulumi.stage1.yaml").write_text(STACK + "  stagecoach:gone: 1\n")
        git("commit", "-qam", "with a key of an older version")
        git("switch", "-qC", "change")
        Path("Pulumi.stage1.yaml").write_text(STACK)
        text = comment()
        assert "The base's file cannot be used any more: this is what it builds." in text
        assert "**8.28 EUR a month without VAT:** 5.49 server (cx23), 2.29 volume (40 GB)" in text

    def test_the_program_changes(self, repository):
        Path("infra").mkdir()
        Path("infra/new.py").write_text("")
        assert "The program changes, too: only the engine's preview shows" in comment()

    def test_an_unknown_base(self, repository):
        with pytest.raises(ConfigError, match=r"BASE = nosuch: .*git fetch origin main"):
            gather("nosuch", previews=None, engine=False, remarks=())


class TestRefused:
    def test_a_broken_file(self, repository):
        Path("Pulumi.stage1.yaml").write_text(STACK.replace("region", "regoin"))
        found = gather("main", previews=None, engine=False, remarks=())
        text = render_comment(found)
        assert "> [!CAUTION]\n> - `Pulumi.stage1.yaml` cannot be used" in text
        assert "Did you mean region?" in text
        with pytest.raises(ConfigError, match="Did you mean region"):
            require_good(found)

    def test_another_region(self, repository):
        Path("Pulumi.stage1.yaml").write_text(STACK.replace("nbg1", "fsn1"))
        found = gather("main", previews=None, engine=False, remarks=())
        text = render_comment(found)
        assert "> - `Pulumi.stage1.yaml`: stagecoach:region = fsn1: nbg1, where this stack's server stands" in text
        with pytest.raises(RefusedError, match="stagecoach:region = fsn1"):
            require_good(found)


class TestPreviews:
    @pytest.fixture
    def previews(self, tmp_path):
        folder = tmp_path / "previews"
        folder.mkdir()
        return folder

    def test_a_replacement_comes_first_and_loudly(self, repository, previews):
        steps = [
            step("update", "kubernetes:apps/v1:Deployment", "django-deployment", paths=["spec.replicas"]),
            step("replace", "hcloud:index/server:Server", "server-server", protect=True, replacing=["userData"]),
        ]
        (previews / "stage1.json").write_text(document(*steps))
        text = comment(previews)
        assert (
            "> [!CAUTION]\n> - server `server-server` of stack `stage1` would be replaced: another one, and an empty "
            "one, takes its place (because of `userData`)\n"
        ) in text
        assert "- Guard, on what the engine would do to stack `stage1`: **refused.** 1 of 2 changes would lose" in text
        assert text.index("| **replace** | `server-server` |") < text.index("| update | `django-deployment` |")
        assert "1 to replace, 1 to update, 70 unchanged." in text
        assert "Nothing that is replaced" not in text

    def test_what_is_replaced_by_design_is_counted(self, repository, previews):
        steps = [
            step("replace", "kubernetes:core/v1:ConfigMap", "a"),
            step("replace", "kubernetes:core/v1:ConfigMap", "b"),
            step("delete", "kubernetes:batch/v1:Job", "django-migrate"),
        ]
        (previews / "stage1.json").write_text(document(*steps))
        line = "- Nothing that is replaced or deleted holds data, a name or an address: 2 ConfigMap, 1 Job."
        assert f"unchanged.\n\n{line}\n" in comment(previews)

    def test_a_loss_that_nobody_named_fails_the_job(self, repository, previews):
        """Unprotected: the engine alone would do it."""
        (previews / "stage1.json").write_text(document(step("delete", VOLUME, "server-data")))
        found = gather("main", previews=previews, engine=False, remarks=())
        with pytest.raises(RefusedError, match="stack stage1, volume server-data: it would be deleted"):
            require_good(found)

    def test_a_loss_that_the_stack_file_names(self, repository, previews):
        one = step("delete", VOLUME, "server-data")
        (previews / "stage1.json").write_text(document(one))
        Path("Pulumi.stage1.yaml").write_text(STACK + exception(one["urn"]))
        found = gather("main", previews=previews, engine=False, remarks=())
        text = render_comment(found)
        assert "CAUTION" not in text
        assert (
            "- **Allowed once:** volume `server-data` would be deleted, with what is on it. Reason: moved by hand"
            in text
        )
        require_good(found)

    def test_an_exception_that_is_left_over(self, repository, previews):
        one = step("delete", VOLUME, "server-data")
        (previews / "stage1.json").write_text(document())
        Path("Pulumi.stage1.yaml").write_text(STACK + exception(one["urn"]))
        found = gather("main", previews=previews, engine=False, remarks=())
        assert "an exception is for one update, take it out" in render_comment(found)
        with pytest.raises(RefusedError, match="Take it out, or the next update"):
            require_good(found)

    def test_the_engines_root_disk(self, repository, previews):
        """Recorded in the state: a server that was built as a cx33 can't become a cx23."""
        Path("Pulumi.stage2.yaml").write_text(STACK)
        Path("deployments.yaml").write_text("shop: stage2\n")
        made = step("update", "hcloud:index/server:Server", "server-server", paths=["labels"])
        made["oldState"]["outputs"] = {"primaryDiskSize": 80}
        (previews / "stage2.json").write_text(document(made))
        text = comment(previews)
        assert "- The server's root disk, which decides what it can become: 80 GB, recorded" in text

    def test_what_is_renewed_by_design_is_not_loud(self, repository, previews):
        (previews / "stage1.json").write_text(
            document(step("replace", "kubernetes:core/v1:ConfigMap", "prometheus-config"))
        )
        text = comment(previews)
        assert "CAUTION" not in text
        assert "| replace | `prometheus-config` |" in text

    def test_a_refusal_of_the_engine(self, repository, previews):
        said = [{"severity": "error", "message": "the change would replace the server"}]
        (previews / "stage1.json").write_text(document(diagnostics=said))
        found = gather("main", previews=previews, engine=False, remarks=())
        assert "- **Error:** the change would replace the server" in render_comment(found)
        with pytest.raises(RefusedError, match="the change would replace the server"):
            require_good(found)

    @pytest.mark.parametrize("text", ["{}", '{"changeSummary": {"same": 3}}'])
    def test_a_preview_without_steps(self, repository, previews, text):
        """It must not pass for one in which nothing is dangerous."""
        (previews / "stage1.json").write_text(text)
        with pytest.raises(ConfigError, match="a preview with steps"):
            comment(previews)

    def test_another_projects_preview(self, repository, previews):
        text = document(step("update", VOLUME, "server-data")).replace("::stagecoach::", "::website::")
        (previews / "stage1.json").write_text(text)
        with pytest.raises(ConfigError, match="a preview of project stagecoach, not of website"):
            comment(previews)

    def test_a_damaged_preview(self, repository, previews):
        (previews / "stage1.json").write_text(document()[:-5])
        with pytest.raises(ConfigError, match="the engine's preview can't be read"):
            comment(previews)

    def test_many_long_previews_fit(self, repository, previews):
        for number in range(8):
            steps = [
                step("create", "kubernetes:core/v1:ConfigMap", f"{'x' * 80}{index}", paths=["data" * 30])
                for index in range(400)
            ]
            (previews / f"stack{number}.json").write_text(document(*steps))
            (previews / f"stack{number}.diff").write_text("+ a line of the engine's own text\n" * 20_000)
        text = comment(previews)
        assert len(text) <= LIMIT
        assert text.count("400 to create, 70 unchanged.") == 8
        assert text.rstrip().endswith("No stack file changes.")
        assert text.count("- Guard, on what") == 8

    def test_remarks(self, repository, previews):
        (previews / "stage1.json").write_text(document())
        assert "\nfrom a `*simulated*` cloud\n" in comment(previews, remarks=("from a *simulated* cloud",))
