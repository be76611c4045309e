"""Verifying webhooks, on the receiver's side. Give the bytes as they came: parsed and written anew, they may differ."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

from .errors import PulsewellError


class WebhookVerificationError(PulsewellError):
    """What came is not from the server that holds the secret, or is too old. Answer it with 401."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="WEBHOOK_REFUSED")


def verify(
    body: bytes | str,
    headers: Mapping[str, str],
    secret: str | Sequence[str],
    *,
    tolerance: float = 300.0,
    now: float | None = None,
) -> dict[str, Any]:
    """Checks the headers of Standard Webhooks, which every request has, and returns the body's JSON.

    `secret` is the endpoint's (`whsec_...`), or several, of which one must have signed: during a rotation a request has
    a signature for each. `tolerance` is how many seconds the timestamp may be from `now`, seconds since 1970.
    Raises WebhookVerificationError, and ValueError for a secret that is none.
    """
    raw, found = _bytes(body), {name.lower(): value for name, value in headers.items()}
    try:
        id, timestamp, signatures = (found[f"webhook-{name}"] for name in ("id", "timestamp", "signature"))
    except KeyError as error:
        raise WebhookVerificationError(f"The header {error.args[0]} is missing.") from None
    if not re.fullmatch(r"[0-9]{1,15}", timestamp):
        raise WebhookVerificationError("webhook-timestamp is not a number of seconds.")
    if abs((time.time() if now is None else now) - int(timestamp)) > tolerance:
        raise WebhookVerificationError("webhook-timestamp is too far from now.")
    signed = b".".join((_encode(id), timestamp.encode(), raw))
    secrets = [secret] if isinstance(secret, str) else [*secret]
    expected = [_sign(_key_of(one), signed) for one in secrets]
    given = [part[3:] for part in signatures.split(" ") if part.startswith("v1,")]
    if not _any_equal(expected, given):
        raise WebhookVerificationError("No signature of webhook-signature is made with this secret.")
    return _read(raw)


def verify_legacy(body: bytes | str, headers: Mapping[str, str], webhook_key: str) -> dict[str, Any]:
    """Checks `x-metriport-signature` of the endpoint that `POST /settings` made, and returns the body's JSON.

    It carries no time: what is sent again by somebody who saw it is not told apart. Prefer `verify`.
    Raises WebhookVerificationError.
    """
    raw = _bytes(body)
    given = [value for name, value in headers.items() if name.lower() == "x-metriport-signature"]
    if not _any_equal([_hex(webhook_key, raw)], given):
        raise WebhookVerificationError("x-metriport-signature is not made with this key.")
    return _read(raw)


def verify_event_signature(body: bytes | str, secret: str) -> dict[str, Any]:
    """Checks the `signature` member of the form `event`, and returns the body's JSON, that member included.

    For bodies that were stored without their headers; how old one is, is not checked. Raises WebhookVerificationError.
    """
    raw = _bytes(body)
    parts = re.fullmatch(rb'(.*),"signature":"sha256=([0-9a-f]{64})"\}', raw, re.DOTALL)
    if parts is None or not _any_equal([_hex(secret, parts[1] + b"}")], [parts[2].decode()]):
        raise WebhookVerificationError("The signature member is not made with this secret.")
    return _read(raw)


def _key_of(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    # An empty key would verify what anybody can sign.
    if not key:
        raise ValueError("a webhook secret is whsec_ and base64")
    return key


def _sign(key: bytes, signed: bytes) -> str:
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def _hex(secret: str, signed: bytes) -> str:
    if not secret:
        raise ValueError("a webhook secret must not be empty")
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def _any_equal(expected: Sequence[str], given: Sequence[str]) -> bool:
    # Every pair in constant time: how long it takes says nothing of a signature.
    equal = [hmac.compare_digest(one.encode(), _encode(other)) for one in expected for other in given]
    return any(equal)


def _bytes(body: bytes | str) -> bytes:
    return _encode(body) if isinstance(body, str) else body


def _encode(text: str) -> bytes:
    # Some frameworks keep bytes that are not UTF-8 as lone surrogates, which UTF-8 has no bytes for.
    return text.encode(errors="replace")


def _read(raw: bytes) -> dict[str, Any]:
    try:
        message = json.loads(raw)
    except ValueError as error:
        raise WebhookVerificationError("The body is not JSON.") from error
    if not isinstance(message, dict):
        raise WebhookVerificationError("The body is not a JSON object.")
    return message
