"""The user token that an upload sends with."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from ..errors import AuthenticationError

T = TypeVar("T")


class TokenSource:
    """Mints a token when one is first needed, and another when that has ended. Shared by the threads of an upload."""

    def __init__(self, mint: Callable[[], str]) -> None:
        self._mint = mint
        self._lock = threading.Lock()
        self._token: str | None = None

    def use(self, send: Callable[[str], T]) -> T:
        """Calls `send` with the token, and once more with a new one where the server does not know it any more."""
        token = self._get(None)
        try:
            return send(token)
        except AuthenticationError:
            return send(self._get(token))

    def _get(self, ended: str | None) -> str:
        with self._lock:
            # Another thread may have renewed it meanwhile.
            if self._token is None or self._token == ended:
                self._token = self._mint()
            return self._token
