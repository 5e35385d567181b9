"""Every problem of a stack file in one message, secrets never in it."""

from pathlib import Path

import pytest

from infra.errors import ConfigError
from infra.planner.plan_for import resolve_stage, stage_for
from infra.stack_file.reader.parse import parse_config, parse_stack_file

GOOD = {
    "stagecoach:name": "shop",
    "stagecoach:provider": "hetzner",
    "stagecoach:region": "nbg1",
    "stagecoach:image": "registry.example/shop:1",
    "stagecoach:admin_cidrs": ["203.0.113.0/24"],
    "stagecoach:stage": 1,
}
REPOSITORY = Path(__file__).resolve().parents[3]


def refusal(**changes):
    values = {**GOOD, **{f"stagecoach:{key}": value for key, value in changes.items()}}
    with pytest.raises(ConfigError) as caught:
        parse_config({key: value for key, value in values.items() if value is not None}, title="bad")
    return str(caught.value)


class TestShippedFiles:
    @pytest.mark.parametrize("stage", range(1, 6))
    def test_valid_and_named_after_their_stage(self, stage):
        config = parse_stack_file(REPOSITORY / f"Pulumi.stage{stage}.yaml")
        assert (config.stage, resolve_stage(config)[0].stage) == (stage, stage)

    def test_differ_in_the_stage_only(self):
        """Two stack files of one deployment must not mean two deployments."""
        files = [parse_stack_file(REPOSITORY / f"Pulumi.stage{stage}.yaml") for stage in range(1, 6)]
        assert len({repr(config.model_copy(update={"stage": None})) for config in files}) == 1


class TestRefused:
    def test_all_problems_at_once(self):
        """A wrong provider, a misspelt key and a missing one stand in one message."""
        message = refusal(provider="hetznr", stag=1, image=None)
        assert "stagecoach:provider = 'hetznr'" in message
        assert "stagecoach:stag: unknown key" in message
        assert "Did you mean stage?" in message
        assert "stagecoach:image: is required" in message

    def test_problems_between_fields_have_their_own_lines(self):
        """With place, value and mend, as those of one field."""
        message = refusal(instance_type="cx32", customers=100, catalog={"sold_out": ["cpx99"]})
        assert "- stagecoach:stage = 1: set exactly one of stage and customers" in message
        assert "- stagecoach:instance_type = cx32: one of the catalog of hetzner: " in message
        assert "- stagecoach:catalog.sold_out.0 = cpx99: " in message
        assert message.count("Did you mean c") == 2

    def test_every_wrong_alias_has_its_own_line(self):
        aliases = {"REDIS_URL": "CACHE", "MY VAR": "CACHE_URL", "DB": "redis://:hunter2@b/0", "A": "CACHE_URL"}
        message = refusal(app={"aliases": aliases}, env={"A": "1"}, budget="much")
        assert "- stagecoach:app.aliases.REDIS_URL = CACHE: names no variable of the stack" in message
        assert "- stagecoach:app.aliases.MY VAR: is no name of a variable" in message
        assert "- stagecoach:app.aliases.DB: names no variable of the stack" in message
        assert "- stagecoach:budget" in message
        assert "hunter2" not in message
        assert "- stagecoach:app.aliases.A: stands in `env` as well" in refusal(
            app={"aliases": {"A": "CACHE_URL"}}, env={"A": "1"}
        )

    def test_wrong_namespace(self):
        with pytest.raises(ConfigError, match="stagecoch:stage: a key in one of the namespaces hcloud:, pulumi:, stag"):
            parse_config({**GOOD, "stagecoch:stage": 2}, title="bad")

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"stage": 6}, "stagecoach:stage = 6"),
            ({"stage": None}, "set exactly one of stage and customers"),
            ({"env": {"DATABASE_URL": "postgres://elsewhere"}}, "the stack gives the app DATABASE_URL itself"),
            ({"customers": 100}, "set exactly one of stage and customers"),
            ({"region": "mars1"}, "stagecoach:region = mars1: one of hetzner's: fsn1, hel1, nbg1"),
            ({"instance_type": "cx99"}, "stagecoach:instance_type = cx99: one of the catalog of hetzner: "),
            ({"image": "shop"}, "Name a tag or a digest"),
            ({"name": "Shop!"}, "stagecoach:name = 'Shop!'"),
            ({"admin_cidrs": ["0.0.0.0/0"]}, "name your own networks, or set public_admin"),
            ({"admin_cidrs": ["office"]}, "office is not a network such as 203.0.113.0/24"),
            ({"domain": "shop.example"}, "stagecoach:domain = shop.example: needs acme_email"),
            ({"domains": ["shop.example"]}, "stagecoach:domains = shop.example: needs acme_email"),
            (
                {
                    "domain": "shop.example",
                    "domains": ["shop.example", "www.shop.example"],
                    "acme_email": "a@b.example",
                },
                "stagecoach:domain = shop.example: is set beside `domains`, which takes its place: remove `domain`.",
            ),
            (
                {"domain": "shop.example", "domains": ["www.shop.example"], "acme_email": "a@b.example"},
                "add shop.example to `domains`, first if it is the shop's address, and remove `domain`. Fix",
            ),
            ({"domain": ["shop.example", "www.shop.example"]}, "takes one host name; write several under `domains`"),
            (
                {"domains": ["shop.example", "Shop.Example."], "acme_email": "a@b.example"},
                "lists shop.example more than once: write each name once",
            ),
            (
                {"domains": ["shop.example", "www_shop.example"]},
                "stagecoach:domains.1 = 'www_shop.example': `www_shop`",
            ),
            ({"domain": 5}, "stagecoach:domain = 5: is no text: write a host name"),
            ({"domains": {"shop.example": 1}}, "is a list: write each name on a line"),
            ({"domains": "shop.example", "acme_email": "a@b.example"}, "is a list: write each name on a line"),
            ({"domains": [f"a{one}.example" for one in range(51)]}, "has 51 names; 50 are allowed: each has a"),
            ({"domain": "shop.example, www.shop.example"}, "has several names: write them under `domains`"),
            ({"domains": ["shop.example www.shop.example"]}, "stagecoach:domains.0 = 'shop.example www.shop.example'"),
            ({"domains": [["shop.example"]]}, "stagecoach:domains.0 = ['shop.example']: is a list within the list"),
            ({"env": {"DJANGO_ALLOWED_HOSTS": "a"}}, "choose another name; use `domains` of the stack file"),
            ({"app": {"asgi": 5, "celery_app": []}}, "stagecoach:app.asgi = 5: is no text: write it as shop.asgi:"),
            ({"app": {"asgi": 5, "celery_app": []}}, "stagecoach:app.celery_app = []: is no text"),
            ({"app": {"health_path": "healthz"}}, "stagecoach:app.health_path = 'healthz': write the path of a page"),
            ({"domain": f"{'a' * 64}.example"}, "has 64 characters; DNS allows 63 between two dots"),
            ({"acme_email": "ops@shop..example"}, "stagecoach:acme_email = 'ops@shop..example': has an empty part"),
            ({"registry": {"server": "ghcr.io example", "username": "a"}}, "stagecoach:registry.server"),
            (
                {"app": {"wsgi": "shop.asgi:application"}},
                "stagecoach:app.wsgi = shop.asgi:application: is a module for ASGI",
            ),
            ({"app": {"asgi": "shop.wsgi:application"}}, "write it under `app.wsgi`"),
            (
                {"app": {"wsgi": "shop.wsgi", "asgi": "shop.asgi"}},
                "stagecoach:app.asgi = shop.asgi: is set beside `wsgi`",
            ),
            ({"app": {"wsgi": "--help"}}, "write module:name"),
            (
                {"images": {"postgress": "x:1"}},
                "stagecoach:images.postgress = x:1: no such image; there are alertmanager",
            ),
            ({"alerts": {"email_to": "a@b"}}, "email_to needs email_from and smtp_host"),
            ({"k3s": {"sha256": "abc"}}, "stagecoach:k3s.sha256 = 'abc'"),
            ({"k3s": {"url": "http://mirror.example/k3s"}}, "a url without TLS needs sha256"),
            ({"k3s": {"url": "ftp://mirror.example/k3s"}}, "stagecoach:k3s.url"),
            ({"k3s": {"version": "1.33.6"}}, "stagecoach:k3s.version = '1.33.6': it is no release of k3s"),
            ({"k3s": {"version": "v1.19.5+k3s2"}}, "was tried with Kubernetes 1.33 to 1.36, not with 1.19"),
            ({"k3s": {"version": "v1.99.0+k3s1"}}, "was tried with Kubernetes 1.33 to 1.36, not with 1.99"),
            ({"k3s": {"version": "v2.0.0+k3s1"}}, "it is no release of k3s"),
            ({"k3s": {"version": "v1.\uff13\uff16.5+k3s1"}}, "it is no release of k3s"),
            ({"k3s": {"version": "v1.036.5+k3s1"}}, "it is no release of k3s"),
            ({"k3s": {"version": "v1.36.99999+k3s1"}}, "it is no release of k3s"),
            ({"k3s": {"version": "v1.36.5+rke2r1"}}, "it is no release of k3s"),
            ({"k3s": {"version": "v1.36.5+k3s1 "}}, "it is no release of k3s"),
            ({"k3s": {"version": ""}}, "it is no release of k3s"),
            ({"k3s": {"version": "latest"}}, "it is no release of k3s. Name a release such as v1.36.5+k3s1"),
            ({"image": "ghcr.io/Acme/Shop:1.0"}, "Write ghcr.io/acme/shop"),
            ({"image": "ghcr.io/acme/shop:${GITHUB_SHA}"}, "a stack file replaces no variables"),
            ({"image": ""}, "stagecoach:image = '': it is empty"),
            ({"images": {"redis": ""}}, "stagecoach:images.redis: it is empty. Name an image with its tag"),
            ({"images": {"postgres": "x.example/postgres"}}, "images.postgres = x.example/postgres: Name a tag"),
            ({"images": {"postgres": "docker.io/library/postgres:18"}}, "it is version 18, which can't read what 17"),
            ({"images": {"postgres": "x:5000/postgres:18@sha256:" + "0" * 64}}, "it is version 18, which can't read"),
            ({"images": {"postgres": "postgres:16"}}, "named by its digest (postgres@sha256:...)"),
            ({"images": {"redis": "x.example/redis:7.4.2-bookworm"}}, "made for 8, which reads what 7 wrote. Name"),
            ({"images": {"redis": "x.example/redis:9"}}, "it is version 9, which can't read what 8 wrote"),
            ({"images": {"postgres": "mirror.example/postgres:latest"}}, "the tag latest says no version"),
            ({"images": {"redis": "https://x.example/redis:8", "postgres": ""}}, "stagecoach:images.postgres: it is"),
            (
                {"images": {"redis": "https://x.example/redis:8", "postgres": ""}},
                "Write x.example/redis:8. docs/how-to",
            ),
            ({"images": {"postgress": "x:1", "redis": ""}}, "stagecoach:images.redis: it is empty"),
            ({"overrides": {"django": {"thread": 2}}}, "Did you mean threads?"),
            ({"celery_servers": {}}, "name count, instance_type or both"),
            ({"celery_servers": {"count": 21}}, "stagecoach:celery_servers.count = 21"),
            ({"celery_servers": {"instance_type": "cx99"}}, "stagecoach:celery_servers.instance_type = cx99: one of"),
            ({"celery_servers": {"counts": 2}}, "Did you mean count?"),
            ({"k3s": {"url": "mirror.example"}}, "The key means: mirror of the binary"),
            ({"overrides": {"pools": {"default": {"concurrency": 0}}}}, "The key means: "),
            ({"domains": ["shop_1.example"]}, "The key means: several host names"),
        ],
    )
    def test_message(self, changes, words):
        assert words in refusal(**changes)

    def test_domains_without_a_value_are_none(self):
        assert parse_config({**GOOD, "stagecoach:domains": None}, title="x").hosts == ()

    @pytest.mark.parametrize(
        "images",
        [
            {"postgres": f"mirror.example/postgres@sha256:{'0' * 64}"},
            {"postgres": "mirror.example/postgres:17", "redis": "mirror.example/redis:8.0"},
            {"grafana": "mirror.example/grafana:13.2.3"},
        ],
    )
    def test_images_of_a_mirror(self, images):
        assert parse_config({**GOOD, "stagecoach:images": images}, title="x").images == images

    def test_each_variable_that_is_too_long(self):
        message = refusal(env={"A": "x" * 131_070, "B": "\0", "MY VAR": "1"})
        assert [part in message for part in ("env.A: takes 131,073 bytes", "env.B: has a NUL", "env.MY VAR")] == [
            True
        ] * 3

    def test_public_admin_opens_it(self):
        values = {**GOOD, "stagecoach:admin_cidrs": ["0.0.0.0/0"], "stagecoach:public_admin": True}
        assert parse_config(values, title="x").public_admin is True


class TestSecrets:
    def test_plain_text_is_refused_and_not_shown(self):
        message = refusal(registry_password="hunter2-in-plain")
        assert "stagecoach:registry_password = plain text: an encrypted value" in message
        assert "hunter2" not in message

    def test_encrypted_value_where_text_belongs(self):
        message = refusal(image={"secure": "v1:abc"})
        assert "stagecoach:image = an encrypted value: plain text" in message
        assert "v1:abc" not in message

    @pytest.mark.parametrize(
        "own",
        [
            {"authorized_keys": "-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2"},
            {"authorized_keys": [["-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2"]]},
            {"authorized_keys": ["b3BlbnNzaC1rZXktdjEAAAAABG5vbmUhunter2"]},
            {"alerts": "https://hooks.example/hunter2"},
            {"alerts": {"webhook_url": ["https://hooks.example/hunter2"]}},
            {"alerts": {"receivers": {"ops": "https://hooks.example/hunter2"}}},
            {"env": "PASSWORD=hunter2"},
            {"env": {"PASSWORD": ["hunter2"]}},
            {"image": "https://ann:hunter2@ghcr.io/a/b:1"},
            {"images": {"redis": "ann:hunter2@ghcr.io/a/b:1"}},
            {"k3s": {"url": "http://ann:hunter2@mirror.example/k3s"}},
            {"k3s": "https://ann:hunter2@mirror.example/k3s"},
            {"registry": {"server": "https://ann:hunter2@ghcr..io", "username": "ann"}},
            {"domain": "https://ann:hunter2@shop.example.com"},
            {"alerts": {"smtp_host": "ann:hunter2@mail.example.com:25"}},
        ],
    )
    def test_what_is_in_the_wrong_place_is_not_shown(self, own):
        message = refusal(**own)
        assert next(iter(own)) in message
        assert "hunter2" not in message.lower()

    @pytest.mark.parametrize("key", ["hcloud:token", "digitalocean:token", "vultr:apiKey"])
    def test_a_clouds_token_in_plain_text(self, key):
        """It lies in git, readable."""
        with pytest.raises(ConfigError, match=f"{key} = plain text: an encrypted value") as caught:
            parse_config({**GOOD, key: "hunter2"}, title="x")
        assert "hunter2" not in str(caught.value)

    def test_a_clouds_token_that_is_encrypted(self):
        assert parse_config({**GOOD, "hcloud:token": {"secure": "v1:x"}}, title="x").name == "shop"

    def test_encrypted_secret_is_taken(self):
        assert parse_config({**GOOD, "stagecoach:registry_password": {"secure": "v1:x"}}, title="x").name == "shop"


class TestFiles:
    @pytest.mark.parametrize(
        ("text", "words"),
        [("config: [", "is not YAML"), ("- a\n", "is not a stack file"), ("config:\n", "is not a stack file")],
    )
    def test_broken(self, tmp_path, text, words):
        path = tmp_path / "Pulumi.x.yaml"
        path.write_text(text)
        with pytest.raises(ConfigError, match=words):
            parse_stack_file(path)

    def test_missing(self, tmp_path):
        with pytest.raises(ConfigError, match="cannot be read") as caught:
            parse_stack_file(tmp_path / "Pulumi.stage1.yaml")
        assert "Change to the checkout's folder, or name an existing stack file" in str(caught.value)

    def test_key_outside_config(self, tmp_path):
        path = tmp_path / "Pulumi.x.yaml"
        path.write_text("stagecoach:stage: 1\nconfig:\n  stagecoach:name: shop\n")
        with pytest.raises(ConfigError, match="Put it under `config:`"):
            parse_stack_file(path)


class TestCustomers:
    @pytest.mark.parametrize(
        ("customers", "stage"), [(0, 1), (200, 1), (201, 2), (400, 2), (800, 3), (1500, 4), (1501, 5), (90_000, 5)]
    )
    def test_smallest_stage_that_holds_them(self, customers, stage):
        assert stage_for(customers).stage == stage
