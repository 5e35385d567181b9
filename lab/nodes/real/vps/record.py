"""What is remembered of a server in its folder, also when the lab's process ends."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from lab.machines import Size

FILE = "vps.json"
RUNNING = "run.json"
_LETTERS = "bcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, kw_only=True)
class Volume:
    """An attached volume: its image on this machine, the link that the cloud promises, its device inside."""

    image: str
    link: str
    device: str


@dataclass(frozen=True, kw_only=True)
class Record:
    """One server, running or not."""

    name: str
    size: Size
    public_ip: str
    private_ip: str = ""
    subnet: str = ""
    own_ip: str = ""  # the public address that it was bought with
    volumes: tuple[Volume, ...] = field(default=())

    @property
    def reserved(self) -> bool:
        """Whether its public address was assigned later, and leads to another address of its interface."""
        return bool(self.own_ip) and self.public_ip != self.own_ip

    def with_volume(self, image: Path, link: str) -> tuple[Record, Volume]:
        """This and one more volume, under the first free of /dev/sdb to /dev/sdz."""
        taken = {one.device for one in self.volumes}
        device = next(f"sd{letter}" for letter in _LETTERS if f"sd{letter}" not in taken)
        volume = Volume(image=str(image), link=link, device=device)
        return replace(self, volumes=(*self.volumes, volume)), volume

    def save(self, folder: Path) -> None:
        """Writes it whole or not at all."""
        write_json(folder / FILE, asdict(self))


def load(folder: Path) -> Record:
    """What was saved; FileNotFoundError if no server was created there."""
    row = json.loads((folder / FILE).read_text())
    return Record(
        **{**row, "size": Size(**row["size"]), "volumes": tuple(Volume(**volume) for volume in row["volumes"])}
    )


def write_json(path: Path, value: dict[str, Any]) -> None:
    """A reader sees the old or the new text, never half of one."""
    temporary = path.with_suffix(".new")
    temporary.write_text(json.dumps(value, indent=1))
    temporary.replace(path)
