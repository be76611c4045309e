"""Connections that are kept open and shared by threads."""

from __future__ import annotations

import selectors
import ssl
import threading
import weakref
from http.client import HTTPConnection, HTTPSConnection
from time import monotonic

from .addresses import Address

# Less than the 5 s after which common servers and proxies close an idle connection.
_IDLE_SECONDS = 4.0
_KEPT = 64


class ConnectionPool:
    """Thread safe. A connection belongs to who took it, until it is given back or closed."""

    def __init__(self, address: Address, *, timeout: float, ssl_context: ssl.SSLContext | None) -> None:
        """`timeout` is in seconds: to connect, and for each wait for bytes."""
        self._address = address
        self._timeout = timeout
        self._ssl_context = ssl_context
        if address.scheme == "https" and ssl_context is None:
            self._ssl_context = ssl.create_default_context()
        self._lock = threading.Lock()
        self._idle: list[tuple[float, HTTPConnection]] = []
        # A client that is dropped leaves no connection open.
        weakref.finalize(self, _close_all, self._idle)

    def take(self) -> HTTPConnection:
        """The connection used last that still lives, or a new one, which connects at the first request."""
        while True:
            with self._lock:
                if not self._idle:
                    return self._open()
                since, connection = self._idle.pop()
            if monotonic() - since < _IDLE_SECONDS and not _has_ended(connection):
                return connection
            connection.close()

    def give_back(self, connection: HTTPConnection) -> None:
        """Only after an answer that was read to its end."""
        if connection.sock is not None:
            with self._lock:
                if len(self._idle) < _KEPT:
                    self._idle.append((monotonic(), connection))
                    return
        connection.close()

    def close(self) -> None:
        """Closes what is idle. Requests under way go on."""
        with self._lock:
            _close_all(self._idle)

    def _open(self) -> HTTPConnection:
        address = self._address
        if address.scheme == "https":
            return HTTPSConnection(address.host, address.port, timeout=self._timeout, context=self._ssl_context)
        return HTTPConnection(address.host, address.port, timeout=self._timeout)


def _close_all(idle: list[tuple[float, HTTPConnection]]) -> None:
    while idle:
        idle.pop()[1].close()


def _has_ended(connection: HTTPConnection) -> bool:
    """An idle connection has nothing to read, unless the server has closed it."""
    if connection.sock is None:
        return True
    with selectors.DefaultSelector() as selector:
        selector.register(connection.sock, selectors.EVENT_READ)
        return bool(selector.select(0))
