"""Files that the probes look at, and the lock that keeps a second beat from scheduling."""

from __future__ import annotations

import os
import secrets
import sys
import threading
import time
from pathlib import Path

from celery import signals

LOCK_KEY = "stagecoach:beat-lock"
LOCK_SECONDS = 60  # a lost beat's lock is free after this
_RENEW = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end return 0"
_RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"
_LOST_EXIT_CODE = 75  # EX_TEMPFAIL: the kubelet starts beat again, and it waits for the lock


def connect(app, folder: Path) -> None:
    """Connects the signals; `folder` is on a memory-backed volume."""
    heartbeat, ready, beat = folder / "heartbeat", folder / "ready", folder / "beat"

    def on_heartbeat(**_: object) -> None:
        heartbeat.touch()

    def on_ready(**_: object) -> None:
        heartbeat.touch()
        ready.touch()

    def on_shutdown(**_: object) -> None:
        ready.unlink(missing_ok=True)

    def on_beat(sender, **_: object) -> None:
        lock = BeatLock(app)
        lock.acquire()
        beat.touch()
        threading.Thread(target=lock.keep, name="beat-lock", daemon=True).start()
        _touch_on_tick(sender.scheduler, beat)

    # Celery keeps weak references to receivers.
    signals.heartbeat_sent.connect(on_heartbeat, weak=False)
    signals.worker_ready.connect(on_ready, weak=False)
    signals.worker_shutting_down.connect(on_shutdown, weak=False)
    signals.beat_init.connect(on_beat, weak=False)


def _touch_on_tick(scheduler, path: Path) -> None:
    """Beat has no signal for a tick."""
    tick = scheduler.tick

    def ticked(*args: object, **kwargs: object) -> float:
        seconds: float = tick(*args, **kwargs)
        path.touch()
        return seconds

    scheduler.tick = ticked


class BeatLock:
    """One key in the broker's Redis, renewed while this process lives."""

    def __init__(self, app) -> None:
        self.redis = app.connection_for_write().default_channel.client
        self.token = secrets.token_hex(8)

    def acquire(self) -> None:
        """Waits until no other beat holds the lock."""
        said = False
        while not self.redis.set(LOCK_KEY, self.token, nx=True, px=LOCK_SECONDS * 1000):
            if not said:
                sys.stderr.write("stagecoach: another beat holds the lock: waiting\n")
                said = True
            time.sleep(1)

    def keep(self) -> None:
        """Renews; ends the process when another one took the lock."""
        renewed = time.monotonic()
        while True:
            time.sleep(LOCK_SECONDS / 4)
            try:
                held = self.redis.eval(_RENEW, 1, LOCK_KEY, self.token, LOCK_SECONDS * 1000)
            except Exception as error:  # noqa: BLE001  the broker may be away for a while
                sys.stderr.write(f"stagecoach: the beat lock could not be renewed: {type(error).__name__}\n")
                held = time.monotonic() - renewed < LOCK_SECONDS
            else:
                renewed = time.monotonic()
            if not held:
                sys.stderr.write("stagecoach: another beat took the lock: ending\n")
                os._exit(_LOST_EXIT_CODE)

    def release(self) -> None:
        """Frees the lock if it is still ours."""
        self.redis.eval(_RELEASE, 1, LOCK_KEY, self.token)
