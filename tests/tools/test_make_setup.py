"""`make setup`: which environment `.venv` shows, and when one is made."""

import hashlib
import subprocess
from pathlib import Path

import pytest

from tests.waiting import patience

REPOSITORY = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.txt", "requirements/dev.txt")


class Checkout:
    """A folder with the Makefile, a python3 that tells its version, and a script that only notes its calls."""

    def __init__(self, folder):
        self.folder = folder
        self.cache = folder / "cache"
        for name in ("tools", "requirements"):
            (folder / name).mkdir()
        for name in ("Makefile", "tools/stagecoach", *LOCKS):
            (folder / name).write_text((REPOSITORY / name).read_text())
        self.python("python3", "3.12.1")

    def python(self, name, version):
        """It makes an environment as tools/environment.py does, with itself as the interpreter."""
        path = self.folder / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(
            "#!/bin/sh\n"
            f'echo "{name} $*" >>"{self.folder}/calls"\n'
            f'[ "$1" != -V ] || exec echo Python {version}\n'
            '[ "$1" = tools/environment.py ] || exit 1\n'
            f'mkdir -p "$2/bin" && ln -sf "{path}" "$2/bin/python" && touch "$2/.complete"\n'
            'cp tools/stagecoach "$2/bin/stagecoach"\n'
        )
        path.chmod(0o755)

    def setup(self, *arguments):
        """The folder that .venv shows afterwards, and how often an environment was made."""
        (self.folder / "calls").write_text("")
        environ = {"PATH": f"{self.folder}/bin:/usr/bin:/bin", "STAGECOACH_CACHE": str(self.cache)}
        subprocess.run(
            ["make", "-s", "setup", *arguments], cwd=self.folder, env=environ, check=True, timeout=patience(60)
        )
        return (self.folder / ".venv").readlink().name, self.calls().count("tools/environment.py")

    def calls(self):
        return (self.folder / "calls").read_text()


class TestMakeSetup:
    @pytest.fixture
    def checkout(self, tmp_path):
        return Checkout(tmp_path)

    def key(self, checkout):
        return hashlib.sha256(b"".join((checkout.folder / name).read_bytes() for name in LOCKS)).hexdigest()[:12]

    def test_the_folder_is_named_for_python_and_locks(self, checkout):
        assert checkout.setup() == (f"venv-3.12.1-{self.key(checkout)}", 1)

    def test_nobody_asks_python3_again(self, checkout):
        """A shim takes 0.1 s to answer, which would be there in every make."""
        made, _ = checkout.setup()
        assert checkout.setup() == (made, 0)
        assert checkout.calls() == "python3 -V\n"  # the environment's own, which is the same script here

    def test_another_python_by_name(self, checkout):
        """It stays when nobody names it again."""
        checkout.setup()
        checkout.python("python3.13", "3.13.0")
        made = f"venv-3.13.0-{self.key(checkout)}"
        assert checkout.setup("PYTHON3=python3.13") == (made, 1)
        assert checkout.setup("PYTHON3=python3.13") == (made, 0)
        assert checkout.setup() == (made, 0)
        assert checkout.calls() == "python3.13 -V\n"

    def test_a_changed_pin(self, checkout):
        before, _ = checkout.setup()
        with (checkout.folder / "requirements.txt").open("a") as lock:
            lock.write("# changed\n")
        after, made = checkout.setup()
        assert (after != before, made) == (True, 1)

    @pytest.mark.parametrize("text", [None, "an earlier one"])
    def test_an_environment_without_the_command(self, checkout, text):
        """It is there already, as one of an earlier checkout is."""
        made, _ = checkout.setup()
        command = checkout.folder / ".venv" / "bin" / "stagecoach"
        command.unlink()
        if text:
            command.write_text(text)
        assert checkout.setup() == (made, 1)
        assert command.read_text() == (REPOSITORY / "tools" / "stagecoach").read_text()

    def test_an_upgrade_of_the_system(self, checkout):
        """The same path is another Python by now."""
        checkout.setup()
        checkout.python("python3", "3.13.5")
        assert checkout.setup() == (f"venv-3.13.5-{self.key(checkout)}", 1)

    def test_a_python_that_is_gone(self, checkout):
        checkout.python("python3.13", "3.13.0")
        checkout.setup("PYTHON3=python3.13")
        (checkout.folder / "bin" / "python3.13").unlink()
        assert checkout.setup() == (f"venv-3.12.1-{self.key(checkout)}", 1)

    def test_another_cache(self, checkout):
        checkout.setup()
        checkout.cache = checkout.folder / "elsewhere"
        _, made = checkout.setup()
        assert made == 1
        assert (checkout.folder / ".venv").readlink().parent == checkout.cache
