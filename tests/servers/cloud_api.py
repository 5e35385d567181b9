"""As much of the three clouds' HTTP APIs as opening a firewall needs, on loopback; refuses what they refuse."""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlparse

GROUP = "group-of-the-stack"


class CloudApi:
    """One server `shop`, one Celery server; firewalls and rules as their owner would see them."""

    def __init__(self, provider, deployment="shop"):
        self.provider, self.tag = provider, f"stagecoach-deployment:{deployment}"
        self.firewalls, self.rules, self.number = {}, {}, 0
        self.page = 200  # entries of one page
        self.still_used = 0  # how often a firewall is not off its server yet
        self.refuse = None
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_error):
        self.server.shutdown()
        self.server.server_close()

    @property
    def names(self):
        """Of what is open."""
        return sorted({one["name"] for one in self.firewalls.values()} | {one["notes"] for one in self.rules.values()})

    def add(self, kept, made):
        self.number += 1
        kept[str(self.number)] = {"id": self.number if self.provider == "hetzner" else str(self.number), **made}
        return kept[str(self.number)]

    def answer(self, method, path, body):
        """Status and object."""
        if self.refuse:
            return self.refuse, {"error": {"code": "forbidden"}}
        found = getattr(self, f"_{self.provider}")(method, path, body)
        if found and method == "GET":
            return found[0], self._one_page(path, found[1])
        return found or (404, {"error": {"code": "not_found"}})

    def _one_page(self, path, whole):
        """As each cloud cuts a list, and says where it goes on."""
        ((key, entries),) = whole.items()
        asked = parse_qs(urlparse(path).query)
        first = int(asked.get("page", asked.get("cursor", ["1"]))[0]) - 1
        part, rest = entries[first * self.page : (first + 1) * self.page], entries[(first + 1) * self.page :]
        following = first + 2 if rest else None
        more = {
            "hetzner": {"meta": {"pagination": {"next_page": following}}},
            "digitalocean": {
                "links": {"pages": {"next": f"https://api.example/v2/x?page={following}&per_page=1"}} if rest else {}
            },
            "vultr": {"meta": {"links": {"next": str(following) if rest else "", "prev": ""}}},
        }
        return {key: part, **more[self.provider]}

    def _servers(self, key):
        labels = [
            {"stagecoach-deployment": self.tag.partition(":")[2]},
            {"stagecoach-deployment": self.tag.partition(":")[2], "stagecoach-role": "celery"},
        ]
        tags = [[f"{name}:{value}" for name, value in one.items()] for one in labels]
        return (
            [{"id": 10 + n, "labels": labels[n], "tags": tags[n], "firewall_group_id": f"{GROUP}-{n}"} for n in (0, 1)]
            if key
            else []
        )

    def _hetzner(self, method, path, body):
        if (method, path.partition("?")[0]) == ("GET", "/servers"):
            wanted = path == f"/servers?label_selector={self.tag.replace(':', '=')}"
            return 200, {"servers": self._servers(wanted)}
        if method == "GET":
            return 200, {"firewalls": list(self.firewalls.values())}
        if (method, path) == ("POST", "/firewalls"):
            applied = [{"type": "server", "server": one["server"]} for one in body["apply_to"]]
            return 201, {"firewall": self.add(self.firewalls, {**body, "applied_to": applied})}
        number = re.match(r"/firewalls/(\d+)", path)[1]
        if path.endswith("/actions/remove_from_resources"):
            assert body["remove_from"] == self.firewalls[number]["applied_to"]
            self.firewalls[number]["applied_to"] = []
            return 201, {"actions": []}
        if self.firewalls[number]["applied_to"] or self.still_used:
            self.still_used = max(0, self.still_used - 1)
            return 409, {"error": {"code": "resource_in_use"}}
        del self.firewalls[number]
        return 204, None

    def _digitalocean(self, method, path, body):
        if path.startswith("/droplets?"):
            return 200, {"droplets": self._servers(f"tag_name={self.tag}&" in path)}
        if method == "GET":
            return 200, {"firewalls": list(self.firewalls.values())}
        if method == "POST":
            return 202, {"firewall": self.add(self.firewalls, body)}
        del self.firewalls[path.rpartition("/")[2]]
        return 204, None

    def _vultr(self, method, path, body):
        if path.startswith("/instances?"):
            return 200, {"instances": self._servers(key=True)}
        if not path.startswith(f"/firewalls/{GROUP}-0/rules"):
            return None
        if method == "GET":
            return 200, {"firewall_rules": list(self.rules.values())}
        if method == "POST":
            return 201, {"firewall_rule": self.add(self.rules, body)}
        del self.rules[path.rpartition("/")[2]]
        return 204, None

    def _handler(api):  # noqa: N805  the handler's own self is another one
        class Handler(BaseHTTPRequestHandler):
            def _handle(self):
                url = urlparse(self.path)
                body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "null")
                path = unquote(url.path + (f"?{url.query}" if url.query else ""))
                known = self.headers["Authorization"] == "Bearer t0ken"
                code, content = api.answer(self.command, path, body) if known else (401, {"error": "token"})
                text = b"" if content is None else json.dumps(content).encode()
                self.send_response(code)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = do_DELETE = _handle  # noqa: N815  http.server's names

            def log_message(self, *_arguments):
                """Silent."""

        return Handler
