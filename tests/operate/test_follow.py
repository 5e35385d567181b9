"""A log that is followed."""

import json
import sys
import threading

import pytest

from infra.errors import RefusedError
from infra.operate.follow import Follower
from infra.operate.kubectl import Kubectl
from infra.operate.logs import LogsAsked
from infra.operate.parts import Part
from tests.operate.test_logs import pod
from tests.operate.test_parts import workload
from tests.waiting import wait

WEB = Part(name="django", workload=workload("Deployment", "django"))
RUNS = {"state": {"running": {}}}
# Lists pods.json; a log is the file of its pod, `hold` keeps it open.
SCRIPT = """#!{python}
import pathlib, sys, time
folder = pathlib.Path({folder!r})
words = [word for word in sys.argv[1:] if not word.startswith("--kubeconfig")]
if words[0] == "get":
    text = (folder / "pods.json").read_text()
    sys.exit("Unable to connect to the server") if text == "away" else print(text)
    sys.exit()
with (folder / "asked").open("a") as asked:
    asked.write(" ".join(words) + "\\n")
print((folder / words[1]).read_text(), end="", flush=True)
if (folder / "hold").exists():
    time.sleep(600)
"""


class Cluster:
    def __init__(self, folder):
        self.folder = folder
        path = folder / "kubectl"
        path.write_text(SCRIPT.format(python=sys.executable, folder=str(folder)))
        path.chmod(0o755)

    def has(self, *pods):
        self.write("pods.json", json.dumps({"items": pods}))

    def write(self, name, text):
        new = self.folder / f"{name}.new"
        new.write_text(text)
        new.replace(self.folder / name)

    def asked(self):
        path = self.folder / "asked"
        return path.read_text().splitlines() if path.exists() else []


def web(name, restarts=0, **state):
    return pod(name, "django", containerStatuses=[{"name": "django", "restartCount": restarts, "state": state}])


class Watch:
    """A follower in a thread, as long as a test wants it."""

    def __init__(self, asked):
        self.lines, self.told, self.ended = [], [], []
        self.kubectl = Kubectl(None)
        self.over = False
        self.follower = Follower(self.kubectl, WEB, asked, self.write, self.told.append)
        self.thread = threading.Thread(target=self.run, daemon=True)

    def write(self, line):
        if self.over:
            raise BrokenPipeError
        self.lines.append(line)

    def run(self):
        try:
            self.follower.run()
        except (OSError, RefusedError) as error:
            self.ended.append(error)


@pytest.fixture
def cluster(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr("infra.operate.follow._LOOK_SECONDS", 0.05)
    return Cluster(tmp_path)


@pytest.fixture
def watch(cluster):
    made = Watch(LogsAsked(tail=7))
    yield made
    made.follower._failed = OSError("the test ends")
    made.thread.join()
    made.kubectl.close()


def test_pods_that_come_later(cluster, watch):
    """A rollout: all that the new pod wrote, and as much of the old one as was asked for."""
    cluster.write("hold", "")
    cluster.write("django-a", "2026-11-30T10:00:01Z one\n")
    cluster.write("django-b", "2026-11-30T10:00:02Z two\n")
    cluster.has(web("django-a", running={}), web("django-b", waiting={}))
    watch.thread.start()
    wait(lambda: watch.lines == ["django-a | one"], "the first pod's line")
    cluster.has(web("django-a", running={}), web("django-b", running={}))
    wait(lambda: watch.lines == ["django-a | one", "django-b | two"], "the second pod's line")
    first, second = cluster.asked()
    assert first.endswith("--follow --tail=7")
    assert second.endswith("--follow --tail=-1")


def test_a_connection_that_was_lost(cluster, watch):
    """It goes on behind the last line: none is missing, none comes twice."""
    cluster.write("django-a", "2026-11-30T10:00:01Z one\n")
    cluster.has(web("django-a", running={}))
    watch.thread.start()
    wait(lambda: len(cluster.asked()) > 1, "a second connection")
    cluster.write("django-a", "2026-11-30T10:00:01Z one\n2026-11-30T10:00:02Z two\n")
    wait(lambda: "django-a | two" in watch.lines, "the second line")
    assert watch.lines == ["django-a | one", "django-a | two"]
    assert "--since-time=2026-11-30T10:00:01Z" in cluster.asked()[1]


def test_a_container_that_ended(cluster, watch):
    """Its log is read once; when it starts again it is followed again."""
    cluster.write("django-a", "2026-11-30T10:00:01Z one\n")
    cluster.has(web("django-a", terminated={}))
    watch.thread.start()
    wait(lambda: watch.lines, "its line")
    cluster.write("django-a", "2026-11-30T10:00:02Z two\n")
    cluster.has(web("django-a", restarts=1, terminated={}))
    wait(lambda: watch.lines == ["django-a | one", "django-a | two"], "the next one's line")
    assert len(cluster.asked()) == 2


def test_a_cluster_that_is_away_for_a_moment(cluster, watch):
    cluster.write("django-a", "2026-11-30T10:00:01Z one\n")
    cluster.has()
    watch.thread.start()
    wait(lambda: watch.told == ["web has no pods yet"], "no pods")
    cluster.write("pods.json", "away")
    wait(lambda: len(watch.told) > 1, "no answer")
    assert watch.told[1] == "it says: Unable to connect to the server; trying again"
    cluster.has(web("django-a", running={}))
    wait(lambda: watch.lines, "its line")


def test_a_cluster_that_stays_away(cluster, watch, monkeypatch):
    monkeypatch.setattr("infra.operate.follow._AWAY_SECONDS", 0.0)
    cluster.has()
    watch.thread.start()
    wait(lambda: watch.told, "no pods")
    cluster.write("pods.json", "away")
    wait(lambda: watch.ended, "its end")
    assert "Unable to connect" in str(watch.ended[0])


def test_a_reader_who_has_enough(cluster, watch):
    """As `| head`: it ends."""
    watch.over = True
    cluster.write("django-a", "2026-11-30T10:00:01Z one\n")
    cluster.has(web("django-a", running={}))
    watch.thread.start()
    wait(lambda: watch.ended, "its end")
    assert isinstance(watch.ended[0], BrokenPipeError)
