"""The web pods, beat and exporter."""

from infra.sizing.django import size_beat, size_django, size_queue_exporter
from infra.units import Memory
from stacks import STAGES


class TestDjango:
    def test_no_cpu_limit(self):
        """ADR 0002."""
        for stage in STAGES.values():
            assert size_django(stage.django, maximum=3).workload.container("django").limits.cpu is None

    def test_rolls_with_one_more(self):
        replicas = size_django(STAGES[2].django, maximum=3).workload.replicas
        assert (replicas.min, replicas.planned, replicas.max, replicas.surge) == (2, 2, 3, 1)

    def test_amounts_are_alike_under_asgi(self):
        """uvicorn's worker takes 3 MiB more than gthread's, measured beside it with the same app."""
        asgi = STAGES[1].django.model_copy(update={"interface": "asgi"})
        made, wsgi = size_django(asgi, maximum=2), size_django(STAGES[1].django, maximum=2)
        assert made.workload == wsgi.workload
        assert (made.processes, made.threads, made.interface) == (wsgi.processes, wsgi.threads, "asgi")
        assert "requests at a time" in next(one.source for one in made.reasons if one.field == "threads")

    def test_the_migration_is_a_job(self):
        """Nothing of it runs between rollouts; it has room of its own during one."""
        migrate = size_django(STAGES[1].django, maximum=2).migrate
        assert (migrate.kind, migrate.replicas.planned, migrate.replicas.surge) == ("Job", 0, 1)


class TestSmallPods:
    def test_beat_holds_its_working_set(self):
        """122 MiB measured."""
        container = size_beat().container("beat")
        assert Memory.mib(122) < container.requests.memory < container.limits.memory

    def test_each_is_one(self):
        for workload in (size_beat(), size_queue_exporter()):
            assert (workload.replicas.min, workload.replicas.max, workload.replicas.surge) == (1, 1, 0)
