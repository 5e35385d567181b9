"""What the emulated clouds share: kinds of objects, made, changed and removed under the store's lock."""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from infra.clouds import CLOUDS
from infra.clouds.catalog.instance_type import InstanceType
from lab.clouds import addresses
from lab.clouds.selection import has
from lab.clouds.store import Record, Store
from lab.machines import Machines, Size
from lab.plugins.package import PluginError

SOLD_OUT_FILE = "sold-out.txt"
_FIRST_PRIVATE_HOST = 2  # .1 is the gateway


class Cloud(ABC):
    """One account at a provider; a subclass names its kinds, its errors and its addresses."""

    provider: ClassVar[str]  # as in the catalog
    kinds: ClassVar[Mapping[str, type[Kind]]]  # by the name in the type's token
    addressed: ClassVar[Mapping[str, str]]  # kinds that hold a public address, and under which key

    def __init__(self, root: Path, machines: Machines) -> None:
        self.root = root
        self.machines = machines
        self.store = Store(root / f"{self.provider}.json")
        self._kinds = {name: kind(self, name) for name, kind in self.kinds.items()}

    @abstractmethod
    def not_found(self, kind: str, resource_id: str) -> PluginError:
        """The API's words for an id that it does not know."""

    def kind(self, name: str) -> Kind:
        """The rules of one kind."""
        return self._kinds[name]

    def create(self, kind: str, inputs: Record) -> tuple[str, Record]:
        """Makes an object: its id and what the API returns."""
        rules = self.kind(kind)
        with self.store.lock:
            record = rules.make(dict(inputs))
            resource_id = rules.new_id(record)
            if resource_id:
                self.store.put(kind, resource_id, record)
            else:
                resource_id = self.store.add(kind, record)
            made = rules.made(resource_id, record)
            if made != record:
                self.store.put(kind, resource_id, made)
        return resource_id, rules.shown(made)

    def read(self, kind: str, resource_id: str) -> Record | None:
        """What the API returns now; None if the object is gone."""
        record = self.store.get(kind, resource_id)
        rules = self.kind(kind)
        return rules.shown(record) if record is not None and rules.holds(record) else None

    def update(self, kind: str, resource_id: str, inputs: Record, removed: Iterable[str] = ()) -> Record:
        """Changes an object in place; `removed` are inputs that are no longer given."""
        rules = self.kind(kind)
        with self.store.lock:
            old = self.require(kind, resource_id)
            gone = set(removed) - set(rules.computed)  # what the API computes stays when nobody asks for it
            new = {**{key: value for key, value in old.items() if key not in gone}, **inputs}
            changed = rules.change(resource_id, old, new)
            self.store.put(kind, resource_id, changed)
        return rules.shown(changed)

    def delete(self, kind: str, resource_id: str) -> None:
        """Deletes, unless the API would refuse; what is gone already is no error."""
        with self.store.lock:
            record = self.store.get(kind, resource_id)
            if record is not None:
                self.kind(kind).remove(resource_id, record)
                self.store.remove(kind, resource_id)

    def require(self, kind: str, resource_id: Any) -> Record:  # noqa: ANN401  ids are numbers or strings
        """The object with that id; raises if there is none."""
        record = self.store.get(kind, str(resource_id))
        if record is None:
            raise self.not_found(kind, str(resource_id))
        return record

    def patch(self, kind: str, resource_id: Any, **changes: Any) -> None:  # noqa: ANN401  a record's values
        """Changes fields of an object; nothing if it is gone."""
        record = self.store.get(kind, str(resource_id))
        if record is not None:
            self.store.put(kind, str(resource_id), {**record, **changes})

    def users(self, kind: str, key: str, value: object) -> dict[str, Record]:
        """Objects of a kind whose field is, or holds, that value; numbers and their text are the same."""
        return {
            one: record
            for one, record in self.store.all(kind).items()
            if has(record.get(key), [str(value)], every=True)
        }

    @property
    def rows(self) -> tuple[InstanceType, ...]:
        """What the catalog knows of this provider."""
        return CLOUDS[self.provider].catalog.instance_types

    @property
    def sold_out(self) -> frozenset[str]:
        """Instance types that can't be had: one a line in a file that a person may write while the lab runs."""
        file = self.root / SOLD_OUT_FILE
        return frozenset(file.read_text().split()) if file.exists() else frozenset()

    def catalogued(self, name: str) -> InstanceType | None:
        """The catalog's row of an instance type."""
        return next((row for row in self.rows if row.name == name), None)

    def on_sale(self, name: str, region: str) -> InstanceType | None:
        """The row, where the region has it now."""
        row = self.catalogued(name)
        return row if row and row.on_sale(region) and name not in self.sold_out else None

    def new_address(self) -> str:
        """A public address that no object of this account holds."""
        held = {str(one.get(key)) for kind, key in self.addressed.items() for one in self.store.all(kind).values()}
        return addresses.free(self.root, held)


class Kind:
    """One kind of object: what the API computes, refuses, and does to other objects."""

    computed: ClassVar[tuple[str, ...]] = ()  # outputs that are unknown before the object exists
    hidden: ClassVar[tuple[str, ...]] = ()  # what the cloud keeps and the API does not return under this name

    def __init__(self, cloud: Cloud, name: str) -> None:
        self.cloud = cloud
        self.name = name

    def new_id(self, _record: Record) -> str:
        """The id; empty where the cloud counts."""
        return ""

    def make(self, record: Record) -> Record:
        """Raises what the API would refuse; adds what it computes."""
        return record

    def made(self, _resource_id: str, record: Record) -> Record:
        """Adds what depends on the id; does to others what the new object does."""
        return record

    def holds(self, _record: Record) -> bool:
        """Whether what the object says is still so: an attachment is gone when either end is."""
        return True

    def change(self, _resource_id: str, _old: Record, new: Record) -> Record:
        """Raises what the API would refuse; the object as it is after the update."""
        return new

    def remove(self, _resource_id: str, _record: Record) -> None:
        """Raises what the API would refuse; frees what the object held."""

    def shown(self, record: Record) -> Record:
        """What the API returns of an object."""
        return {key: value for key, value in record.items() if key not in self.hidden}


class UuidKind(Kind):
    """A kind whose ids are no numbers."""

    def new_id(self, _record: Record) -> str:
        """A random one."""
        return str(uuid.uuid4())


def size_of(row: InstanceType, *, disk_gb: int | None = None) -> Size:
    """What the machines need of a catalog's row; a disk that was kept has its own size."""
    return Size(vcpu=row.vcpu, memory_mib=row.memory.whole_mib, disk_gb=disk_gb or row.disk_gb)


def now() -> str:
    """The time as the APIs write it."""
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def fingerprint(public_key: str) -> str:
    """Sixteen bytes in hexadecimal with colons, the same for the same key."""
    digest = hashlib.md5(public_key.encode(), usedforsecurity=False).hexdigest()
    return ":".join(digest[index : index + 2] for index in range(0, len(digest), 2))


def free_host(network: str, taken: Iterable[str]) -> str:
    """The first private address of a network that is not taken."""
    net, held = ipaddress.ip_network(network), set(taken)
    hosts = (str(net[number]) for number in range(_FIRST_PRIVATE_HOST, net.num_addresses - 1))
    return next(host for host in hosts if host not in held)
