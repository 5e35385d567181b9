"""The engine's JSON, whole and damaged."""

import json

import pytest

from infra.errors import ConfigError
from infra.updates.preview.engine_preview import LONGEST, Origin, parse_preview
from tests.updates.preview.previews import document, step

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

    @pytest.mark.parametrize(
        ("said", "errors"),
        [
            ({"severity": "error", "message": ""}, ("an error without a text",)),
            ({"severity": "error", "message": "\x1b[31m\x1b[0m"}, ("an error without a text",)),
            ({"severity": "fatal", "message": "boom"}, ("boom",)),
            ({"severity": "ERROR", "message": "\x1b[31m"}, ("an error without a text",)),
            ({"severity": "", "message": "\x1b[31m"}, ("an error without a text",)),
            ({"severity": "info#err", "message": "hello"}, ()),
        ],
    )
    def test_what_may_be_an_error_is_one(self, said, errors):
        assert parse_preview(document(diagnostics=[said]), "x").errors == errors

    @pytest.mark.parametrize(
        "text",
        [
            '{"steps": [{"op": "delete", "urn": "urn:pulumi:s::stagecoach::t::n"}], "steps": []}',
            '{"steps": [{"op": "delete", "op": "same", "urn": "urn:pulumi:s::stagecoach::t::n"}]}',
        ],
    )
    def test_a_key_that_stands_there_twice(self, text):
        with pytest.raises(ConfigError, match="is there twice"):
            parse_preview(text, "x")

    def test_a_message_is_told_once(self):
        """The engine repeats some for every resource, with the severity in front."""
        said = [{"severity": "warning", "message": "warning: not known\n"}] * 58
        assert parse_preview(document(diagnostics=said), "x").warnings == ("not known",)

    def test_a_message_of_megabytes(self):
        """Each letter is looked at once, and not all of them."""
        said = [{"severity": "error", "message": "\x1b]" * 1_000_000}]
        [one] = parse_preview(document(diagnostics=said), "x").errors
        assert len(one) <= 20_000

    def test_whose_it_is(self):
        """Unchanged resources count, too."""
        made = parse_preview(document(step("same", SERVER, "server-server")), "x")
        assert made.origins == (Origin(stack="stage1", project="stagecoach"),)

    def test_two_resources_of_one_name(self):
        """Their parents tell them apart."""
        one, other = step("delete", SERVER, "server-server"), step("delete", SERVER, "server-server")
        other["urn"] = other["urn"].replace("HetznerServer", "OtherServer")
        assert len(parse_preview(document(one, other), "x").steps) == 2

    def test_with_and_without_steps(self):
        assert parse_preview(document(), "x").has_steps
        assert not parse_preview('{"changeSummary": {"same": 3}}', "x").has_steps


class TestRootDisk:
    def update(self, name="server-server", outputs=None):
        made = step("update", SERVER, name)
        made["oldState"]["outputs"] = outputs
        return parse_preview(document(made), "x").root_disk_gb

    def test_of_the_running_server(self):
        assert self.update(outputs={"primaryDiskSize": 40}) == 40

    @pytest.mark.parametrize("outputs", [None, {}, {"primaryDiskSize": "04da6b54"}, {"disk": 80}])
    def test_unknown(self, outputs):
        assert self.update(outputs=outputs) is None

    def test_not_of_a_celery_server(self):
        assert self.update("celery-servers-1-server", {"primaryDiskSize": 80}) is None


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
            '{"steps": [{"op": [], "urn": "u"}]}',
            '{"steps": [{"op": "update", "urn": "u", "oldState": {"inputs": []}}]}',
            '{"steps": [{"op": "update", "urn": "u", "detailedDiff": "all"}]}',
            '{"changeSummary": {"same": Infinity}}',
            "[" * 100_000,
            '{"diagnostics": [{}]}',
            '{"changeSummary": {"same": "many"}}',
            '{"changeSummary": {"same": -1}}',
            '{"steps": [], "changeSummary": {"delete": 5}}',
            '{"steps": [{"op": "delete", "urn": "u"}], "steps": []}',
            '{"steps": [{"op": "delete", "op": "same", "urn": "u"}]}',
            '{"steps": {}}',
            '{"steps": ""}',
            '{"steps": [{"op": "delete", "urn": "u", "oldState": {"protect": "yes"}}]}',
            '{"changeSummary": {"same": true}}',
            '{"diagnostics": [{"severity": "error", "message": null}]}',
            f'{{"steps": [{"{}," * 10_001}{{}}]}}',
            f'{{"steps": [], "x": "{"x" * LONGEST}"}}',
            document(step("delete", SERVER, "server-server")).replace('"same": 70', '"same": 70, "delete": 2'),
        ],
    )
    def test_a_message_instead_of_a_traceback(self, text):
        with pytest.raises(ConfigError, match=r"stage1\.json = .* characters: the JSON object") as caught:
            parse_preview(text, "stage1.json")
        assert caught.value.exit_code == 2


class TestPlain:
    @pytest.mark.parametrize(
        ("said", "shown"),
        [
            ("error: \x1b[31mno\x1b[0m way", "no way"),
            ("error: \x1b]0;title\x07shown", "shown"),
            ("error: \x1b]8;;http://x\x1b\\link", "link"),
            ("error: a\x07b\rc", "a\ufffdb\ufffdc"),
            ("error: two\n\tlines", "two\n\tlines"),
        ],
    )
    def test_a_diagnostic_is_no_command_of_the_terminal(self, said, shown):
        diagnostics = [{"severity": "error", "message": said}]
        assert parse_preview(document(diagnostics=diagnostics), "x").errors == (shown,)

    @pytest.mark.parametrize("op", ["\x1b[2Jdelete", "x" * 10_000])
    def test_nor_is_what_the_summary_counts(self, op):
        text = json.dumps({"steps": [], "changeSummary": {op: 5}})
        with pytest.raises(ConfigError) as caught:
            parse_preview(text, "x")
        assert "\x1b" not in str(caught.value)
        assert len(str(caught.value)) < 1000

    def test_a_summary_that_agrees(self):
        text = document(step("delete", SERVER, "server-server")).replace('"same": 70', '"same": 70, "delete": 1')
        assert parse_preview(text, "x").unchanged == 70


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_no_preview(constant):
    """Python reads them, and one of them is not even equal to itself: a size could not be compared."""
    with pytest.raises(ConfigError, match=f"{constant} is no number of JSON"):
        parse_preview(f'{{"steps": [{{"op": "same", "urn": "urn", "size": {constant}}}]}}', "preview.json")
