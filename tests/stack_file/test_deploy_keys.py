"""Numbers of deploy keys."""

import pytest

from infra.errors import ConfigError
from infra.stack_file.reader.parse import parse_config
from tests.programs import CONFIG


def config(keys):
    return parse_config({**CONFIG, "stagecoach:stage": 1, "stagecoach:deploy_keys": keys}, title="t")


@pytest.mark.parametrize("keys", [[1], [2, 1], [9]])
def test_keys(keys):
    assert config(keys).deploy_keys == tuple(keys)


@pytest.mark.parametrize("keys", [[], [0], [10], [1, 2, 3], [1, 1], ["a"], 1, [True], [1, True]])
def test_is_refused(keys):
    with pytest.raises(ConfigError, match="stagecoach:deploy_keys"):
        config(keys)
