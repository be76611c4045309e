"""What the SDK raises: one class for each kind of refusal, with what the server said of it."""

from __future__ import annotations

import json
from typing import Any


class PulsewellError(Exception):
    """A request that was refused, or had no answer.

    `status` is the HTTP status, None where there was no answer. `code` is the server's own name of the error, such as
    `VALIDATION_ERROR` (Devices API: `NOT_FOUND`; OAuth: `invalid_grant`), or one of the SDK's: `CONNECTION_FAILED`,
    `UNREADABLE_ANSWER`, `WEBHOOK_REFUSED`, `UPLOAD_FAILED`. `details` is what the server said of a field,
    `{ "field", "reason" }`, or of samples, a list of `{ "index", "field", "reason" }`. `request_id` finds the request
    in the server's log. `retry_after` is in seconds.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str = "ERROR",
        details: Any = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code
        self.details = details
        self.request_id = request_id
        self.retry_after = retry_after

    def __reduce__(self) -> tuple[Any, ...]:
        # Processes hand errors to each other by pickle, which would call `__init__` with the message alone.
        return _restore, (type(self), self.args), self.__dict__

    def __str__(self) -> str:
        about = [str(part) for part in (self.status, self.code) if part is not None]
        if self.request_id is not None:
            about.append(f"request {self.request_id}")
        return f"{self.message} ({', '.join(about)})"


def _restore(kind: type[PulsewellError], args: tuple[object, ...]) -> PulsewellError:
    return kind.__new__(kind, *args)


class BadRequestError(PulsewellError):
    """400: a parameter that is not known, a body that is not JSON, and all bad input of the Devices API."""


class AuthenticationError(PulsewellError):
    """401: no key or token, or one that is unknown, revoked or expired."""


class ForbiddenError(PulsewellError):
    """403: the credential may not do this."""


class NotFoundError(PulsewellError):
    """404: there is no such thing, or it is another account's."""


class ConflictError(PulsewellError):
    """409: the state of things does not allow it, or the Idempotency-Key came with another body before."""


class ValidationError(PulsewellError):
    """422: a rule is broken; `details` names the field."""


class RateLimitError(PulsewellError):
    """429: too many requests, also after the SDK waited and asked again."""


class ServerError(PulsewellError):
    """5xx: the server, or something before it, is not well."""


class ConnectionFailed(PulsewellError):
    """No answer came: the server was not reached, went away, or took longer than `timeout`.

    `may_be_done`: the request was on its way, so that the server may have done what it asks.
    """

    def __init__(self, message: str, *, may_be_done: bool) -> None:
        super().__init__(message, code="CONNECTION_FAILED")
        self.may_be_done = may_be_done


_CLASSES: dict[int, type[PulsewellError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    422: ValidationError,
    429: RateLimitError,
    500: ServerError,
}


def error_of_answer(
    status: int, body: bytes, *, request_id: str | None = None, retry_after: float | None = None
) -> PulsewellError:
    """The error that an answer tells of, whichever of the server's three forms it has."""
    code, message, details = _read(status, body)
    # 5xx is one kind, and so is what has no class of its own.
    kind = _CLASSES.get(min(status, 500), PulsewellError)
    return kind(
        message, status=status, code=code, details=details, request_id=request_id, retry_after=retry_after
    )


def _read(status: int, body: bytes) -> tuple[str, str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    if isinstance(said, dict):
        error = said.get("error")
        if isinstance(error, dict):
            return str(error.get("code", "ERROR")), str(error.get("message", "")), error.get("details")
        if isinstance(error, str):
            return error, str(said.get("error_description", error)), None
        if "name" in said and "detail" in said:
            return str(said["name"]), str(said["detail"]), None
    return f"HTTP_{status}", f"The server answered {status}.", None
