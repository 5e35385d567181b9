"""What a guest runs as its init system: our files, copied at boot, so that a running server depends on no tree."""

from __future__ import annotations

import shutil
from pathlib import Path

from lab.paths import cache_root

_SOURCE = Path(__file__).with_name("guest")
_COMMANDS = ("systemctl", "journalctl", "cloud_init")
_PACKAGES = ("lab", "lab/nodes", "lab/nodes/real", "lab/nodes/real/vps")


def tools() -> Path:
    """What is mounted at /usr/local/lib/stagecoach-lab of every guest: the programs that k3s consists of."""
    folder = cache_root() / "guest" / "current"
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


def write_system(folder: Path, *, name: str, user_data: str) -> None:
    """Writes what is mounted at /usr/local/lib/stagecoach-guest; user data has the host's key: only root reads it."""
    shutil.rmtree(folder, ignore_errors=True)
    for package in _PACKAGES:
        (folder / package).mkdir(parents=True, exist_ok=True)
        (folder / package / "__init__.py").touch()
    shutil.copytree(_SOURCE, folder / "lab/nodes/real/vps/guest", ignore=shutil.ignore_patterns("__pycache__"))
    commands = folder / "bin"
    commands.mkdir()
    for module in _COMMANDS:
        script = commands / module.replace("_", "-")
        script.write_text(
            "#!/bin/sh\nexport PYTHONPATH=/usr/local/lib/stagecoach-guest PYTHONDONTWRITEBYTECODE=1\n"
            f'exec /usr/bin/python3 -m lab.nodes.real.vps.guest.{module} "$@"\n'
        )
        script.chmod(0o755)
    (folder / "name").write_text(name)
    secret = folder / "user-data"
    secret.touch(0o600)
    secret.write_text(user_data)
