"""The migration before every rollout."""

import pytest

from tests.graphs import container, run, waits_for

NAME = "migrate-job"
ROLLED = (
    "django-deployment",
    "celery-worker-deployment",
    "celery-beat-deployment",
    "queue-exporter-deployment",
)


class TestMigrate:
    def test_a_new_image_is_a_new_job(self):
        """A Job's template can't change: another name, so that the old one is replaced and the new one runs."""
        before, after = run(1), run(1, image="registry.example/shop:2")
        assert before.inputs(NAME)["metadata"]["name"] != after.inputs(NAME)["metadata"]["name"]
        assert container(after, NAME)["image"] == "registry.example/shop:2"

    def test_the_same_image_is_the_same_job(self):
        """A move to another stage migrates nothing again."""
        assert run(1).inputs(NAME)["metadata"] == run(2).inputs(NAME)["metadata"]

    @pytest.mark.parametrize("name", ROLLED)
    def test_nothing_of_the_app_rolls_before(self, name):
        """Code must not meet a database that lacks its columns."""
        assert NAME in waits_for(run(1), name)

    def test_waits_for_the_data_services(self):
        before = waits_for(run(1), NAME)
        assert {"postgres-stateful-set", "redis-broker-stateful-set", "redis-cache-stateful-set"} <= before

    def test_says_why_it_failed(self):
        """Its deadline comes before the update's own; a broken migration is tried three times."""
        spec = run(1).inputs(NAME)["spec"]
        assert (spec["activeDeadlineSeconds"], spec["backoffLimit"]) == (240, 2)

    def test_a_long_one_may_be_let_run(self):
        assert run(1, rollout_minutes=30).inputs(NAME)["spec"]["activeDeadlineSeconds"] == 29 * 60

    def test_what_failed_is_tried_again(self):
        """By the next update, with the same image or the one before: its job has the name of one that is there."""
        made = run(1)
        assert made.inputs(NAME)["metadata"]["annotations"]["pulumi.com/replaceUnready"] == "true"
        assert made.requests[NAME].deleteBeforeReplace

    def test_asks_nothing(self):
        assert container(run(1), NAME)["command"][-4:] == ["python", "manage.py", "migrate", "--noinput"]

    def test_half_of_its_shortest_time_is_for_itself(self):
        """It waits for its services first; an update of two minutes gives it one."""
        made = run(1, rollout_minutes=2)
        waits = int(container(made, NAME)["command"][2])
        assert 2 * waits <= made.inputs(NAME)["spec"]["activeDeadlineSeconds"]
