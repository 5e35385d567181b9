"""A network with the real traefik under the stack's own arguments, an app, an ACME server and a DNS server."""

import json
import re
import subprocess
import sys

import yaml

from infra.components.redirects import FOLDER, middlewares
from infra.components.traefik import CERTIFICATE_RESOLVER, render_chart_config
from lab.nodes.real.k3s.guest.traefik.arguments import arguments
from lab.nodes.real.k3s.guest.traefik.authority import with_authority
from lab.nodes.real.k3s.guest.traefik.chart import chart, given_values
from lab.nodes.real.k3s.guest.traefik.values import chart_values
from lab.nodes.real.vps.names import ACME_ENVIRONMENT, Names, acme_command, dns_command
from lab.nodes.real.vps.network import Network, ip_batch
from lab.toolchain.build import ensure
from lab.toolchain.programs import CHALLTESTSRV, PEBBLE, TRAEFIK
from tests.plans import stage_plan
from tests.servers.way_in import APP
from tests.waiting import patience, wait

SHOP = "shop.example.test"
OWN, CUSTOMERS = "100.64.0.9", ("100.64.0.251", "100.64.0.252")
(PLAN,) = [one.container("traefik") for one in stage_plan().system if one.name == "traefik"]


class WayIn:
    """A network with traefik, an app, an ACME server and a DNS server."""

    def __init__(self, root):
        self.root, self.network, self.started = root, Network(root), {}
        self.names = Names(root, self.network)
        (root / "dynamic").mkdir()

    def open(self):
        for program in (TRAEFIK, PEBBLE, CHALLTESTSRV):
            ensure(program)
        self.network.ensure()
        ip_batch(self.network.name, *(f"addr add {one}/24 dev public" for one in (OWN, *CUSTOMERS)))
        self.start("dns", *dns_command())
        self.start("acme", "env", *ACME_ENVIRONMENT, *acme_command(self.root / "gateway"))
        self.start("app", sys.executable, "-u", "-c", APP)
        self.names.put(SHOP, OWN)
        (self.root / "root.pem").write_text(self.names.root_certificate())

    def start(self, name, *command):
        with (self.root / f"{name}.log").open("wb") as log:
            self.started[name] = self.network.popen([str(word) for word in command], log)

    def stop(self, name):
        child = self.started.pop(name)
        child.kill()
        child.wait()

    def close(self):
        for name in list(self.started):
            self.stop(name)
        self.network.remove()

    def serve(self, *hosts, read_timeout=600, email="a@example.test", redirected=()):
        """Starts traefik anew with what the stack gives k3s; `redirected` are names beside the shop's address."""
        if "traefik" in self.started:
            self.stop("traefik")
        (self.root / "acme.json").unlink(missing_ok=True)
        self.route(*hosts, redirected=redirected)
        names = (SHOP, *redirected)
        documents = list(yaml.safe_load_all(render_chart_config(PLAN, email, read_timeout=read_timeout, hosts=names)))
        self.mount(documents)
        self.start("traefik", ensure(TRAEFIK), *self.arguments(given_values(documents)))
        wait(lambda: self.curl(f"https://{SHOP}/", "-k").returncode == 0, (self.root / "traefik.log").read_text)

    def mount(self, documents):
        """As the kubelet does it with the ConfigMap of redirects."""
        for one in documents:
            for name, text in one["data"].items() if one["kind"] == "ConfigMap" else ():
                (self.root / "dynamic" / name).write_text(text)

    def arguments(self, given):
        """The chart's own, on this network's ports and folders, without a cluster to ask."""
        objects = with_authority(chart("image:1", *given), "")
        (made,) = [one for one in objects if one["kind"] == "Deployment"]
        words = made["spec"]["template"]["spec"]["containers"][0]["args"]
        assert set(arguments(chart_values(*given), "kube-system/traefik")) <= set(words)
        changed = {
            ":8000/tcp": f"{OWN}:80/tcp",
            ":8443/tcp": f"{OWN}:443/tcp",
            ":8080/tcp": f"{OWN}:8080/tcp",
            "/data/acme.json": str(self.root / "acme.json"),
            "/stagecoach-lab/authority.pem": str(ensure(PEBBLE).resolve().parent / "pebble.minica.pem"),
            "https://pebble:14000": "https://100.64.0.1:14000",
            FOLDER: str(self.root / "dynamic"),
        }
        words = [word for word in words if "providers.kubernetes" not in word]
        for old, new in changed.items():
            words = [word.replace(old, new) for word in words]
        # The certificate of the ACME server's own HTTPS is for another name.
        more = [f"--certificatesresolvers.{CERTIFICATE_RESOLVER}.acme.caServerName=pebble"]
        words += more if any("caServer" in word for word in words) else []
        file = [f"--providers.file.directory={self.root / 'dynamic'}", "--providers.file.watch=true"]
        return [*words, *(word for word in file if word not in words)]

    def route(self, *hosts, redirected=(), to=SHOP, **more):
        """What traefik makes of an Ingress for each name; another middleware is another configuration."""
        routers = {
            host.partition(".")[0]: {
                "rule": f"Host(`{host}`) && PathPrefix(`/`)",
                "service": "web",
                "tls": {"certResolver": CERTIFICATE_RESOLVER},
                **({"middlewares": middlewares(to).split(",")} if host in redirected else {}),
            }
            for host in (*hosts, *redirected)
        }
        services = {"web": {"loadBalancer": {"servers": [{"url": "http://127.0.0.1:8000"}]}}}
        text = yaml.safe_dump({"http": {"routers": routers, "services": services, "middlewares": more or None}})
        (self.root / "dynamic" / "routes.yml").write_text(text)

    def curl(self, url, *options, host=SHOP, source=None):
        names = dict.fromkeys((host, SHOP))
        resolve = [word for one in names for port in (80, 443) for word in ("--resolve", f"{one}:{port}:{OWN}")]
        command = ["curl", "-s", "-m", "20", *resolve, *(["--interface", source] if source else []), *options, url]
        return self.inside(*command)

    def inside(self, *command):
        through = ["nsenter", f"--net={self.network.path}", "--"]
        return subprocess.run([*through, *command], capture_output=True, text=True, check=False, timeout=patience(60))

    def asked(self, *options, source=None):
        done = self.curl(f"https://{SHOP}/", "--cacert", str(self.root / "root.pem"), *options, source=source)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def by_hand(self, program, pause):
        return self.inside(sys.executable, "-c", program, SHOP, OWN, str(self.root / "root.pem"), pause).stdout

    def issuer(self, host):
        said = self.curl(f"https://{host}/", "-kv", "-o", "/dev/null", host=host).stderr
        found = re.search(r"issuer: (.*)", said)
        return found[1] if found else said

    def has_certificate(self, host):
        return "Pebble" in self.issuer(host)

    def failures(self, host):
        """How often traefik has said that it could not have the certificate."""
        lines = (self.root / "traefik.log").read_text().splitlines()
        return sum("Unable to obtain ACME certificate" in line and host in line for line in lines)
