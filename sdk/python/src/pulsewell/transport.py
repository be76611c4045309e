"""Requests and answers: credentials, JSON, and sending again what failed."""

from __future__ import annotations

import json
import ssl
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from http.client import HTTPException
from typing import Any
from urllib.parse import quote, urlencode

from .addresses import Address
from .connections import ConnectionPool
from .errors import ConnectionFailed, PulsewellError, error_of_answer
from .retries import RetryPolicy, is_worth_repeating, read_retry_after

Query = Mapping[str, object]


@dataclass(frozen=True)
class Request:
    """`path` is below the server's root. `is_repeatable`: done twice, it does what it does once."""

    method: str
    path: str
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    is_repeatable: bool = True
    has_key: bool = False


@dataclass(frozen=True)
class _Answer:
    status: int
    body: bytes
    request_id: str | None
    retry_after: float | None


class Transport:
    """Thread safe. Methods return the answer's JSON, None where it has no body, and raise PulsewellError."""

    def __init__(self, address: Address, pool: ConnectionPool, api_token: str, retries: RetryPolicy) -> None:
        self.address = address
        self._pool = pool
        self._retries = retries
        self._headers = {"authorization": bearer(api_token), "accept": "application/json"}

    def house(self, path: str) -> str:
        """The path of a resource of the house API, below the root."""
        return self.address.house + path

    def get(self, path: str, query: Query | None = None, headers: Mapping[str, str] | None = None) -> Any:
        return self.send(Request("GET", path + to_query(query), headers=headers or {}))

    def delete(self, path: str, query: Query | None = None) -> Any:
        return self.send(Request("DELETE", path + to_query(query)))

    def put(self, path: str, body: object) -> Any:
        return self.send(_with_json("PUT", path, body, {}))

    def patch(self, path: str, body: object, query: Query | None = None) -> Any:
        """Not sent again after it may have been done: a status follows another once."""
        return self.send(_with_json("PATCH", path + to_query(query), body, {}, is_repeatable=False))

    def post(
        self,
        path: str,
        body: object = None,
        query: Query | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        is_repeatable: bool = False,
    ) -> Any:
        """A POST of an API that knows no Idempotency-Key."""
        return self.send(_with_json("POST", path + to_query(query), body, headers or {}, is_repeatable=is_repeatable))

    def post_once(self, path: str, body: object, idempotency_key: str | None = None) -> Any:
        """A POST of the house API. With its Idempotency-Key it is done once, however often it is sent."""
        headers = {"idempotency-key": idempotency_key or str(uuid.uuid4())}
        return self.send(_with_json("POST", self.house(path), body, headers, has_key=True))

    def send(self, request: Request) -> Any:
        """Sends a request until it has an answer that counts, as the policy allows."""
        attempt, may_be_done = 1, False
        while True:
            try:
                answer = self._send_once(request)
            except ConnectionFailed as error:
                wait = self._wait_after_failure(request, error, attempt)
                if wait is None:
                    raise
                may_be_done = may_be_done or error.may_be_done
            else:
                if answer.status < 300:
                    return _read_json(answer)
                if answer.status == 404 and request.method == "DELETE" and may_be_done:
                    return None  # It is the attempt before that removed it.
                wait = self._wait_after(request, answer, attempt)
                if wait is None:
                    raise error_of_answer(
                        answer.status, answer.body, request_id=answer.request_id, retry_after=answer.retry_after
                    )
                may_be_done = may_be_done or answer.status >= 500
            time.sleep(wait)
            attempt += 1

    def _wait_after(self, request: Request, answer: _Answer, attempt: int) -> float | None:
        repeats = is_worth_repeating(
            answer.status, answer.retry_after, is_repeatable=request.is_repeatable, has_key=request.has_key
        )
        return self._retries.wait_before(attempt + 1, answer.retry_after) if repeats else None

    def _wait_after_failure(self, request: Request, error: ConnectionFailed, attempt: int) -> float | None:
        # A certificate that is not trusted will not be in a second.
        repeats = request.is_repeatable or not error.may_be_done
        if not repeats or isinstance(error.__cause__, ssl.SSLCertVerificationError):
            return None
        return self._retries.wait_before(attempt + 1, None)

    def _send_once(self, request: Request) -> _Answer:
        connection = self._pool.take()
        is_sent = False
        try:
            if connection.sock is None:
                connection.connect()
            is_sent = True
            connection.request(
                request.method, self.address.prefix + request.path, request.body, {**self._headers, **request.headers}
            )
            response = connection.getresponse()
            body = response.read()
        except (OSError, HTTPException) as error:
            connection.close()
            reason = str(error) or type(error).__name__
            message = f"{request.method} {self.address.root} has no answer: {reason}"
            raise ConnectionFailed(message, may_be_done=is_sent) from error
        except BaseException:
            connection.close()
            raise
        self._pool.give_back(connection)
        retry_after = read_retry_after(response.getheader("retry-after"))
        return _Answer(response.status, body, response.getheader("x-request-id"), retry_after)


def _with_json(
    method: str,
    path: str,
    body: object,
    headers: Mapping[str, str],
    *,
    is_repeatable: bool = True,
    has_key: bool = False,
) -> Request:
    if body is None:
        return Request(method, path, None, headers, is_repeatable, has_key)
    typed = {**headers, "content-type": "application/json"}
    return Request(method, path, to_json(body), typed, is_repeatable, has_key)


def _read_json(answer: _Answer) -> Any:
    if not answer.body:
        return None
    try:
        return json.loads(answer.body)
    except ValueError as error:
        message = "The answer is not JSON: is base_url that of a Pulsewell server?"
        code = "UNREADABLE_ANSWER"
        raise PulsewellError(message, status=answer.status, code=code, request_id=answer.request_id) from error


def to_json(body: object) -> bytes:
    """JSON in UTF-8, with dates and instants as ISO 8601. Raises ValueError for NaN and for instants without zone."""
    text = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=json_default)
    return text.encode()


def to_query(query: Query | None) -> str:
    """`?a=1&b=x,y`, without what is None; `""` where nothing is left."""
    given = {key: _to_text(value) for key, value in (query or {}).items() if value is not None}
    return f"?{urlencode(given)}" if given else ""


def bearer(token: str) -> str:
    """The value of `Authorization`. Raises ValueError for what no token is."""
    return f"Bearer {visible(token)}"


def visible(token: str) -> str:
    """The token itself. Raises ValueError, which does not quote it, for what no token is."""
    if not token or any(character <= " " or character > "~" for character in token):
        raise ValueError("a token must be visible ASCII, and not empty")
    return token


def segment(value: object) -> str:
    """One part of a path. Raises ValueError where it would make another path."""
    text = quote(str(value), safe="")
    if text in ("", ".", ".."):
        raise ValueError(f"{text!r} is no id")
    return text


def json_default(value: object) -> str:
    """For JSON: dates and instants as ISO 8601. Raises for an instant without a zone, and for what is neither."""
    if isinstance(value, date):
        return _to_text(value)
    raise TypeError(f"{type(value).__name__} cannot be sent")


def _to_text(value: object) -> str:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone: datetime(..., tzinfo=timezone.utc)")
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (str, int, float)):
        return str(value).lower() if isinstance(value, bool) else str(value)
    if isinstance(value, (list, tuple)):
        return ",".join(map(str, value))
    raise TypeError(f"{type(value).__name__} cannot be sent")
