"""What tests share: a client of the live server, and servers that misbehave on demand."""

from __future__ import annotations

import json
import os
import ssl
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

from pulsewell import PulsewellClient, RetryPolicy, SampleInput

T = TypeVar("T")

# `npm run test:python` sets both; without them every test fails.
URL = os.environ["PULSEWELL_URL"]
KEY = os.environ["PULSEWELL_KEY"]
QUICK = RetryPolicy(attempts=4, base=0.01)


def new_client(url: str = URL, **options: Any) -> PulsewellClient:
    return PulsewellClient(url, KEY, **options)


def new_user(client: PulsewellClient) -> str:
    return client.users.create(f"test-{uuid.uuid4()}")


def steps(count: int, *, first: int = 0, data_type: str = "steps") -> list[SampleInput]:
    """One a minute from 2024-05-01, each with another value."""
    unit = {"steps": "count", "bpm": "count/min", "weight": "kg"}[data_type]
    begin = 1_714_521_600 + first * 60
    return [
        {
            "data_type": data_type,
            "device_name": "iPhone",
            "start_date": _instant(begin + 60 * index),
            "end_date": _instant(begin + 60 * index + 60),
            "value": 50 + index % 100,
            "unit": unit,
        }
        for index in range(count)
    ]


def _instant(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def poll(look: Callable[[], T | None], seconds: float = 15) -> T:
    """What `look` finds, as soon as it does."""
    deadline = time.monotonic() + seconds
    while (found := look()) is None:
        if time.monotonic() > deadline:
            raise TimeoutError(f"nothing was found in {seconds} s")
        time.sleep(0.02)
    return found


@dataclass
class Received:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Answer:
    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)


Handle = Callable[[Received], "Answer | None"]


@dataclass
class Server:
    """A real HTTP server; what its `handle` answers with None loses its connection without an answer."""

    url: str
    received: list[Received]
    connections: list[object]


@contextmanager
def serving(handle: Handle, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    received: list[Received] = []
    connections: list[object] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            connections.append(self)
            super().setup()

        def _handle(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Received(self.command, self.path, headers, body)
            received.append(request)
            answer = handle(request)
            if answer is None:
                self.close_connection = True
                return
            self.send_response(answer.status)
            for name, value in {"content-type": "application/json", **answer.headers}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _handle

        def log_message(self, format: str, *args: object) -> None:
            pass

    class QuietServer(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

        def handle_error(self, request: object, client_address: object) -> None:
            pass

    server = QuietServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        scheme = "http" if tls is None else "https"
        yield Server(f"{scheme}://127.0.0.1:{server.server_address[1]}", received, connections)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def forward(request: Received) -> Answer:
    """Hands a request to the live server."""
    host = URL.removeprefix("http://")
    connection = HTTPConnection(host, timeout=30)
    try:
        connection.request(request.method, request.path, request.body or None, {**request.headers, "host": host})
        response = connection.getresponse()
        kept = {name: value for name, value in response.getheaders() if name.lower() in ("content-type", "retry-after")}
        return Answer(response.status, response.read(), kept)
    finally:
        connection.close()
