"""`python -m infra diff`."""

import json
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def diff(*arguments, folder=REPOSITORY):
    return subprocess.run(
        [sys.executable, "-m", "infra", "diff", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={"PYTHONPATH": str(REPOSITORY), "PATH": "/usr/bin:/bin"},
    )


class TestJson:
    def test_has_the_promised_keys(self):
        made = json.loads(diff("--from", "1", "--to", "2", "--json").stdout)
        assert made["server"] == {
            "from": "cx23",
            "to": "cx33",
            "becomes": "cx33",
            "in_place": True,
            "possible": True,
            "reason": None,
        }
        assert made["cost"] == {"from": 5.49, "to": 8.49, "delta": 3.0, "currency": "EUR"}
        assert {"path": "volume_size_gib", "from": "40", "to": "60"} in made["changes"]
        assert [one["path"] for one in made["irreversible"]] == ["volume_size_gib"]
        assert made["restarts"][0]["name"] == "server"

    def test_provider(self):
        made = json.loads(diff("--from", "3", "--to", "1", "--provider", "vultr", "--json").stdout)
        assert made["server"]["possible"] is False
        assert made["cost"]["delta"] == 0.0


class TestSides:
    def test_a_stage_beside_a_file_is_that_files_deployment(self, tmp_path):
        text = (REPOSITORY / "Pulumi.stage2.yaml").read_text().replace("nbg1", "fsn1")
        (tmp_path / "Pulumi.shop.yaml").write_text(text)
        done = diff("--from", "Pulumi.shop.yaml", "--to", "3", "--json", folder=tmp_path)
        made = json.loads(done.stdout)
        assert made["stage"] == {"from": 2, "to": 3}
        assert made["server"]["in_place"]

    def test_a_file_in_a_commit(self, tmp_path):
        text = (REPOSITORY / "Pulumi.stage1.yaml").read_text()
        path = tmp_path / "Pulumi.shop.yaml"
        path.write_text(text)
        for command in (
            ["init", "-q"],
            ["add", "."],
            ["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "one"],
        ):
            subprocess.run(["git", *command], cwd=tmp_path, check=True)
        path.write_text(text.replace("stage: 1", "stage: 2"))
        done = diff("--from", "HEAD:Pulumi.shop.yaml", "--to", "Pulumi.shop.yaml", "--json", folder=tmp_path)
        assert json.loads(done.stdout)["stage"] == {"from": 1, "to": 2}

    def test_neither(self):
        done = diff("--from", "HEAD:Pulumi.nosuch.yaml", "--to", "2")
        assert done.returncode == 2
        assert "HEAD:Pulumi.nosuch.yaml: a stage (1 to 5), a stack file, or COMMIT:FILE" in done.stderr


class TestFormats:
    def test_text(self):
        done = diff("--from", "1", "--to", "2")
        assert (done.returncode, done.stderr) == (0, "")
        assert "server: cx23 to cx33, resized in place" in done.stdout
        assert "5.49 to 8.49 EUR (+3.00)" in done.stdout

    def test_markdown(self):
        done = diff("--from", "2", "--to", "3", "--markdown")
        assert "- Server: `cx33`, unchanged\n" in done.stdout
        assert "- Restarts: nothing\n" in done.stdout
        assert "| `volume_size_gib` | `60` | `80` |" in done.stdout


class TestExitCodes:
    def test_refused(self, tmp_path):
        text = (REPOSITORY / "Pulumi.stage1.yaml").read_text()
        (tmp_path / "Pulumi.a.yaml").write_text(text)
        (tmp_path / "Pulumi.b.yaml").write_text(text.replace("nbg1", "fsn1"))
        done = diff("--from", "Pulumi.a.yaml", "--to", "Pulumi.b.yaml", "--json", folder=tmp_path)
        assert done.returncode == 1
        assert json.loads(done.stdout)["server"]["in_place"] is False
        assert "stagecoach:region = fsn1: nbg1, where this stack's server stands" in done.stderr

    def test_wrong_input(self):
        done = diff("--from", "1", "--to", "7")
        assert done.returncode == 2
        assert "stagecoach:stage = 7" in done.stderr
