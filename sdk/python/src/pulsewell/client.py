"""The client: one server, one key."""

from __future__ import annotations

import ssl
from types import TracebackType

from .addresses import read_address
from .changes import Changes
from .connections import ConnectionPool
from .days import Days
from .participants import Participants
from .retries import RetryPolicy
from .samples import Samples
from .sessions import Sessions
from .settings import Settings
from .studies import Batteries, Studies
from .tokens import Tokens
from .transport import Transport
from .users import Users
from .webhook_endpoints import WebhookEndpoints


class PulsewellClient:
    """Everything that a secret key may do. Thread safe; answers are the server's JSON, typed.

    Methods raise a PulsewellError where the server refuses or does not answer. After 429, 5xx and lost connections a
    request is sent again, unless it could be done twice by that.
    """

    def __init__(
        self,
        base_url: str,
        api_token: str,
        *,
        timeout: float = 30.0,
        retries: RetryPolicy | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        """`base_url` is the server's root, or its `/api` or `/api/v1`. `api_token` is a secret key, or for studies and
        webhooks an OAuth access token. `timeout` is in seconds: to connect, and for each wait for bytes. Proxies of the
        environment are not used. Raises ValueError.
        """
        if not timeout > 0:
            raise ValueError("timeout must be more than 0 seconds")
        address = read_address(base_url)
        self._pool = ConnectionPool(address, timeout=timeout, ssl_context=ssl_context)
        self._root = address.root
        transport = Transport(address, self._pool, api_token, retries or RetryPolicy())
        self.users = Users(transport)
        self.tokens = Tokens(transport)
        self.samples = Samples(transport, self.tokens)
        self.days = Days(transport)
        self.settings = Settings(transport)
        self.webhooks = WebhookEndpoints(transport)
        self.changes = Changes(transport)
        self.studies = Studies(transport)
        self.batteries = Batteries(transport)
        self.participants = Participants(transport)
        self.sessions = Sessions(transport)

    def close(self) -> None:
        """Closes idle connections. `with` does it at its end."""
        self._pool.close()

    def __enter__(self) -> PulsewellClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"PulsewellClient({self._root!r})"
