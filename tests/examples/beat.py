"""Pods of beat, one after the other, as a deploy starts and ends them."""

import signal

from tests.waiting import wait

COMMAND = ("celery", "-A", "stagecoach_celery", "beat", "--loglevel=DEBUG", "--pidfile=")


def begin(pods):
    """A new pod with nothing of the last one's, once it schedules."""
    start, _, folder = pods
    (folder / "beat").unlink(missing_ok=True)
    for path in folder.glob("beat-schedule*"):
        path.unlink()
    beat = start("beat", *COMMAND, f"--schedule={folder}/beat-schedule")
    wait((folder / "beat").exists, (folder / "beat.log").read_text)
    return beat


def end(pods, beat, done=lambda: True):
    """Softly, once it has looked at its schedule and all is `done`."""
    file, log = pods[2] / "beat", pods[2] / "beat.log"
    first = file.stat().st_mtime_ns
    # It touches its file at each tick, and says so where the app leaves logging to Celery.
    wait(lambda: "Waking up" in log.read_text() or file.stat().st_mtime_ns > first, log.read_text)
    wait(done, log.read_text)
    beat.send_signal(signal.SIGTERM)
    wait(lambda: beat.poll() is not None, log.read_text)
    assert "could not be read" not in log.read_text()


def deploy(pods, done=lambda: True):
    """Both."""
    end(pods, begin(pods), done)
