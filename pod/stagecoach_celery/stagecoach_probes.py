"""Files that the probes look at, and the lock that keeps a second beat from scheduling."""

from __future__ import annotations

import atexit
import os
import secrets
import sys
import threading
import time
from pathlib import Path

from celery import signals
from stagecoach_queues import say_unconsumed
from stagecoach_schedule import keep_last_runs

LOCK_KEY = "stagecoach:beat-lock"
LOCK_SECONDS = 60  # a lost beat's lock is free after this
# Scripts only, so that a key prefix of the app's transport options is treated alike in all three.
_ACQUIRE = "if redis.call('set', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end return 0"
_RENEW = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end return 0"
_RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"
_LOST_EXIT_CODE = 75  # EX_TEMPFAIL: the kubelet starts beat again, and it waits for the lock
_SOCKET_SECONDS = 5  # a broker that hangs must not outlast the lock


def connect(app, folder: Path) -> None:
    """Connects the signals; `folder` is on a memory-backed volume."""
    heartbeat, ready, beat = folder / "heartbeat", folder / "ready", folder / "beat"

    def on_start(**_: object) -> None:
        # The volume outlives a container that was killed: its files say nothing about the next one.
        for path in (heartbeat, ready):
            path.unlink(missing_ok=True)

    def on_heartbeat(**_: object) -> None:
        heartbeat.touch()

    def on_ready(**_: object) -> None:
        heartbeat.touch()
        ready.touch()
        say_unconsumed(app)

    def on_shutdown(**_: object) -> None:
        ready.unlink(missing_ok=True)

    def on_beat(sender, **_: object) -> None:
        beat.unlink(missing_ok=True)
        lock = BeatLock(app)
        lock.acquire()
        atexit.register(lock.release)
        keep_last_runs(sender.scheduler, lambda: broker_channel(app).client)
        beat.touch()
        threading.Thread(target=lock.keep, name="beat-lock", daemon=True).start()
        _touch_on_tick(sender.scheduler, beat)

    # Celery keeps weak references to receivers.
    signals.celeryd_init.connect(on_start, weak=False)
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


def broker_channel(app):
    """A channel of kombu on the broker, whose client is redis-py's; raises if the broker is away."""
    timeouts = {"socket_timeout": _SOCKET_SECONDS, "socket_connect_timeout": _SOCKET_SECONDS}
    connection = app.connection_for_write(transport_options={**app.conf.broker_transport_options, **timeouts})
    return connection.channel()


class BeatLock:
    """One key in the broker's Redis, renewed while this process lives."""

    def __init__(self, app) -> None:
        self.app = app
        self.token = secrets.token_hex(8)
        self.redis = None

    def _call(self, script: str, *arguments: object) -> bool:
        if self.redis is None:
            self.redis = broker_channel(self.app).client
        return bool(self.redis.eval(script, 1, LOCK_KEY, self.token, *arguments))

    def acquire(self) -> None:
        """Waits until the broker is there and no other beat holds the lock."""
        said = ""
        while True:
            try:
                if self._call(_ACQUIRE, LOCK_SECONDS * 1000):
                    return
                reason = "another beat holds the lock"
            # An error that left here would be logged by the signal, and beat would run without the lock.
            except Exception as error:  # noqa: BLE001  whatever the broker does, beat waits for it
                reason = f"no lock from the broker ({type(error).__name__})"
            if reason != said:
                sys.stderr.write(f"stagecoach: {reason}: waiting\n")
                said = reason
            time.sleep(1)

    def keep(self) -> None:
        """Renews; ends the process when the lock is another's, gone, or was not renewed in time."""
        renewed = time.monotonic()
        while True:
            time.sleep(LOCK_SECONDS / 4)
            try:
                held = self._call(_RENEW, LOCK_SECONDS * 1000)
            except Exception as error:  # noqa: BLE001  the broker may be away for a while
                sys.stderr.write(f"stagecoach: the beat lock could not be renewed: {type(error).__name__}\n")
                held = time.monotonic() - renewed < LOCK_SECONDS
            else:
                renewed = time.monotonic()
            if not held:
                sys.stderr.write("stagecoach: the beat lock is lost: ending\n")
                os._exit(_LOST_EXIT_CODE)

    def release(self) -> None:
        """Frees the lock if it is still ours, so that the next beat need not wait for it to expire."""
        try:
            self._call(_RELEASE)
        except Exception as error:  # noqa: BLE001  it expires by itself
            sys.stderr.write(f"stagecoach: the beat lock was not released: {type(error).__name__}\n")
