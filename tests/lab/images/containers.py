"""Runs an image's program as a pod of the stack does, without Kubernetes: its user, a read-only root, own network."""

import json
import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from lab.images.ensure import ensure_images
from lab.images.store import Store
from tests.waiting import patience, wait

# $1 is the root, $2 appears when all is mounted; then pairs of folder and mount point up to --, then the command.
ADDRESS = "192.0.2.1"  # as a pod's: not loopback, for which servers have other rules
_START = """\
set -eu
root=$1 ready=$2; shift 2
mount --make-rprivate /
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t tmpfs tmpfs "$root/dev"
for name in null zero full random urandom; do touch "$root/dev/$name"; mount --bind "/dev/$name" "$root/dev/$name"; done
ln -s /proc/self/fd "$root/dev/fd"
number=0; for name in stdin stdout stderr; do ln -s "fd/$number" "$root/dev/$name"; number=$((number + 1)); done
mkdir -m 1777 "$root/dev/shm"
while [ "$1" != -- ]; do mount --bind "$1" "$root$2"; shift 2; done
shift
ip link set lo up
ip address add 192.0.2.1/32 dev lo
touch "$ready"
exec setpriv --no-new-privs "$@"
"""


def unpack(name, folder):
    """The image's root file system in a folder, and what it says about its program."""
    [image] = ensure_images([name])
    store = Store()
    manifest = json.loads(store.blob(image.digest).read_text())
    folder.mkdir(parents=True, exist_ok=True)
    for layer in manifest["layers"]:
        blob = store.blob(layer["digest"])
        listed = subprocess.run(["tar", "-tf", blob], capture_output=True, text=True, check=True).stdout
        for gone in (Path(line) for line in listed.splitlines() if "/.wh." in f"/{line}"):
            target = folder / gone.parent / gone.name.removeprefix(".wh.")
            shutil.rmtree(target) if target.is_dir() and not target.is_symlink() else target.unlink(missing_ok=True)
        subprocess.run(["tar", "-xpf", blob, "--numeric-owner", "--exclude=.wh.*", "-C", folder], check=True)
    return json.loads(store.blob(manifest["config"]["digest"]).read_text())["config"]


class Container:
    """One image, unpacked; `mounts` are paths in it that may be written, kept between starts."""

    def __init__(self, name, folder, *, uid, mounts=()):
        self.root, self.uid = folder / "root", uid
        self.config = unpack(name, self.root)
        for path in ("proc", "sys", "dev"):  # as a container runtime makes them
            (self.root / path).mkdir(exist_ok=True)
        self.mounts = {path: folder / "volumes" / path.strip("/").replace("/", "-") for path in mounts}
        for path, volume in self.mounts.items():
            volume.mkdir(parents=True)
            os.chown(volume, uid, uid)
            if not path.startswith("/dev/"):
                (self.root / path.strip("/")).mkdir(parents=True, exist_ok=True)
        self.log = folder / "log"
        self.child = None
        self.pid = None  # of the program, which `child` waits for

    def start(self, *arguments, command=None, env=None):
        """The entrypoint with arguments in place of CMD, or a command in its place."""
        words = command or [*(self.config.get("Entrypoint") or []), *(arguments or self.config.get("Cmd") or [])]
        mounts = [word for path, volume in self.mounts.items() for word in (str(volume), path)]
        ready = self.root.parent / "ready"
        ready.unlink(missing_ok=True)
        inside = ["sh", "-c", _START, "sh", str(self.root), str(ready), *mounts, "--", *self._inside(words, env)]
        with self.log.open("a") as log:
            self.child = subprocess.Popen(
                ["unshare", "--mount", "--pid", "--net", "--ipc", "--fork", "--kill-child", *inside],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        wait(lambda: ready.exists() or self.child.poll() is not None, f"the start of {words}")
        self.pid = self._forked()

    def run(self, *command, env=None, check=True):
        """A command beside the program, as a probe runs it."""
        enter = ["nsenter", f"--target={self._inner()}", "--mount", "--net", "--ipc", "--pid"]
        words = [*enter, *self._inside(command, env)]
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=patience(60))
        assert not check or done.returncode == 0, f"{command}: {done.stdout}{done.stderr}\n{self.log.read_text()}"
        return done

    def signal(self, number, seconds=30):
        """Sends a signal to the program; its exit code."""
        os.kill(self._inner(), number)
        return self.child.wait(timeout=patience(seconds))

    def stop(self):
        """Kills the program itself: one that changed its user has lost the signal that --kill-child asked for."""
        if self.child and self.child.poll() is None:
            with suppress(ProcessLookupError):  # it has just ended
                os.kill(self.pid or self.child.pid, signal.SIGKILL)
            self.child.wait(timeout=patience(30))

    def _inner(self):
        assert self.child.poll() is None, self.log.read_text()
        return self.pid

    def _forked(self):
        """None once it has ended."""
        number = self.child.pid
        running = self.child.poll() is None
        listed = Path(f"/proc/{number}/task/{number}/children").read_text().split() if running else []
        return int(listed[0]) if listed else None

    def _inside(self, words, more):
        """Under the container's user and with its variables alone, of which PATH is for its own root."""
        env = {**dict(line.split("=", 1) for line in self.config.get("Env") or []), **(more or {})}
        user = f"--userspec={self.uid}:{self.uid}"
        variables = [f"{name}={value}" for name, value in env.items()]
        return ["env", "-i", *variables, shutil.which("chroot"), user, "--groups=", str(self.root), *words]
