"""A stand-in for each of the five services: small, quick to start, honest about what has arrived in Kafka.

It answers every request with its own name and the request's, except that `query` tells in the month view how many
different hours of a line have arrived, and streams events at /v1/stream.
"""

import json
import os
import signal
import sys
import threading
import time
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import FrameType
from typing import Any

import anyio

from shared.events.topics import TELEMETRY
from shared.runtime.kafka import consumer

hours_of_line: dict[str, set[str]] = defaultdict(set)


class Echo(BaseHTTPRequestHandler):
    """Tells which service got which request."""

    service = ""

    def do_GET(self) -> None:
        """Answer a question."""
        if self.path == "/v1/stream":
            self._stream()
        elif self.service == "query" and "/measurements" in self.path:
            present = len(hours_of_line[self.path.split("/")[3]])
            self._answer({"rows": [{"hours_present": present}], "next": None})
        else:
            self._answer({"service": self.service, "method": "GET", "path": self.path})

    def do_POST(self) -> None:
        """Answer a request with a body."""
        received = len(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        self._answer({"service": self.service, "method": "POST", "path": self.path, "received": received})

    def log_message(self, *_: object) -> None:
        """Keep the log empty."""

    def _answer(self, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for number in range(3):
            self.wfile.write(f"data: {number}\n\n".encode())
            self.wfile.flush()
            time.sleep(0.3)  # an event that is held back on the way arrives with the next one, and the test sees it


async def count_hours() -> None:
    """Count the different hours of each line that arrive in the topic of telegrams."""
    reader = consumer(os.environ["GASTRACK_KAFKA_BOOTSTRAP"], None, TELEMETRY.name)
    await reader.start()
    async for record in reader:
        for line in json.loads(record.value)["lines"]:
            hours_of_line[line["line"]].update(hour["start"] for hour in line["hours"])


def main(name: str) -> None:
    """Serve until SIGTERM."""
    signal.signal(signal.SIGTERM, _end)
    Echo.service = name
    ports = [os.environ.get("GASTRACK_HTTP_PORT"), os.environ["GASTRACK_OPERATIONS_PORT"]]
    for port in filter(None, ports):
        server = ThreadingHTTPServer(("127.0.0.1", int(port)), Echo)
        threading.Thread(target=server.serve_forever, daemon=True).start()
    if name == "query":
        anyio.run(count_hours)
    signal.pause()


def _end(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)
