"""Certificates are ordered again when a name leads here, and now and then; an update says how it stands."""

import pytest

from infra.scripts import load
from tests.servers.stub_server import StubServer

ADDRESS = "198.51.100.7"
OWN, ISSUED = "CN = TRAEFIK DEFAULT CERT", "C = US, O = Let's Encrypt, CN = R11"
FAILED = 'ERR Unable to obtain ACME certificate for domains error="timeout during connect" domains=["shop.example"]'
K3S = """
case "$*" in
*'get service'*) echo 10.43.0.9 ;;
*logs*) echo 'starting'; echo '{failed}' ;;
*apply*) cat >>"$ROOT/applied" ;;
esac
"""
OPENSSL = """
case "$1" in
s_client) echo certificate ;;
x509) [ ! -s "$ROOT/issuer" ] || echo "issuer=$(cat "$ROOT/issuer")" ;;
esac
"""
# Of one name that has none.
ONE_MISSING = """
case "$*" in
*late.example*) echo late ;;
s_client*) echo certificate ;;
*) grep -q late && echo "issuer=CN = TRAEFIK DEFAULT CERT" || echo "issuer=CN = R11" ;;
esac
"""
IP = f"""
echo '2: eth0    inet {ADDRESS}/32 scope global eth0'
case "$*" in *global*) exit ;; esac
echo '1: lo    inet 127.0.0.1/8 scope host lo'
echo '1: lo    inet6 ::1/128 scope host'
"""
# A second passes with each pause; `watch` ends with the last one that the test gives it.
SLEEP = """
seconds=$(($(cat "$ROOT/seconds") + $1)); echo "$seconds" >"$ROOT/seconds"
[ "$seconds" -lt "$(cat "$ROOT/end")" ] || kill "$PPID"
[ ! -x "$ROOT/later" ] || "$ROOT/later" "$seconds"
"""


class Server:
    """A server whose traefik and resolver say what a test wants."""

    def __init__(self, root):
        self.stubs, self.root = StubServer(root), root
        self.stubs.stub("systemctl")
        self.stubs.stub("k3s", K3S.format(failed=FAILED))
        self.stubs.stub("openssl", OPENSSL)
        self.stubs.stub("timeout", 'shift; "$@"')
        self.stubs.stub("curl", 'exit "$(cat "$ROOT/curl")"')
        self.stubs.stub("getent", 'cat "$ROOT/addresses"; [ -s "$ROOT/addresses" ]')
        self.stubs.stub("ip", f"echo '2: eth0    inet {ADDRESS}/32 scope global eth0'")
        self.stubs.stub("date", 'cat "$ROOT/seconds"')
        self.stubs.stub("sleep", SLEEP)
        self.say("seconds", "1000")
        self.say("end", "100000")
        self.say("curl", "0")
        self.issuer(OWN)
        self.leads("")

    def say(self, name, text):
        (self.root / name).write_text(text)

    def issuer(self, text):
        self.say("issuer", text)

    def leads(self, address):
        self.say("addresses", f"{address} STREAM shop.example\n{address} DGRAM\n" if address else "")

    def later(self, script):
        """Something that happens meanwhile; $1 is the time."""
        self.say("later", f"#!/bin/bash\n{script}\n")
        (self.root / "later").chmod(0o755)

    def update(self, domains="shop.example"):
        variables = {"DOMAINS": domains, "PUBLIC_IP": ADDRESS, "WAIT_SECONDS": "90"}
        return self.stubs.run(load("base.sh", "certificates.sh"), **variables)

    def watch(self, seconds):
        """What the service says in that time."""
        self.say("seconds", "1000")
        self.say("end", str(1000 + seconds))
        self.say("applied", "")
        return self.stubs.run('exec "$PROGRAM" watch', PROGRAM=str(self.program))

    @property
    def program(self):
        return self.root / "usr/local/bin/stagecoach-certificates"

    @property
    def orders(self):
        return (self.root / "applied").read_text().count("kind: Middleware")


@pytest.fixture
def server(tmp_path):
    return Server(tmp_path)


class TestUpdate:
    def test_a_name_that_leads_nowhere(self, server):
        """Said with the address and what comes of it; the update goes on."""
        done = server.update()
        assert done.returncode == 0, done.stderr
        assert f"shop.example leads nowhere yet: set its A record to {ADDRESS}." in done.stdout
        assert "ordered by itself within a minute after that, and then every 15 minutes" in done.stdout

    def test_a_name_that_leads_elsewhere(self, server):
        server.leads("203.0.113.80")
        assert f"shop.example leads to 203.0.113.80, not to {ADDRESS}" in server.update().stdout

    def test_waits_for_the_certificate(self, server):
        server.leads(ADDRESS)
        server.later(f'[ "$1" -lt 1020 ] || echo "{ISSUED}" >"$ROOT/issuer"')
        done = server.update()
        assert done.stdout == f"shop.example has its certificate, issued by {ISSUED}\n"
        assert server.stubs.calls.count("sleep 2") == 10

    def test_an_issuer_that_refuses_ends_no_update(self, server):
        """It says traefik's own last words."""
        server.leads(ADDRESS)
        done = server.update()
        assert done.returncode == 0
        assert "leads here, but its certificate was not issued yet" in done.stdout
        assert FAILED in done.stdout
        assert server.stubs.calls.count("sleep 2") == 45

    def test_waits_for_another_apt(self, server):
        """A minimal image has no openssl, and the provider's agents hold apt's locks after a boot."""
        server.stubs.hide("openssl")
        locked = "echo 'E: Could not get lock /var/lib/dpkg/lock-frontend' >&2; exit 100"
        done = f'[ -e "$ROOT/free" ] || {{ touch "$ROOT/free"; {locked}; }}; echo "Unpacking $*"'
        server.stubs.stub("apt-get", done)
        update = server.update()
        assert update.returncode == 0, update.stderr
        calls = [call for call in server.stubs.calls if call.startswith("apt-get")]
        assert [call.partition("Timeout=600 ")[2].split()[0] for call in calls] == ["update", "update", "install"]
        assert "Unpacking" not in update.stdout
        assert "Unpacking" in update.stderr

    def test_every_name_is_told_of(self, server):
        assert server.update("shop.example www.shop.example").stdout.count("leads nowhere yet") == 2

    def test_a_record_beside_the_right_one(self, server):
        """An AAAA record of an earlier host is asked first."""
        server.say("addresses", f"{ADDRESS} STREAM\n2001:db8::7 STREAM\n")
        said = server.update().stdout
        assert "It also leads to 2001:db8::7, where the issuer may ask: remove that A or AAAA record." in said

    @pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
    def test_a_name_that_leads_to_every_machine_itself_does_not_lead_here(self, server, address):
        server.stubs.stub("ip", IP)
        server.leads(address)
        assert f"shop.example leads to {address}, not to {ADDRESS}" in server.update().stdout

    def test_a_shop_that_redirects_in_a_circle(self, server):
        """The kubelet takes it for health: pods are ready, and no customer sees a page."""
        server.issuer(ISSUED)
        server.say("curl", "47")
        done = server.update("shop.example www.shop.example")
        assert done.returncode == 0
        last = done.stdout.splitlines()[-1]
        assert last.startswith("shop.example redirects in a circle, no page is shown: set SECURE_PROXY_SSL_HEADER")
        (asked,) = [one for one in server.stubs.calls if one.startswith("curl")]
        assert asked.endswith("--connect-to ::10.43.0.9:443 https://shop.example/")

    @pytest.mark.parametrize("code", ["0", "28", "52"])
    def test_any_other_answer_is_no_circle(self, server, code):
        server.issuer(ISSUED)
        server.say("curl", code)
        done = server.update()
        assert (done.returncode, done.stdout) == (0, f"shop.example has its certificate, issued by {ISSUED}\n")

    def test_the_service_runs_the_program(self, server):
        server.update()
        unit = (server.root / "etc/systemd/system/stagecoach-certificates.service").read_text()
        assert f"ExecStart={server.program} watch\n" in unit
        assert "systemctl restart stagecoach-certificates.service" in server.stubs.calls
        assert server.program.stat().st_mode & 0o777 == 0o755


class TestWithoutADomain:
    def test_nothing_was_there(self, server):
        done = server.update("")
        assert (done.returncode, done.stdout) == (0, "")
        assert server.stubs.calls == []

    def test_what_was_there_goes(self, server):
        server.update()
        server.stubs.forget()
        assert server.update("").returncode == 0
        assert server.stubs.calls[0] == "systemctl disable --now stagecoach-certificates.service"
        assert not server.program.exists()
        assert not (server.root / "etc/systemd/system/stagecoach-certificates.service").exists()


class TestWatch:
    @pytest.fixture(autouse=True)
    def installed(self, server):
        server.update()

    def test_a_name_that_leads_nowhere_is_not_ordered(self, server):
        """Nobody could prove it, and the issuer counts failures."""
        server.watch(3600)
        assert server.orders == 0

    def test_at_once_when_it_leads_here_and_then_now_and_then(self, server):
        """Let's Encrypt bears five failures an hour for a name."""
        server.leads(ADDRESS)
        server.watch(3600)
        assert server.orders == 4

    def test_at_once_when_it_leads_somewhere_else(self, server):
        server.leads("203.0.113.80")
        server.later(f'[ "$1" -lt 1100 ] || echo "{ADDRESS} STREAM" >"$ROOT/addresses"')
        server.watch(200)
        assert server.orders == 2

    def test_addresses_that_change_with_every_answer_are_no_reason(self, server):
        """A proxy's: each order would be one more failure."""
        server.leads("203.0.113.80")
        server.later('echo "203.0.113.$(($1 % 200)) STREAM" >"$ROOT/addresses"')
        server.watch(1000)
        assert server.orders == 2

    def test_a_name_that_leads_to_and_fro(self, server):
        """As resolvers do while a record changes: at once the first time."""
        server.leads("203.0.113.80")
        server.later(f'(($1 % 40)) && one={ADDRESS} || one=203.0.113.80; echo "$one STREAM" >"$ROOT/addresses"')
        server.watch(400)
        assert server.orders == 2

    def test_nothing_is_ordered_beside_a_certificate(self, server):
        server.leads(ADDRESS)
        server.issuer(ISSUED)
        server.watch(3600)
        assert server.orders == 0
        assert server.stubs.calls.count("sleep 600") == 6

    def test_a_traefik_that_does_not_answer_is_no_missing_certificate(self, server):
        server.leads(ADDRESS)
        server.issuer("")
        server.watch(600)
        assert server.orders == 0

    def test_after_a_boot_it_is_looked_at_when_traefik_answers(self, server):
        """k3s starts traefik long after this service."""
        server.leads(ADDRESS)
        server.issuer("")
        server.later(f'[ "$1" -lt 1060 ] || echo "{OWN}" >"$ROOT/issuer"')
        server.watch(90)
        assert server.orders == 1

    def test_names_that_have_theirs_are_left_alone_meanwhile(self, server):
        """One without a record, among fifty, takes no CPU from the shop."""
        server.update(" ".join(["late.example", *(f"s{number}.example" for number in range(49))]))
        server.stubs.stub("openssl", ONE_MISSING)
        server.stubs.forget()
        server.watch(100)
        calls = [one for one in server.stubs.calls if one.startswith("openssl s_client")]
        assert len(calls) == 49 + 10
        assert len([one for one in server.stubs.calls if one.startswith("k3s")]) == 10

    def test_an_api_server_that_is_away_ends_nothing(self, server):
        server.leads(ADDRESS)
        server.stubs.stub("k3s", 'case "$*" in *"get service"*) echo 10.43.0.9 ;; *) exit 1 ;; esac')
        done = server.watch(100)
        assert "shop.example: traefik's configuration could not be changed" in done.stderr
        assert server.stubs.calls.count("sleep 10") == 10
