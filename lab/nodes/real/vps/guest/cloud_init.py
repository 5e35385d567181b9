"""The first boot's user data, once; and the command `cloud-init status --wait`."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from lab.nodes.real.vps.guest.children import Children
from lab.nodes.real.vps.guest.cloud_config import CloudConfig, apply, parse

SYSTEM = Path("/usr/local/lib/stagecoach-guest")
STATE = Path("/var/lib/cloud")
LOG = Path("/var/log/cloud-init-output.log")
_DONE, _ERROR = "status: done\n", "status: error\n"


def first_boot() -> CloudConfig | None:
    """Applies user data before SSH starts; None at every later boot, or where it can't be used."""
    if (STATE / "instance-id").exists():
        return None
    STATE.mkdir(parents=True, exist_ok=True)
    (STATE / "status").unlink(missing_ok=True)
    try:
        config = parse((SYSTEM / "user-data").read_text(), (SYSTEM / "name").read_text())
        apply(config)
    except ValueError as error:
        LOG.write_text(f"{error}\n")
        (STATE / "status").write_text(_ERROR)
        config = None
    if config and not config.host_keys:
        subprocess.run(["ssh-keygen", "-A"], check=True, stdout=subprocess.DEVNULL)
    (STATE / "instance-id").write_text((SYSTEM / "name").read_text())
    return config


async def final(config: CloudConfig, children: Children) -> None:
    """The commands of `runcmd`, after the services."""
    script = STATE / "runcmd"
    script.touch(0o700)
    script.write_text(f"#!/bin/sh\n{config.runcmd}")
    with LOG.open("ab") as output:
        code = await children.run("/bin/sh", str(script), group="system.slice/cloud-final.service", output=output)
    (STATE / "status").write_text(_ERROR if code else _DONE)


def main(arguments: list[str]) -> int:
    """Prints the state; 1 after an error; with `--wait` not before the first boot has ended."""
    if arguments[:1] != ["status"]:
        sys.stderr.write("only `cloud-init status [--wait]` is known here\n")
        return 2
    status = STATE / "status"
    while "--wait" in arguments and not status.exists():
        time.sleep(0.1)
    text = status.read_text() if status.exists() else "status: running\n"
    sys.stdout.write(text)
    return int(text == _ERROR)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
