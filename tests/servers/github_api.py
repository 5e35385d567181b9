"""The two addresses of GitHub's API that a comment needs, on loopback."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

BOT = "github-actions[bot]"


class GithubApi:
    """Comments of one pull request, acme/shop 7; whoever writes is the workflow's own user."""

    def __init__(self):
        self.comments = []
        self.tokens = set()
        self.refuse = None
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
                    self._answer(api.refuse, {"message": "Resource not accessible by integration"})
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
                else:
                    self._answer(404, {"message": "Not Found"})

            do_GET = do_POST = do_PATCH = _handle  # noqa: N815  http.server's names

            def log_message(self, *_arguments):
                """Silent."""

        return Handler
