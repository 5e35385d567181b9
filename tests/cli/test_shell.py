"""`python -m infra shell`."""

from tests.cli.command import infra


def test_is_djangos(tmp_path, monkeypatch):
    """Of the same pod as `run`, for half a day."""
    asked = []

    def run(kubectl, command, seconds, say, *, terminal):
        asked.append((kubectl.options, command, seconds, terminal))
        return 5

    path = tmp_path / "kubeconfig"
    path.write_text("clusters: [{name: shop}]\n")
    monkeypatch.setattr("infra.operate.run.run_command", run)
    made = infra("shell", f"--kubeconfig={path}")
    assert made.returncode == 5, made.stderr
    assert asked == [([f"--kubeconfig={path}"], ("python", "manage.py", "shell"), 14_400, False)]
