"""What else in a stack file names a host."""

import pytest

from infra.stack_file.values.addresses import (
    issuer_contact,
    mail_address,
    mail_server,
    reachable_host,
    registry_server,
    web_url,
)


@pytest.mark.parametrize(
    ("read", "text", "made"),
    [
        (web_url, "https://hooks.example/T0/B0?x=1#y", "https://hooks.example/T0/B0?x=1#y"),
        (web_url, "HTTPS://Hooks.Example/T0", "https://hooks.example/T0"),
        (web_url, "http://10.1.2.3:8080/x", "http://10.1.2.3:8080/x"),
        (web_url, "http://[2001:db8::1]:8080/", "http://[2001:db8::1]:8080/"),
        (web_url, "https://user:Pass@Hooks.example:8443/X", "https://user:Pass@hooks.example:8443/X"),
        (web_url, "https://бот.рф/x", "https://xn--90a0am.xn--p1ai/x"),
        (web_url, "http://mail-sink:8025", "http://mail-sink:8025"),
        (mail_server, "Mail.Example:587", "mail.example:587"),
        (mail_server, "mail:25", "mail:25"),
        (mail_server, "[2001:db8::1]:25", "[2001:db8::1]:25"),
        (mail_server, "10.1.2.3:25", "10.1.2.3:25"),
        (mail_address, "Ops+shop@Example.com", "Ops+shop@example.com"),
        (mail_address, "müller#1?@Example.com", "müller#1?@example.com"),
        (mail_address, "ops@бот.рф", "ops@xn--90a0am.xn--p1ai"),
        (issuer_contact, "Ops+shop@Example.org", "Ops+shop@example.org"),
        (issuer_contact, "o.p-s_1@бот.рф", "o.p-s_1@xn--90a0am.xn--p1ai"),
        (registry_server, "ghcr.io", "ghcr.io"),
        (reachable_host, "Portquiz.net", "portquiz.net"),
        (reachable_host, "[2001:db8::1]", "2001:db8::1"),
        (reachable_host, "10.1.2.3", "10.1.2.3"),
        (registry_server, "GHCR.io/acme", "ghcr.io/acme"),
        (registry_server, "registry:5000", "registry:5000"),
        (registry_server, "https://index.docker.io/v1/", "https://index.docker.io/v1/"),
    ],
)
def test_as_dns_has_it(read, text, made):
    assert read(text) == made
    assert read(made) == made


@pytest.mark.parametrize(
    ("read", "text", "words"),
    [
        (web_url, "", "is empty"),
        (web_url, "https://", "has no host name"),
        (web_url, "https://:443/x", "has no host name"),
        (web_url, "https://hooks example/x", "has a blank"),
        (web_url, "https://hooks.example/x\n", "has a blank"),
        (web_url, "hooks.example/x", "begins with https://"),
        (web_url, "ftp://hooks.example/x", "begins with https://"),
        (web_url, "https://hooks_1.example/x", "`hooks_1` has _"),
        (web_url, "https://hooks..example/x", "has an empty part"),
        (web_url, f"https://{'a' * 64}.example/x", "has 64 characters"),
        (web_url, "https://hooks.example:99999/x", "its port is no number from 1 to 65,535"),
        (web_url, "https://hooks.example:0/x", "port 0 does not exist"),
        (web_url, "https://hooks.example:http/x", "is no URL"),
        (web_url, "https://[2001:db8::1/x", "is no URL"),
        (mail_server, "mail.example", "write host:port"),
        (mail_server, "smtp://mail.example:25", "write host:port"),
        (mail_server, "mail.example:0", "port 0 does not exist"),
        (mail_server, "mail.example:65536", "port 65536 does not exist"),
        (mail_server, "2001:db8::1:25", "in brackets"),
        (mail_server, "mail..example:25", "has an empty part"),
        (mail_address, "ops", "is no mail address"),
        (mail_address, "a@b@example.com", "is no mail address"),
        (mail_address, "@example.com", "is no mail address"),
        (mail_address, "mailto:ops@example.com", "write one, without a name or brackets"),
        (mail_address, "ops;dev@example.com", "is no mail address"),
        (mail_address, "a,b@example.com", "is no mail address"),
        (mail_address, ".ops@example.com", "is no mail address"),
        (mail_address, "o..ps@example.com", "is no mail address"),
        (mail_address, "(on call)ops@example.com", "has a blank"),
        (mail_address, "<ops@example.com", "is no mail address"),
        (mail_address, "o\\ps@example.com", "is no mail address"),
        (mail_address, "{{x}}@example.com", "is no mail address"),
        (mail_address, "ops@-a.example", "begins or ends with a hyphen"),
        (issuer_contact, "ops@localhost", "has no dot"),
        (issuer_contact, "öps@example.org", "takes no `öps` before the @"),
        (issuer_contact, "mailto:ops@example.org", "is no mail address"),
        (issuer_contact, "ops?x@example.org", "write a plain mail address"),
        (issuer_contact, "ops#x@example.org", "write a plain mail address"),
        (issuer_contact, "o..ps@example.org", "is no mail address"),
        (issuer_contact, ".ops@example.org", "is no mail address"),
        (issuer_contact, "ops", "is no mail address"),
        (registry_server, "ghcr.io x", "has a blank"),
        (reachable_host, "10.1.2.3.4", "its last part is a number"),
        (reachable_host, "https://portquiz.net", "is a URL"),
        (registry_server, "ghcr_io", "has _"),
        (registry_server, "https://ann:hunter2@ghcr.io", "has a login .*`registry.username`"),
        (registry_server, "ann:hunter2@ghcr.io", "has a login"),
        (registry_server, "oci://ghcr.io", "begins with https://"),
    ],
)
def test_says_what_is_wrong(read, text, words):
    with pytest.raises(ValueError, match=words):
        read(text)


@pytest.mark.parametrize(
    "text", ["https://user:hunter2", "https://user:hunter2/x", "https://[hunter2/x", "https://hunter2\u2100@a.example/"]
)
def test_no_message_has_what_may_be_a_password(text):
    """A login without its host is read as a host and a port."""
    with pytest.raises(ValueError, match="is no URL") as caught:
        web_url(text)
    assert "hunter2" not in str(caught.value)
