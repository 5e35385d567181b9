"""`python -m infra diff`."""

import json
import subprocess
from pathlib import Path

from tests.cli.command import infra

REPOSITORY = Path(__file__).resolve().parents[2]


def diff(*arguments, folder=REPOSITORY):
    return infra("diff", *arguments, folder=folder, environment={"PATH": "/usr/bin:/bin"})


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
        assert made["cost"] == {"from": 8.28, "to": 12.42, "delta": 4.14, "currency": "EUR"}
        assert {"path": "volume_size_gib", "from": "40", "to": "60"} in made["changes"]
        assert [one["path"] for one in made["irreversible"]] == ["volume_size_gib"]
        assert made["restarts"][0]["name"] == "server"

    def test_how_long_in_which_order_and_back(self):
        made = json.loads(diff("--from", "1", "--to", "2", "--provider", "hetzner", "--json").stdout)
        seconds = sum(one["seconds"] for one in made["downtime"])
        assert made["downtime_seconds"] - 1 < seconds <= made["downtime_seconds"]
        assert all(one["source"] for one in made["downtime"])
        assert [one["key"] for one in made["events"]][:3] == ["volume", "server", "file-system"]
        assert made["way_back"]["complete"] is True
        assert {key: made["restarts"][0][key] for key in ("name", "away_seconds")} == {
            "name": "server",
            "away_seconds": 281,
        }

    def test_the_root_disk(self):
        made = json.loads(diff("--from", "2", "--to", "1", "--json").stdout)["root_disk"]
        assert made == {
            "gb": 40,
            "recorded": False,
            "said": "unknown: assumes born at stage 1, as cx23 with 40 GB",
        }
        looked = json.loads(diff("--from", "2", "--to", "1", "--root-disk-gb", "80", "--json").stdout)
        assert looked["root_disk"] == {"gb": 80, "recorded": True, "said": "80 GB, recorded"}
        assert looked["server"]["possible"] is False

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

    def test_two_commits(self, tmp_path):
        text = (REPOSITORY / "Pulumi.stage1.yaml").read_text()
        path = tmp_path / "Pulumi.shop.yaml"
        subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
        for stage in (1, 3):
            path.write_text(text.replace("stage: 1", f"stage: {stage}"))
            identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
            for command in (["add", "."], [*identity, "commit", "-qm", "one"]):
                subprocess.run(["git", *command], cwd=tmp_path, check=True)
        path.unlink()
        done = diff("--from", "HEAD~1:Pulumi.shop.yaml", "--to", "HEAD:Pulumi.shop.yaml", "--json", folder=tmp_path)
        assert json.loads(done.stdout)["stage"] == {"from": 1, "to": 3}

    def test_two_deployments(self, tmp_path):
        text = (REPOSITORY / "Pulumi.stage1.yaml").read_text()
        (tmp_path / "Pulumi.a.yaml").write_text(text)
        (tmp_path / "Pulumi.b.yaml").write_text(text.replace("name: shop", "name: museum"))
        done = diff("--from", "Pulumi.a.yaml", "--to", "Pulumi.b.yaml", folder=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert "stagecoach:name = museum: shop, the name on the other side" in done.stderr

    def test_neither(self):
        done = diff("--from", "HEAD:Pulumi.nosuch.yaml", "--to", "2")
        assert done.returncode == 2
        assert "HEAD:Pulumi.nosuch.yaml: a stage (1 to 5), a stack file, or COMMIT:FILE" in done.stderr


class TestFormats:
    def test_text(self):
        done = diff("--from", "1", "--to", "2")
        assert (done.returncode, done.stderr) == (0, "")
        assert "server: cx23 to cx33, resized in place" in done.stdout
        assert "a month without VAT: 8.28 to 12.42 EUR (+4.14)" in done.stdout
        assert "(server 5.49 to 8.49 (+3.00), volume 2.29 to 3.43 (+1.14), addresses 0.50)" in done.stdout
        assert "downtime of the shop: about 6 minutes; " in done.stdout
        assert (
            "2. the server is powered off, becomes a cx33 and starts again: the shop is down for about 5 minutes"
            in done.stdout
        )
        assert "- the server becomes cx23 again, in place" in done.stdout

    def test_markdown(self):
        done = diff("--from", "2", "--to", "3", "--markdown")
        assert "- **Server:** `cx33`, unchanged\n" in done.stdout
        assert "- **Restarts:** nothing\n" in done.stdout
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
