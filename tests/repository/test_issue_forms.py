"""Issue forms: GitHub can read them, they ask for what an answer needs, and what they ask for gives nothing away."""

import json

import pytest
import yaml

from tests.cli.command import infra
from tests.docs.test_links import REPOSITORY
from tests.public_keys import ED25519

FOLDER = REPOSITORY / ".github" / "ISSUE_TEMPLATE"
FORMS = {path.stem: yaml.safe_load(path.read_text()) for path in sorted(FOLDER.glob("*.yml")) if path.stem != "config"}
PLAN = "python -m infra plan --json --stack-file YOUR_FILE"
# docs.github.com, "Syntax for GitHub's form schema": the attributes of each kind of element.
ATTRIBUTES = {
    "markdown": {"value"},
    "input": {"label", "description", "placeholder", "value"},
    "textarea": {"label", "description", "placeholder", "value", "render"},
}


def fields(form):
    return {one["id"]: one for one in FORMS[form]["body"] if one["type"] != "markdown"}


def test_the_kinds():
    assert list(FORMS) == ["bug", "idea", "question"]
    assert yaml.safe_load((FOLDER / "config.yml").read_text()) == {"blank_issues_enabled": False}


@pytest.mark.parametrize("form", FORMS)
class TestEvery:
    def test_github_can_read_it(self, form):
        content = FORMS[form]
        assert set(content) == {"name", "description", "labels", "body"}
        for one in content["body"]:
            assert set(one["attributes"]) <= ATTRIBUTES[one["type"]]
            assert set(one) <= {"type", "id", "attributes", "validations"}
            assert set(one.get("validations", {})) <= {"required"}
            assert all(isinstance(text, str) for text in one["attributes"].values())
        labels = [one["attributes"]["label"] for one in fields(form).values()]
        assert len(labels) == len(set(labels))

    def test_asks_for_what_an_answer_needs(self, form):
        assert {"version", "provider", "stage", "plan", "expected"} <= set(fields(form))
        assert PLAN in fields(form)["plan"]["attributes"]["description"]

    def test_links_lead_somewhere(self, form):
        """From an issue's page, `../blob/main` is the repository."""
        text = (FOLDER / f"{form}.yml").read_text()
        paths = [part.partition(")")[0] for part in text.split("(../blob/main/")[1:]]
        assert [path for path in paths if not (REPOSITORY / path).is_file()] == []


def test_a_bug_can_not_be_sent_without():
    required = {name for name, one in fields("bug").items() if one.get("validations", {}).get("required")}
    assert required == {"happened", "expected", "version", "provider", "stage", "plan"}


GIVEN = {
    "name": "acmeshop",
    "image": "registry.acme.test/acme/secret-shop:1.2.3",
    "domains": ["acme.test", "www.acme.test"],
    "acme_email": "anna@acme.test",
    "admin_cidrs": ["198.51.100.23/32"],
    "egress_cidrs": ["10.77.0.0/16"],
    "authorized_keys": [f"{ED25519} anna@laptop"],
    "registry": {"server": "registry.acme.test", "username": "acmerobot"},
    "registry_password": {"secure": "v1:cGFzc3dvcmQ=:registrysecret"},
    "alerts": {
        "email_to": "oncall@acme.test",
        "email_from": "shop@acme.test",
        "smtp_host": "mail.acme.test:587",
        "smtp_user": "acmemail",
    },
    "alerts_smtp_password": {"secure": "v1:c210cA==:smtpsecret"},
    "env": {"PAYMENT_ACCOUNT": "acct_4711", "CRM_URL": "https://crm.acme.test/x"},
    "images": {"postgres": "mirror.acme.test/postgres:17.2-trixie", "prometheus": "mirror.acme.test/prometheus:v3.5.0"},
    "app": {"default_queue": "celery"},
}
TELLTALE = (
    "acme",
    "anna",
    "198.51.100",
    "10.77",
    "secret",
    "4711",
    "crm",
    "c210",
    "cGFz",
    "AAAA",
    "robot",
    "oncall",
)


class TestThePlan:
    """`plan --json` of a stack file that says everything about a shop: none of it is in there but names of queues."""

    @pytest.mark.parametrize("options", [(), ("--explain",), ("--contracts",)])
    def test_gives_nothing_away(self, tmp_path, options):
        config = {"provider": "hetzner", "region": "nbg1", "stage": 2, **GIVEN}
        path = tmp_path / "Pulumi.shop.yaml"
        path.write_text(yaml.safe_dump({"config": {f"stagecoach:{key}": value for key, value in config.items()}}))
        done = infra("plan", "--json", "--stack-file", path, *options)
        assert (done.returncode, done.stderr) == (0, "")
        assert json.loads(done.stdout)["fits"] is True
        assert [word for word in TELLTALE if word.lower() in done.stdout.lower()] == []
        written = path.read_text()
        assert [word for word in TELLTALE if word not in written] == []
