"""Builds images with buildah: Debian has it, it reads real Dockerfiles and works in a chroot, without a daemon."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.errors import Problem, RefusedError
from lab.disk_use import remove
from lab.images.limits import build_ulimits
from lab.images.machine import Machine, kept_packages
from lab.images.run import run
from lab.images.store import Image, Store
from lab.paths import cache_root

# As a build's network, the host's: mirrors are asked from where the machine asks them.
_BUILD = ("--isolation=chroot", "--network=host", "--pull-never", "--format=oci")


class Builder:
    """A storage of buildah's in the cache, for as long as somebody builds; the caller holds the lock."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._own = cache_root() / "images" / "buildah"
        self.buildah = ["buildah", f"--root={self._own / 'storage'}", f"--runroot={self._own / 'run'}"]
        self._scratch = cache_root() / "images" / "partial"

    def sweep(self) -> None:
        """Removes what an interrupted build left.

        Raises:
            RefusedError: this is not root.
        """
        _only_root()
        shutil.rmtree(self._scratch, ignore_errors=True)
        run([*self.buildah, "rm", "--all"], "room for a build")

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder on the store's disk for as long as the block runs."""
        self._scratch.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._scratch) as folder:
            yield Path(folder)

    def kept(self, tag: str) -> bool:
        """Whether buildah still has an image to start from."""
        return tag in run([*self.buildah, "images", "--noheading", "--format={{.Name}}:{{.Tag}}"], "a list").split()

    def load(self, image: Image, tag: str) -> None:
        """Copies an image of the store into buildah's storage, for others to start from."""
        with self.scratch() as folder:
            self.store.lay_out(image, folder / "image")
            # By a relative path: buildah makes a name of it, which takes no dot at the beginning of a folder.
            name = run([*self.buildah, "pull", "--quiet", "oci:image"], tag, cwd=folder).split()[-1]
        run([*self.buildah, "tag", name, tag], tag)

    def build(self, *, dockerfile: Path, context: Path, tag: str, machine: Machine, base: str | None) -> None:
        """Makes an image in buildah's storage; `base` takes the place of the first FROM.

        Raises:
            RefusedError: this is not root.
            StagecoachError: a step failed; the message has its last lines.
        """
        _only_root()
        start = [f"--from={base}"] if base else []
        ignored = context / ".dockerignore"
        rules = [f"--ignorefile={ignored}"] if ignored.exists() else []
        command = [*self.buildah, "build", *_BUILD, *build_ulimits(), *start, *rules, *machine.volumes()]
        run([*command, f"--tag={tag}", f"--file={dockerfile}", str(context)], tag)

    def publish(self, *, tag: str, name: str, key: str, started: float) -> Image:
        """Moves an image into the store, its layers uncompressed so that unpacking them is fast.

        Args:
            tag: What it is called in buildah's storage.
            name: What it is called from now on.
            key: Key of its inputs.
            started: When the work on it began, by `time.monotonic()`.
        """
        with self.scratch() as folder:
            # Not `oci:`, which compresses whatever the option says.
            run([*self.buildah, "push", "--quiet", "--disable-compression", tag, f"dir:{folder}"], name)
            media_type, digest = self.store.take(folder)
        image = Image(
            name=name,
            key=key,
            media_type=media_type,
            digest=digest,
            manifest_bytes=self.store.blob(digest).stat().st_size,
            bytes=self.store.size(digest),
            seconds=round(time.monotonic() - started, 1),
        )
        self.store.add(image)
        return image

    def forget(self, tag: str) -> None:
        """Frees the disk of an image that nothing starts from."""
        run([*self.buildah, "rmi", "--force", tag], tag)

    def end(self) -> int:
        """Frees what only builds need: buildah's copies of the images, Debian's packages; how many bytes."""
        if self._own.exists():
            run([*self.buildah, "rm", "--all"], "the end of a build")
            run([*self.buildah, "rmi", "--all", "--force"], "the end of a build")
        # What a build has mounted there is not for anybody to remove.
        mounted = f" {self._own}/" in Path("/proc/self/mountinfo").read_text()
        folders = [self._scratch, *kept_packages(), *([] if mounted else [self._own])]
        return sum(remove(folder) for folder in folders)


def _only_root() -> None:
    if os.geteuid() != 0:
        problem = Problem(path="user", value=str(os.geteuid()), allowed="root", hint="Run the command as root")
        raise RefusedError("images cannot be made", [problem])
