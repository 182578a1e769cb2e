"""Services that tell back what reached them: method, path, every header as it came, the size of the body."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

STREAM = "/v1/stream"
EVENTS, BETWEEN_SECONDS = (
    3,
    0.3,
)  # an event that is held back on the way arrives with the next one, and the test sees it


class Telling(BaseHTTPRequestHandler):
    """Answers every request with what it is."""

    protocol_version = "HTTP/1.1"
    server: Upstream

    def do_GET(self) -> None:
        """Answer, or stream."""
        if self.path == STREAM:
            self._stream()
        else:
            self._tell()

    def do_POST(self) -> None:
        """Answer a request with a body."""
        self._tell()

    def _tell(self) -> None:
        got = {
            "service": self.server.service,
            "method": self.command,
            "path": self.path,
            "headers": [[name.lower(), value] for name, value in self.headers.items()],
            "received": self._read(),
        }
        self.server.seen.append(got)
        content = json.dumps(got).encode()
        self.send_response_only(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Keep the log empty."""

    def _read(self) -> int:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return len(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        received = 0
        while size := int(self.rfile.readline().split(b";")[0], 16):
            received += len(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return received

    def _stream(self) -> None:
        self.send_response_only(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for number in range(EVENTS):
            self.wfile.write(f"data: {number}\n\n".encode())
            self.wfile.flush()
            time.sleep(BETWEEN_SECONDS)


class Upstream(ThreadingHTTPServer):
    """One service on a port of its own."""

    daemon_threads = True

    def __init__(self, service: str, port: int) -> None:
        super().__init__(("127.0.0.1", port), Telling)
        self.service = service
        self.seen: list[dict[str, Any]] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_: object) -> None:
        """Keep quiet about requests that broke off on the way: some tests send nothing else."""
