"""The addresses of GitHub's API that comments and the check of the settings need, on loopback."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

BOT = "github-actions[bot]"
_ENVIRONMENTS = "/repos/acme/shop/environments/"


class GithubApi:
    """Comments of one pull request, acme/shop 7, and its environments; whoever writes is the workflow's own user."""

    def __init__(self):
        self.comments = []
        self.environments = {}
        self.policies = {}
        self.tokens = set()
        self.refuse = None
        self.message = "Resource not accessible by integration"
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_error):
        self.stop()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def add(self, login, body):
        number = len(self.comments) + 1
        made = {"id": number, "user": {"login": login}, "body": body, "html_url": f"https://github.example/c{number}"}
        self.comments.append(made)
        return made

    def add_environment(self, name, *, policy=None, branches=(), reviewers=0):
        """One as the API shows it: `policy` is None (no restriction), "protected" or "custom" with its `branches`."""
        rules = [{"id": 1, "type": "branch_policy"}] if policy else []
        if reviewers:
            asked = [{"type": "User", "reviewer": {"login": f"user{number}"}} for number in range(reviewers)]
            rules.append({"id": 2, "type": "required_reviewers", "prevent_self_review": False, "reviewers": asked})
        shown = {"protected_branches": policy == "protected", "custom_branch_policies": policy == "custom"}
        self.environments[name] = {
            "name": name,
            "protection_rules": rules,
            "deployment_branch_policy": shown if policy else None,
        }
        self.policies[name] = [{"id": 3, "name": name, "type": kind} for kind, name in branches]

    def _environment(self, path):
        """The answer for a path below `environments`; GitHub knows no policies where none can be named."""
        name, _, more = path.removeprefix(_ENVIRONMENTS).partition("/")
        found = self.environments.get(name)
        if found is None:
            return 404, {"message": "Not Found"}
        if not more:
            return 200, found
        if more == "deployment-branch-policies" and (found["deployment_branch_policy"] or {}).get(
            "custom_branch_policies"
        ):
            return 200, {"total_count": len(self.policies[name]), "branch_policies": self.policies[name]}
        return 404, {"message": "Not Found"}

    def _handler(api):  # noqa: N805  the handler's own self is another one
        class Handler(BaseHTTPRequestHandler):
            def _answer(self, code, content):
                text = json.dumps(content).encode()
                self.send_response(code)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def _handle(self):
                url = urlparse(self.path)
                body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or "{}")
                api.tokens.add(self.headers["Authorization"])
                if api.refuse:
                    self._answer(api.refuse, {"message": api.message})
                elif url.path == "/repos/acme/shop/issues/7/comments" and self.command == "GET":
                    query = parse_qs(url.query)
                    page, size = int(query["page"][0]), int(query["per_page"][0])
                    self._answer(200, api.comments[(page - 1) * size : page * size])
                elif url.path == "/repos/acme/shop/issues/7/comments":
                    self._answer(201, api.add(BOT, body["body"]))
                elif url.path.startswith("/repos/acme/shop/issues/comments/") and self.command == "PATCH":
                    found = api.comments[int(url.path.rsplit("/", 1)[1]) - 1]
                    found["body"] = body["body"]
                    self._answer(200, found)
                elif url.path.startswith(_ENVIRONMENTS) and self.command == "GET":
                    self._answer(*api._environment(url.path))
                else:
                    self._answer(404, {"message": "Not Found"})

            do_GET = do_POST = do_PATCH = _handle  # noqa: N815  http.server's names

            def log_message(self, *_arguments):
                """Silent."""

        return Handler
