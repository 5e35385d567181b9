"""`python -m lab.server ROOT`: one process that plays the cloud, the servers and every provider plugin of a lab."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import sys
import threading
from pathlib import Path

from infra.errors import StagecoachError
from lab.assembly import assemble
from lab.paths import bin_dir


def main() -> int:
    """Serves until SIGTERM; 1 if another process holds this lab."""
    root = Path(sys.argv[1])
    root.mkdir(parents=True, exist_ok=True)
    with (root / "server.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.stderr.write(f"another process serves {root}\n")
            return 1
        return _serve(root)


def _serve(root: Path) -> int:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    lab = assemble(root, bin_dir())
    try:
        lab.machines.resume()
        lab.server.start()
        status = root / "server.json"
        temporary = status.with_suffix(".tmp")
        temporary.write_text(json.dumps({"pid": os.getpid(), "debug_providers": lab.server.debug_providers()}))
        temporary.replace(status)
        stop.wait()
    finally:
        lab.server.stop()
        lab.machines.stop_all()
    return 0


if __name__ == "__main__":
    try:
        code = main()
    except (StagecoachError, OSError) as error:  # the log's last lines are the message of `make up`
        sys.stderr.write(f"{error}\n")
        code = 1
    sys.stderr.flush()
    sys.stdout.flush()
    # gRPC's idle threads would keep the process for a while; nothing is left to do for them.
    os._exit(code)
