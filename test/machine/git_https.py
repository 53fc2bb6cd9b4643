"""A git server over https for a test: git's own CGI program behind Python's server, with one user and one token.

usage: git_https.py CERTIFICATE KEY EXPECTED    (as root; EXPECTED is a file with `user:token`, read at each request)
"""

import base64
import os
import ssl
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CERTIFICATE, KEY, EXPECTED = sys.argv[1:]
ROOT = "/srv/git"


class Handler(BaseHTTPRequestHandler):
    """Answers with what git-http-backend(1) says to the right token, and with 401 to everything else."""

    def do_GET(self) -> None:
        """The list of references."""
        self._serve(b"")

    def do_POST(self) -> None:
        """Objects, either way."""
        self._serve(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

    def _serve(self, body: bytes) -> None:
        right = base64.b64encode(Path(EXPECTED).read_text().strip().encode()).decode()
        if self.headers.get("Authorization") != f"Basic {right}":
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        path, _, query = self.path.partition("?")
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": ROOT,
            "GIT_HTTP_EXPORT_ALL": "1",
            "REMOTE_USER": "agent",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        done = subprocess.run(
            ["setpriv", "--reuid=git", "--regid=git", "--init-groups", "git", "http-backend"],
            input=body,
            capture_output=True,
            env=environment,
            check=False,
        )
        head, _, rest = done.stdout.partition(b"\r\n\r\n")
        headers = [line.decode().split(": ", 1) for line in head.split(b"\r\n") if b": " in line]
        self.send_response(int(next((value[:3] for name, value in headers if name == "Status"), "200")))
        for name, value in headers:
            if name != "Status":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        self.wfile.write(rest)


server = ThreadingHTTPServer(("", 443), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(CERTIFICATE, KEY)
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
