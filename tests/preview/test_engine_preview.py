"""The engine's JSON, whole and damaged."""

import pytest

from infra.errors import ConfigError
from infra.preview.engine_preview import parse_preview
from tests.preview.previews import document, step

SERVER = "hcloud:index/server:Server"


class TestParse:
    def test_steps(self):
        made = parse_preview(document(step("update", SERVER, "server-server", paths=["serverType"])), "x")
        [one] = made.steps
        assert (one.op, one.type, one.name, one.paths) == ("update", SERVER, "server-server", ("serverType",))
        assert made.unchanged == 70

    def test_unchanged_resources_are_counted_only(self):
        made = parse_preview(document(step("same", SERVER, "server-server"), same=1), "x")
        assert (made.steps, made.unchanged) == ((), 1)

    def test_a_replacement_is_one_row(self):
        """The engine has up to three steps for it."""
        steps = [
            step("create-replacement", SERVER, "server-server", protect=True),
            step("replace", SERVER, "server-server", protect=True, paths=["userData"], replacing=["userData"]),
            step("delete-replaced", SERVER, "server-server", protect=True),
        ]
        [one] = parse_preview(document(*steps), "x").steps
        assert (one.op, one.paths, one.replacing) == ("replace", ("userData",), ("userData",))

    def test_a_component_without_a_parent(self):
        text = '{"steps": [{"op": "create", "urn": "urn:pulumi:s::p::stagecoach:app:Autoscaler::django-autoscaler"}]}'
        [one] = parse_preview(text, "x").steps
        assert (one.type, one.name) == ("stagecoach:app:Autoscaler", "django-autoscaler")

    def test_diagnostics(self):
        said = [{"severity": "error", "message": "refused\n"}, {"severity": "warning", "message": "old"}]
        made = parse_preview(document(diagnostics=[*said, {"severity": "info", "message": "hello"}]), "x")
        assert (made.errors, made.warnings) == (("refused",), ("old",))


class TestDangerous:
    @pytest.mark.parametrize(
        ("op", "kind", "protect", "expected"),
        [
            ("replace", SERVER, True, True),
            ("replace", SERVER, False, True),
            ("delete", "hcloud:index/volume:Volume", True, True),
            ("delete", "kubernetes:autoscaling/v2:HorizontalPodAutoscaler", False, False),
            ("replace", "kubernetes:core/v1:ConfigMap", False, False),
            ("replace", "kubernetes:core/v1:Secret", False, False),
            ("replace", "kubernetes:core/v1:Secret", True, True),
            ("replace", "kubernetes:batch/v1:Job", False, False),
            ("update", SERVER, True, False),
        ],
    )
    def test_what_may_hold_data(self, op, kind, protect, expected):
        [one] = parse_preview(document(step(op, kind, "x", protect=protect)), "x").steps
        assert one.dangerous is expected


class TestDamaged:
    @pytest.mark.parametrize(
        "text",
        [
            "",
            document(step("update", SERVER, "server-server"))[:-20],
            "error: no stack named 'stage1' found",
            "[]",
            "null",
            '{"steps": [{"op": "update"}]}',
            '{"steps": 7}',
            '{"steps": [7]}',
            '{"diagnostics": [{}]}',
            '{"changeSummary": {"same": "many"}}',
        ],
    )
    def test_a_message_instead_of_a_traceback(self, text):
        with pytest.raises(ConfigError, match=r"stage1\.json = .* characters: the JSON object") as caught:
            parse_preview(text, "stage1.json")
        assert caught.value.exit_code == 2
