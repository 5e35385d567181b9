"""What stands behind traefik in tests of the way in, and programs that ask it by hand."""

# Answers with what it was asked; a WebSocket gets its own frames back, and a name that begins with `circle` itself.
APP = r"""
import base64, hashlib, http.server, json

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.headers.get("Upgrade", "").lower() == "websocket":
            return self.echo()
        if self.headers["Host"].startswith("circle."):
            return self.circle()
        self.say({"length": 0})

    def do_POST(self):
        self.say({"length": len(self.rfile.read(int(self.headers["Content-Length"])))})

    def say(self, more):
        text = json.dumps({**{key.lower(): value for key, value in self.headers.items()}, **more}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def circle(self):
        # As SECURE_SSL_REDIRECT without SECURE_PROXY_SSL_HEADER.
        self.send_response(301)
        self.send_header("Location", "https://" + self.headers["Host"] + self.path)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def echo(self):
        magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        key = hashlib.sha1((self.headers["Sec-WebSocket-Key"] + magic).encode()).digest()
        self.send_response(101)
        for name, value in (("Upgrade", "websocket"), ("Connection", "Upgrade")):
            self.send_header(name, value)
        self.send_header("Sec-WebSocket-Accept", base64.b64encode(key).decode())
        self.end_headers()
        while head := self.rfile.read(2):
            length = head[1] & 127
            mask = self.rfile.read(4)
            data = bytes(one ^ mask[number % 4] for number, one in enumerate(self.rfile.read(length)))
            self.wfile.write(bytes([head[0], length]) + data)
        self.close_connection = True

http.server.ThreadingHTTPServer(("0.0.0.0", 8000), Handler).serve_forever()
"""
_DIAL = r"""
import socket, ssl, sys, time
host, address, authority, pause = sys.argv[1:5]
context = ssl.create_default_context(cafile=authority)
way = context.wrap_socket(socket.create_connection((address, 443)), server_hostname=host)
"""
# One frame at a time, with pauses, over one connection; the words that came back.
WEBSOCKET = (
    _DIAL
    + r"""
request = ["GET /ws HTTP/1.1", f"Host: {host}", "Upgrade: websocket", "Connection: Upgrade",
           "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "", ""]
way.sendall("\r\n".join(request).encode())
head = b""
while b"\r\n\r\n" not in head:
    head += way.recv(1)
print(head.split(b"\r\n")[0].decode())
for word in (b"first", b"second"):
    way.sendall(bytes([129, 128 | len(word)]) + bytes(4) + word)
    frame = way.recv(2)
    print(way.recv(frame[1]).decode())
    time.sleep(float(pause))
"""
)
# A body that comes in two halves; the answer, or nothing where the connection was cut.
UPLOAD = (
    _DIAL
    + r"""
way.sendall(f"POST /upload HTTP/1.1\r\nHost: {host}\r\nContent-Length: 2000\r\nConnection: close\r\n\r\n".encode())
way.sendall(b"x" * 1000)
time.sleep(float(pause))
answer = b""
try:
    way.sendall(b"x" * 1000)
    while part := way.recv(65536):
        answer += part
except OSError:
    pass
print(answer.decode())
"""
)
