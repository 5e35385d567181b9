"""The mounted module and the exporter under a real Redis and a real Celery worker."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
import redis
from prometheus_client.parser import text_string_to_metric_families

from infra.components.app_environment import render_settings
from infra.components.celery_worker import worker_command
from infra.components.queue_exporter import exporter_variables
from infra.operate.loadtest.result import read_result
from pod import load
from tests.plans import stage_plan
from tests.servers import free_port
from tests.waiting import patience, wait

pytestmark = pytest.mark.redis

HERE = Path(__file__).parent
FILES = HERE.parents[2] / "pod" / "stagecoach_celery"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """Redis, environment of the pods, and a starter of processes that all end with the module."""
    program = shutil.which("redis-server")
    assert program, "redis-server is missing: make programs"
    folder = tmp_path_factory.mktemp("celery")
    for path in [*FILES.glob("*.py"), HERE / "sample_app.py"]:
        shutil.copy(path, folder)
    settings = render_settings(stage_plan(1).workers[0]) | {"worker_soft_shutdown_timeout": 2.0}
    (folder / "settings.json").write_text(json.dumps(settings))
    port = free_port()
    environment = {
        **os.environ,
        "CELERY_BROKER_URL": f"redis://127.0.0.1:{port}/0",
        "CELERY_RESULT_BACKEND": f"redis://127.0.0.1:{port}/1",
        "STAGECOACH_CELERY_APP": "sample_app",
        "STAGECOACH_SETTINGS": str(folder / "settings.json"),
        "STAGECOACH_STATE": str(folder),
        "PYTHONPATH": str(folder),
        "REMAP_SIGTERM": "SIGQUIT",
    }
    children = []

    def start(name, *command, **more):
        with (folder / f"{name}.log").open("w") as log:
            child = subprocess.Popen(
                command, cwd=folder, env={**environment, **more}, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        children.append(child)
        return child

    start("redis", program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder))
    broker = redis.Redis(port=port)
    wait(broker.ping, "redis", away=redis.exceptions.ConnectionError)
    os.environ.update({key: environment[key] for key in ("CELERY_BROKER_URL", "CELERY_RESULT_BACKEND")})
    yield folder, start, broker
    for child in reversed(children):
        if child.poll() is None:
            child.kill()
        child.wait(timeout=patience(10))


def celery(*arguments):
    return str(Path(sys.executable).with_name("celery")), "-A", "stagecoach_celery", *arguments


def start_worker(shop):
    folder, start, _ = shop
    (folder / "ready").unlink(missing_ok=True)
    command = worker_command(stage_plan(1).workers[0])
    worker = start("worker", *celery(*command[3:]))
    wait((folder / "ready").exists, "worker ready")
    return worker


def ended(shop, worker):
    """Wait for its end; one that stays shows what it wrote and where each of its threads stands."""
    folder, _, _ = shop
    try:
        return worker.wait(timeout=patience(30))
    except subprocess.TimeoutExpired:
        worker.send_signal(signal.SIGUSR1)  # Celery writes every thread's stack
        time.sleep(2)
        raise AssertionError((folder / "worker.log").read_text()[-8000:]) from None


def metrics(port):
    text = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=patience(5)).read().decode()
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


class TestWorker:
    def test_settings_probes_and_soft_shutdown(self, shop):
        """Ready file, heartbeat, overrides said, an unfinished task goes back to the queue on SIGTERM."""
        from tests.pod.stagecoach_celery.sample_app import add, app, slow  # noqa: PLC0415  needs the broker's address

        folder, _, broker = shop
        worker = start_worker(shop)
        assert add.delay(2, 3).get(timeout=patience(20)) == 5
        assert (folder / "heartbeat").exists()
        log = (folder / "worker.log").read_text()
        assert "task_time_limit: the app's 30 is replaced by the plan's 600" in log
        slow.delay(60)
        # It runs: a task that a child has not accepted yet is none to Celery's cold shutdown, which then waits for its
        # end (celery.apps.worker.on_cold_shutdown, 5.7.0).
        wait(
            lambda: [*(app.control.inspect(timeout=patience(1)).active() or {"": []}).values()] != [[]],
            "a running task",
        )
        worker.send_signal(signal.SIGTERM)
        ended(shop, worker)
        assert (broker.llen("celery"), broker.hlen("unacked")) == (1, 0)
        assert not (folder / "ready").exists()
        broker.flushall()

    def test_an_idle_worker_leaves_at_once(self, shop):
        """The soft shutdown's time is for tasks that run; one that waits for its hour goes back to the queue."""
        from tests.pod.stagecoach_celery.sample_app import add  # noqa: PLC0415  as above

        folder, _, broker = shop
        worker = start_worker(shop)
        add.apply_async((1, 1), countdown=300)
        wait(lambda: broker.hlen("unacked"), "task reserved")
        worker.send_signal(signal.SIGTERM)
        ended(shop, worker)
        assert (broker.llen("celery"), broker.hlen("unacked")) == (1, 0)
        assert "Initiating Soft Shutdown" not in (folder / "worker.log").read_text()
        broker.flushall()


class TestExporter:
    @pytest.fixture(scope="class")
    @classmethod
    def port(cls, shop):
        """The exporter with the variables of stage 1's pod, once it hears events: those of before are lost."""
        folder, start, broker = shop
        port = free_port()
        (folder / "backups").mkdir(exist_ok=True)
        variables = exporter_variables(stage_plan(1).workers)
        variables |= {"EXPORTER_PORT": str(port), "EXPORTER_BACKUPS": str(folder / "backups")}
        start("exporter", sys.executable, "queue_exporter.py", **variables)
        wait(lambda: metrics(port), "exporter")
        wait(broker.pubsub_numpat, "exporter's subscription")
        return port

    def test_lengths_over_all_priorities(self, shop, port):
        """Foreign messages count, too, and hurt nobody."""
        _, _, broker = shop
        broker.lpush("fast", "{}")
        broker.lpush("fast\x06\x163", "not JSON", "[]")
        made = metrics(port)
        broker.delete("fast", "fast\x06\x163")
        assert made["celery_queue_length", "fast"] == 3
        assert made["celery_queue_length", "celery"] == 0

    def test_age_of_the_oldest_message(self, shop, port):
        """From the event of the sender, and from the scrapes where the sender is silent."""
        from tests.pod.stagecoach_celery.sample_app import add, app  # noqa: PLC0415  needs the broker's address

        _, _, broker = shop
        app.conf.task_send_sent_event = True
        add.delay(1, 1)
        wait(lambda: metrics(port).get(("celery_task_sent_total", "celery", "sample.add")) == 1, "sent event")
        app.conf.task_send_sent_event = False
        add.apply_async((1, 1), queue="slow")
        metrics(port)
        time.sleep(1)
        made = metrics(port)
        broker.flushall()
        assert 1 <= made["celery_queue_oldest_message_age_seconds", "celery"] < 10
        assert 1 <= made["celery_queue_oldest_message_age_seconds", "slow"] < 10
        assert made["celery_queue_oldest_message_age_seconds", "fast"] == 0
        assert metrics(port)["celery_queue_oldest_message_age_seconds", "slow"] == 0

    def test_tasks_and_workers(self, shop, port):
        """Counts and times of tasks, the worker that is up, its processes."""
        from tests.pod.stagecoach_celery.sample_app import add  # noqa: PLC0415  as above

        worker = start_worker(shop)
        wait(lambda: 1.0 in [v for k, v in metrics(port).items() if k[0] == "celery_worker_up"], "worker up")
        for _ in range(3):
            add.delay(1, 1).get(timeout=patience(20))
        key = ("celery_task_succeeded_total", "celery", "sample.add")
        wait(lambda: metrics(port).get(key) == 3, "three tasks")
        made = metrics(port)
        assert [v for k, v in made.items() if k[0] == "celery_task_runtime_count"] == [3]
        assert made["celery_active_worker_count", "celery"] == 1
        assert made["celery_active_process_count", "celery"] == 2
        worker.send_signal(signal.SIGTERM)
        ended(shop, worker)
        wait(lambda: metrics(port)["celery_active_worker_count", "celery"] == 0, "worker gone")

    def test_the_last_event(self, shop, port):
        """A worker's heartbeat is one; the start counts as one, so that a deaf exporter is seen."""
        first = metrics(port)["celery_last_event_timestamp_seconds",]
        assert abs(first - time.time()) < 600
        worker = start_worker(shop)
        wait(lambda: metrics(port)["celery_last_event_timestamp_seconds",] > first, "an event")
        worker.kill()
        worker.wait(timeout=patience(10))

    def test_beats_lock(self, shop, port):
        _, _, broker = shop
        assert metrics(port)["celery_beat_up",] == 0
        broker.set("stagecoach:beat-lock", "somebody")
        assert metrics(port)["celery_beat_up",] == 1
        broker.delete("stagecoach:beat-lock")

    def test_dumps(self, shop, port):
        """The newest one by its time, not by its name; what is not finished is none."""
        backups = shop[0] / "backups"
        names = ("newest_timestamp_seconds", "newest_size_bytes", "files")

        def found():
            made = metrics(port)
            return [made[f"stagecoach_backup_{name}",] for name in names]

        assert found() == [0, 0, 0]
        for name, size, at in (("app-a.dump", 7, 2000), ("app-b.dump", 5, 1000), ("app-c.dump.partial", 9, 3000)):
            (backups / name).write_bytes(b"x" * size)
            os.utime(backups / name, (at, at))
        assert found() == [2000, 7, 2]

    def test_answers_without_the_page(self, port):
        """The liveness probe must not depend on the broker."""
        assert urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=patience(5)).read() == b"ok\n"


class TestBeat:
    def test_a_second_beat_waits(self, shop):
        """One lock in the broker: the second process schedules nothing."""
        folder, start, _ = shop
        (folder / "beat").unlink(missing_ok=True)
        first = start("beat1", *celery("beat", "--schedule", "one", "--pidfile="))
        wait((folder / "beat").exists, "first beat")
        second = start("beat2", *celery("beat", "--schedule", "two", "--pidfile="))
        wait(lambda: "another beat holds the lock" in (folder / "beat2.log").read_text(), "second beat waits")
        for beat in (second, first):
            beat.kill()
            beat.wait(timeout=patience(10))

    def test_the_lock_is_freed_on_the_way_out(self, shop):
        """The second beat takes over at once, not after the lock's time."""
        folder, start, broker = shop
        broker.flushall()
        (folder / "beat").unlink(missing_ok=True)
        first = start("beat3", *celery("beat", "--schedule", "three", "--pidfile="))
        wait((folder / "beat").exists, "third beat")
        first.send_signal(signal.SIGTERM)
        first.wait(timeout=patience(20))
        assert not broker.exists("stagecoach:beat-lock")


class TestMissingApp:
    def test_says_which_field_names_it(self, shop):
        """Exit code 2 and the stack file's key instead of a traceback."""
        folder, start, _ = shop
        child = start("missing", *celery("worker"), STAGECOACH_CELERY_APP="no_such_app")
        assert child.wait(timeout=patience(20)) == 2
        log = (folder / "missing.log").read_text()
        assert "no Celery app 'no_such_app'" in log
        assert "set stagecoach:app.celery_app" in log


class TestLoadtest:
    """The load test's program as its pod runs it."""

    def run(self, shop, **variables):
        folder, start, _ = shop
        asked = {"COUNT": 40, "TASK": "sample.mail", "QUEUE": "", "RECIPIENT": "test@example.com", "SECONDS": 30}
        more = {f"LOADTEST_{key}": str(value) for key, value in {**asked, **variables}.items()}
        child = start("loadtest", sys.executable, "-c", load("loadtest.py"), **more)
        code = child.wait(timeout=patience(60))
        said = (folder / "loadtest.log").read_text().splitlines()  # the module speaks, too
        lines = [json.loads(line) for line in said if line.startswith("{")]
        return code, read_result(lines[-2], lines[-1])

    def test_measures_every_task(self, shop):
        """2 processes at 50 ms: 40 a second at most; the last task waits longest."""
        worker = start_worker(shop)
        code, result = self.run(shop)
        assert code == 0
        assert (result.queued, result.done, result.failed) == (40, 40, 0)
        assert 0.05 <= result.run_mean < 0.5
        assert 2 < result.rate <= 40
        assert 0 < result.wait_p50 < result.wait_p95 <= result.wait_max < result.seconds
        code, result = self.run(shop, COUNT=5, RECIPIENT="nobody")
        assert (code, result.done, result.failed, result.run_mean) == (0, 5, 5, 0.0)
        worker.send_signal(signal.SIGTERM)
        ended(shop, worker)

    def test_without_a_worker_it_says_what_is_left(self, shop):
        _, _, broker = shop
        code, result = self.run(shop, COUNT=3, SECONDS=2)
        assert (code, result.queued, result.done) == (1, 3, 0)
        broker.delete("celery")
