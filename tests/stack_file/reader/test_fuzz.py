"""Whatever stands in a stack file: a plan, or a message with the place. Never a traceback."""

from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.clouds import CLOUDS
from infra.errors import StagecoachError
from infra.planner.explained import explain_stack
from infra.planner.plan_for import plan_for
from infra.stack_file.overrides import DjangoOverrides, PoolOverrides, StageOverrides
from infra.stack_file.reader.parse import parse_stack_file, parse_stack_text
from infra.stack_file.stack_config import StackConfig
from tests.cli.command import infra

REPOSITORY = Path(__file__).resolve().parents[3]
SHIPPED = (REPOSITORY / "Pulumi.stage2.yaml").read_text()
# Amounts as people write them, most of them wrong.
AMOUNTS = (
    "400m",
    "1",
    "0.5",
    "1.5",
    "0m",
    "-1m",
    "512Mi",
    "1Gi",
    "1GB",
    "1 Gi",
    "512",
    "512MiB",
    "1e3",
    "",
    "Mi",
    "٣Mi",
)
NUMBERS = st.one_of(st.integers(-(10**20), 10**20), st.floats(), st.booleans(), st.none(), st.sampled_from(AMOUNTS))
LEAVES = st.one_of(
    NUMBERS, st.text(max_size=20), st.sampled_from([row.name for row in CLOUDS["hetzner"].catalog.instance_types])
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=6,
)
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def outcome(text):
    """A plan, or None after the message of a person's mistake; anything else is raised."""
    try:
        config = parse_stack_text(text, "Pulumi.x.yaml")
        plan = plan_for(config)
    except StagecoachError as error:
        mistake = error
    else:
        assert plan.fits == (plan.missing == ())
        explain_stack(config)
        return plan
    assert mistake.exit_code == 2
    assert mistake.problems
    for problem in mistake.problems:
        assert "" not in (problem.path, problem.allowed, problem.hint), str(mistake)
    return None


def fields(model):
    return st.sampled_from(sorted(model.model_fields))


def some(model, values):
    return st.dictionaries(fields(model), values, max_size=4)


POOLS = st.sampled_from(["default", "fast", "slow", ""])
OVERRIDES = st.fixed_dictionaries(
    {},
    optional={
        "pools": st.dictionaries(
            st.sampled_from(["default", "fast", "slow", ""]), some(PoolOverrides, VALUES), max_size=2
        ),
        "django": some(DjangoOverrides, VALUES),
        **{name: VALUES for name in StageOverrides.model_fields if name not in ("pools", "django")},
    },
)


class TestText:
    @QUICK
    @given(st.text(max_size=200))
    def test_any_text(self, text):
        assert outcome(text) is None

    @QUICK
    @given(st.integers(0, len(SHIPPED)), st.text(max_size=5), st.integers(0, 30))
    def test_a_file_with_a_piece_replaced(self, at, piece, length):
        outcome(SHIPPED[:at] + piece + SHIPPED[at + length :])

    @pytest.mark.parametrize(
        "text",
        [
            "config: {stagecoach:stage: &a [*a]}",
            "config: !!python/object:os.system {}",
            "config: {stagecoach:stage: 2026-11-24}",
            "config: {? [1, 2] : 3}",
            "config: {1: 2}",
            "config: {null: 2}",
            "a: 1\n---\nb: 2",
            "\x00",
            "config:\n\tstagecoach:stage: 1",
            "config: {stagecoach:stage: 2026-99-99}",
            f"{'[' * 3000}",
            f"config: {{stagecoach:stage: 0x{'f' * 5000}}}",
            f"config: {{stagecoach:stage: {'9' * 5000}}}",
        ],
    )
    def test_known_to_be_hard(self, text):
        assert outcome(text) is None


class TestValues:
    @QUICK
    @given(fields(StackConfig), VALUES)
    def test_one_key_of_a_good_file(self, key, value):
        content = yaml.safe_load(SHIPPED)
        content["config"][f"stagecoach:{key}"] = value
        outcome(yaml.safe_dump(content, allow_unicode=True))

    @QUICK
    @given(OVERRIDES, st.integers(1, 5))
    def test_overrides(self, overrides, stage):
        """Wrong units, contradictions, numbers beyond reason."""
        content = yaml.safe_load(SHIPPED)
        content["config"] |= {"stagecoach:overrides": overrides, "stagecoach:stage": stage}
        outcome(yaml.safe_dump(content, allow_unicode=True))

    @QUICK
    @given(
        st.integers(1, 10**7),
        st.integers(1, 10**7),
        st.integers(1, 10**6),
        st.integers(1, 10**6),
        st.integers(1, 64),
        st.tuples(*[st.integers(1, 300)] * 3),
    )
    def test_overrides_that_are_well_formed(self, cpu, most, request, limit, concurrency, replicas):
        """They reach the sizing, however large."""
        low, planned, ceiling = replicas
        pool = {
            "cpu_request": f"{cpu}m",
            "cpu_limit": f"{most}m",
            "memory_request": f"{request}Mi",
            "memory_limit": f"{limit}Mi",
            "concurrency": concurrency,
            "replicas": {"min": low, "planned": planned, "ceiling": ceiling},
        }
        content = yaml.safe_load(SHIPPED)
        content["config"]["stagecoach:overrides"] = {"pools": {"default": pool}}
        outcome(yaml.safe_dump(content))


class TestCommand:
    """The whole way to the exit code."""

    @pytest.mark.parametrize(
        ("change", "says"),
        [
            ("  stagecoach:instance_type: cx99\n", "stagecoach:instance_type = cx99: one of the catalog of hetzner: "),
            ("  stagecoach:overrides: {django: {memory_request: 320MB}}\n", "whole MiB or GiB above 0"),
            ("  stagecoach:overrides: {pools: {default: {cpu_request: 2000m}}}\n", "is above cpu_limit 1000m"),
            ("  stagecoach:overrides: {django: {replicas: {planned: 9}}}\n", "min <= planned <= ceiling, not 2, 9, 3"),
            ("  stagecoach:volume_size_gib: 60 GB\n", "stagecoach:volume_size_gib = '60 GB': a whole number, without"),
            ("  stagecoach:customers: -4\n", "stagecoach:customers = -4"),
            ("  unclosed: [\n", "is not YAML"),
        ],
    )
    def test_message_and_exit_code(self, tmp_path, change, says):
        path = tmp_path / "Pulumi.x.yaml"
        path.write_text(SHIPPED + change)
        done = infra("plan", "--explain", "--stack-file", path)
        assert (done.returncode, done.stdout) == (2, "")
        assert says in done.stderr
        assert "Traceback" not in done.stderr

    def test_binary(self, tmp_path):
        path = tmp_path / "Pulumi.x.yaml"
        path.write_bytes(b"\xff\xfe\x00\x80")
        with pytest.raises(StagecoachError, match="is not YAML"):
            parse_stack_file(path)
