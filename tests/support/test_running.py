"""What a stack runs that gets no fixes any more, or not for long."""

from datetime import date

import pytest

from infra.planner.plan_for import plan_for
from infra.stack_file.reader.parse import parse_config
from infra.support.running import k3s_warning, support_warnings
from infra.versions import K3S_STEPS, K3S_VERSION
from tests.preflight.past import PAST
from tests.programs import CONFIG

TODAY = date(2026, 11, 30)


def config(**changes):
    more = {f"stagecoach:{key}": value for key, value in changes.items()}
    return parse_config({**CONFIG, "stagecoach:stage": 1, **more}, title="cannot be used")


class TestWarnings:
    def test_a_new_stack_has_none(self):
        assert support_warnings(config(), TODAY) == ()

    def test_a_minor_that_ended_names_the_next(self):
        [line] = support_warnings(config(k3s={"version": "v1.33.6+k3s1"}), TODAY)
        assert line.startswith("Kubernetes 1.33 has had no fixes since 2026-06-28. ")
        assert f"stagecoach:k3s.version to {K3S_STEPS[34]}" in line

    @pytest.mark.parametrize(
        ("today", "words"),
        [
            (date(2026, 12, 29), None),
            (date(2026, 12, 30), "gets fixes until 2027-02-28, 60 days more"),
            (date(2027, 2, 28), "gets fixes until 2027-02-28, that is today"),
            (date(2027, 3, 1), "has had no fixes since 2027-02-28"),
        ],
    )
    def test_sixty_days_before_and_ever_after(self, today, words):
        line = k3s_warning("v1.35.9+k3s1", today)
        assert (words in line) if words else line is None

    def test_the_newest_minor_needs_a_newer_checkout(self):
        assert f"Update the checkout: this one knows nothing newer than {K3S_VERSION}" in k3s_warning(
            K3S_VERSION, date(2027, 6, 1)
        )

    def test_an_older_one_than_was_ever_offered(self):
        """It runs; the next minor would be refused, so nobody is told to name it."""
        assert "This checkout has no step from 1.31; docs/how-to/upgrade-k3s.md" in k3s_warning("v1.31.1+k3s1", TODAY)

    @pytest.mark.parametrize(
        ("release", "words"),
        [
            ("v1.30.14+k3s2", "Kubernetes 1.30 has had no fixes since 2025-11-11 or longer. This checkout has no step"),
            ("v1.19.5+k3s2", "Kubernetes 1.19 has had no fixes since 2025-11-11 or longer"),
            ("v1.38.0+k3s1", None),
            ("v2.0.0+k3s1", None),
            ("", None),
        ],
    )
    def test_one_that_the_table_does_not_have(self, release, words):
        """Older than all that ended: it ended. Newer, or none: nobody knows."""
        line = k3s_warning(release, TODAY)
        assert line.startswith(words) if words else line is None

    @pytest.mark.parametrize(
        ("image", "words"),
        [
            ("grafana:12.2.1", "Grafana 12.2 has had no fixes since 2026-08-19 or longer"),
            ("grafana:12.4.1", None),
            ("grafana:12", None),
        ],
    )
    def test_a_line_between_two_of_the_table(self, image, words):
        stack = config(stage=3, monitoring={"grafana": True}, images={"grafana": image})
        lines = support_warnings(stack, TODAY)
        assert lines[0].startswith(words) if words else lines == ()

    @pytest.mark.parametrize("today", [date.min, date(2031, 1, 1), date.max])
    def test_any_day(self, today):
        assert len(support_warnings(config(), today)) == (0 if today == date.min else 5)

    @pytest.mark.parametrize(
        ("images", "words"),
        [
            ({"redis": "mirror.example/redis:8.0"}, "Redis 8.0 gets fixes until 2026-12-01, one day more"),
            ({"prometheus": "mirror.example/prometheus:v2.53.3"}, "Prometheus 2.53 has had no fixes since 2025-07-31"),
        ],
    )
    def test_an_image_of_the_stack_file(self, images, words):
        [line] = support_warnings(config(images=images), TODAY)
        assert line.startswith(words)
        assert f"Change stagecoach:images.{next(iter(images))}: " in line

    def test_an_image_of_the_checkout(self):
        lines = support_warnings(config(), date(2027, 7, 1))
        assert any(line.startswith("Prometheus 3.13 ") and ". Update the checkout: " in line for line in lines)

    def test_a_digest_says_no_version(self):
        images = {"redis": f"mirror.example/redis@sha256:{'0' * 64}"}
        assert support_warnings(config(images=images), date(2040, 1, 1)) != ()
        assert not any("Redis" in line for line in support_warnings(config(images=images), date(2040, 1, 1)))

    def test_grafana_only_where_it_runs(self):
        late = date(2027, 6, 1)
        assert not any("Grafana" in line for line in support_warnings(config(), late))
        assert any(
            "Grafana 12.4" in line for line in support_warnings(config(stage=3, monitoring={"grafana": True}), late)
        )


class TestPlan:
    def test_goes_by_what_runs_where_the_stack_file_leaves_it_open(self):
        past = PAST.__class__(**{**vars(PAST), "k3s_version": "v1.33.6+k3s1"})
        assert plan_for(config(), None, TODAY).warnings == ()
        assert plan_for(config(), past, TODAY).warnings[0].startswith("Kubernetes 1.33 has had no fixes")
