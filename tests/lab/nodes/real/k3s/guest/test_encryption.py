"""Secrets at rest are decided at the first start."""

import base64
import json

import pytest

from lab.nodes.real.k3s.guest.encryption import configuration, keep_encryption
from lab.nodes.real.k3s.guest.layout import Layout
from lab.nodes.real.k3s.guest.refusal import RefusalError


def test_key_is_kept(tmp_path):
    path = keep_encryption(Layout(tmp_path), wanted=True)
    text = path.read_text()
    assert keep_encryption(Layout(tmp_path), wanted=True).read_text() == text
    assert path.stat().st_mode & 0o777 == 0o600
    (resource,) = json.loads(text)["resources"]
    assert resource["resources"] == ["secrets"]
    assert [next(iter(one)) for one in resource["providers"]] == ["aescbc", "identity"]


def test_key_has_32_bytes():
    provider = configuration(bytes(32))["resources"][0]["providers"][0]
    assert len(base64.b64decode(provider["aescbc"]["keys"][0]["secret"])) == 32


def test_not_asked_for(tmp_path):
    assert keep_encryption(Layout(tmp_path), wanted=False) is None


def test_later_is_too_late(tmp_path):
    (tmp_path / "server" / "db").mkdir(parents=True)
    with pytest.raises(RefusalError, match="cannot be enabled"):
        keep_encryption(Layout(tmp_path), wanted=True)
