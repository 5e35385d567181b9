"""The app's contract: variables, and the Celery module with its settings."""

import dataclasses
import json

import pytest

from infra.components.app_environment import (
    AppEnvironmentArgs,
    direct_variables,
    render_settings,
    render_variables,
)
from infra.sizing.plan import PgBouncerPlan
from infra.stack_file.app_config import AppConfig
from tests.graphs import run
from tests.plans import stage_plan

SECRETS = {"postgres": "pg", "broker": "br", "cache": "ca", "django": "dj", "more": {}}


def arguments(**changes):
    values = {
        "plan": stage_plan(1),
        "app": AppConfig(),
        "namespace": "app",
        "hosts": (),
        "postgres_password": "",
        "broker_password": "",
        "cache_password": "",
        "django_secret_key": "",
        "env": {},
        "env_secrets": {},
    }
    return AppEnvironmentArgs(**{**values, **changes})


class TestVariables:
    def test_the_contract(self):
        """Broker and cache are two servers, results lie beside the queue in a database of their own."""
        assert render_variables(arguments(hosts=("shop.example",)), SECRETS) == {
            "DATABASE_URL": "postgres://app:pg@postgres:5432/app",
            "CACHE_URL": "redis://:ca@redis-cache:6379/0",
            "CELERY_BROKER_URL": "redis://:br@redis-broker:6379/0",
            "CELERY_RESULT_BACKEND": "redis://:br@redis-broker:6379/1",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DJANGO_SECRET_KEY": "dj",
            "DJANGO_ALLOWED_HOSTS": "shop.example",
            "DJANGO_CSRF_TRUSTED_ORIGINS": "https://shop.example",
        }

    def test_without_a_domain(self):
        """The shop answers under its address, whatever that is."""
        made = render_variables(arguments(), SECRETS)
        assert (made["DJANGO_ALLOWED_HOSTS"], made["DJANGO_CSRF_TRUSTED_ORIGINS"]) == ("*", "")

    def test_with_several_names(self):
        """Redirected ones, too: while an update changes the shop's address customers come by both."""
        made = render_variables(arguments(hosts=("shop.example", "www.shop.example")), SECRETS)
        assert made["DJANGO_ALLOWED_HOSTS"] == "shop.example,www.shop.example"
        assert made["DJANGO_CSRF_TRUSTED_ORIGINS"] == "https://shop.example,https://www.shop.example"

    def test_through_pgbouncer(self):
        """Where the plan has one, every connection goes through it."""
        pooler = PgBouncerPlan(workload=stage_plan(1).beat, default_pool_size=60, max_client_conn=400)
        plan = dataclasses.replace(stage_plan(1), pgbouncer=pooler)
        assert render_variables(arguments(plan=plan), SECRETS)["DATABASE_URL"] == "postgres://app:pg@pgbouncer:5432/app"

    def test_the_stack_files_own_come_on_top(self):
        """A secret wins over a plain one of the same name; neither hides what the contract says."""
        more = {"MAIL_KEY": "secret", "DATABASE_URL": "elsewhere"}
        made = render_variables(arguments(env={"MAIL_KEY": "plain", "CURRENCY": "EUR"}), {**SECRETS, "more": more})
        assert (made["MAIL_KEY"], made["CURRENCY"]) == ("secret", "EUR")
        assert made["DATABASE_URL"].startswith("postgres://app:pg@")

    def test_under_the_apps_own_names(self):
        """One Redis for an app that knows one: REDIS_URL."""
        app = AppConfig(aliases={"REDIS_URL": "CACHE_URL", "DB_PASSWORD": "DATABASE_URL.password"})
        made = render_variables(arguments(app=app), SECRETS)
        assert (made["REDIS_URL"], made["DB_PASSWORD"]) == ("redis://:ca@redis-cache:6379/0", "pg")
        assert made.keys() - render_variables(arguments(), SECRETS).keys() == {"REDIS_URL", "DB_PASSWORD"}

    def test_a_migration_goes_past_the_pooler_under_them_as_well(self):
        app = AppConfig(aliases={"REDIS_URL": "CACHE_URL", "DB": "DATABASE_URL", "DB_HOST": "DATABASE_URL.host"})
        url = "postgres://app:pg@postgres:5432/app"
        assert direct_variables(app, "pg") == {"DATABASE_URL": url, "DB": url, "DB_HOST": "postgres"}

    def test_a_change_rolls_the_pods(self):
        """Autonamed: a new Secret has a new name, and every pod template names it (ADR 0005)."""
        made = run(1)
        assert "name" not in made.inputs("app-environment-variables")["metadata"]
        for name in ("django-deployment", "celery-worker-deployment", "celery-beat-deployment", "migrate-job"):
            sources = made.inputs(name)["spec"]["template"]["spec"]["containers"][0]["envFrom"]
            assert sources == [{"secretRef": {"name": "app-environment-variables-autonamed"}}]


class TestSettings:
    @pytest.mark.parametrize("stage", range(1, 6))
    def test_times_fit_into_each_other(self, stage):
        """Soft before hard, hard before redelivery: else a long task runs twice."""
        for worker in stage_plan(stage).workers:
            made = render_settings(worker)
            assert made["task_soft_time_limit"] < made["task_time_limit"] < made["visibility_timeout"]
            options = made["broker_transport_options"]
            assert options["visibility_timeout"] == made["visibility_timeout"]
            assert 1 < options["socket_timeout"] < 60, "a worker that reads where nothing comes goes on soon"

    def test_a_lost_worker_loses_no_task(self):
        made = render_settings(stage_plan(1).workers[0])
        assert (made["task_acks_late"], made["task_reject_on_worker_lost"]) == (True, True)

    def test_memory_is_in_kib(self):
        """Celery's unit; a child that outgrows its share is replaced after its task."""
        worker = stage_plan(1).workers[0]
        assert render_settings(worker)["worker_max_memory_per_child"] * 1024 == worker.max_memory_per_child.bytes

    def test_are_mounted_with_the_module(self):
        """One ConfigMap for each of worker, beat and exporter, so that a changed pool rolls only itself."""
        data = run(1).inputs("app-environment-celery-worker")["data"]
        assert set(data) == {
            "queue_exporter.py",
            "settings.json",
            "stagecoach_aside.py",
            "stagecoach_broker.py",
            "stagecoach_celery.py",
            "stagecoach_consumers.py",
            "stagecoach_database_schedule.py",
            "stagecoach_events.py",
            "stagecoach_held.py",
            "stagecoach_limits.py",
            "stagecoach_probes.py",
            "stagecoach_queues.py",
            "stagecoach_say.py",
            "stagecoach_schedule.py",
            "stagecoach_wait.py",
        }
        assert json.loads(data["settings.json"]) == render_settings(stage_plan(1).workers[0])
