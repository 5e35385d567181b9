"""Files that running programs use: who starts one of them again would miss it."""

from __future__ import annotations

from pathlib import Path


class InUse:
    """What this machine's processes run, read, or name on their command lines at this moment."""

    def __init__(self, processes: Path = Path("/proc")) -> None:
        self._programs: set[int] = set()
        self._paths: set[str] = set()
        for process in processes.glob("[0-9]*"):
            try:
                self._paths |= {word for word in (process / "cmdline").read_text(errors="replace").split("\0") if word}
                self._paths |= set(_mapped((process / "maps").read_text(errors="replace")))
                # By number: a server sees the file under another name, in another file system.
                self._programs.add((process / "exe").stat().st_ino)
            except OSError:
                continue  # it ended meanwhile, or is the kernel's

    def names(self, folder: Path) -> bool:
        """Whether a process names this folder or a file below."""
        names = (str(folder), str(folder.resolve()))
        return any(path in names or path.startswith(tuple(f"{name}/" for name in names)) for path in self._paths)

    def runs(self, folder: Path) -> bool:
        """Whether a process runs a program of this folder, or names one."""
        files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
        return self.names(folder) or any(path.stat().st_ino in self._programs for path in files)


def _mapped(maps: str) -> list[str]:
    found = (line.split(maxsplit=5) for line in maps.splitlines())
    return [fields[5] for fields in found if len(fields) > 5 and fields[5].startswith("/")]  # noqa: PLR2004  the last column
