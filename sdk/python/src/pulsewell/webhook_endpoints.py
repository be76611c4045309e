"""Webhook endpoints, and what was sent to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date as Date
from datetime import datetime
from typing import Literal

from .not_given import NOT_GIVEN, NotGiven, given, present
from .paging import Pager
from .schema import (
    ResentWebhook,
    SentPing,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEndpointWithSecret,
    WebhookMessage,
    WebhookRecovery,
)
from .transport import Transport, segment

Format = Literal["event", "devices"]
DeliveryStatus = Literal["pending", "sending", "delivered", "retry", "exhausted", "held", "cancelled"]


class WebhookEndpoints:
    """`client.webhooks`. `pulsewell.webhooks.verify` is for the receiver's side."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        start_date: str | Date | None = None,
        end_date: str | Date | None = None,
        sort: str | None = None,
        order: Literal["asc", "desc"] | None = None,
        fields: Sequence[str] | None = None,
        page: int | None = None,
        per_page: int | None = None,
    ) -> Pager[WebhookEndpoint]:
        """Endpoints created from `start_date` to `end_date`, both included."""
        query = {"start_date": start_date, "end_date": end_date, "sort": sort, "order": order}
        return Pager(self._transport, self._transport.house("/webhooks"), {**query, "fields": fields, "page": page, "per_page": per_page})

    def get(self, id: str, *, fields: Sequence[str] | None = None) -> WebhookEndpoint:
        endpoint: WebhookEndpoint = self._transport.get(self._path(id), {"fields": fields})
        return endpoint

    def create(
        self,
        url: str,
        events: Sequence[str],
        *,
        format: Format | None = None,
        secret: str | None = None,
        description: str | None = None,
        enabled: bool | None = None,
        idempotency_key: str | None = None,
    ) -> WebhookEndpointWithSecret:
        """`events` are types, `devices.*` or `*`. The answer has the `whsec_` secret, shown this once."""
        body = present(
            url=url, events=[*events], format=format, secret=secret, description=description, enabled=enabled
        )
        endpoint: WebhookEndpointWithSecret = self._transport.post_once("/webhooks", body, idempotency_key)
        return endpoint

    def update(
        self,
        id: str,
        *,
        url: str | NotGiven = NOT_GIVEN,
        events: Sequence[str] | NotGiven = NOT_GIVEN,
        format: Format | NotGiven = NOT_GIVEN,
        description: str | None | NotGiven = NOT_GIVEN,
        enabled: bool | NotGiven = NOT_GIVEN,
    ) -> WebhookEndpoint:
        """Changes what is given. What comes for a disabled endpoint is held until it is enabled."""
        body = given(url=url, events=events, format=format, description=description, enabled=enabled)
        endpoint: WebhookEndpoint = self._transport.patch(self._path(id), body)
        return endpoint

    def delete(self, id: str) -> None:
        """Removes it, with all that was still to be sent to it."""
        self._transport.delete(self._path(id))

    def rotate_secret(
        self, id: str, *, secret: str | None = None, idempotency_key: str | None = None
    ) -> WebhookEndpointWithSecret:
        """A new secret, shown this once; for 24 h the one before signs beside it."""
        path, body = f"/webhooks/{segment(id)}/rotate-secret", present(secret=secret)
        endpoint: WebhookEndpointWithSecret = self._transport.post_once(path, body, idempotency_key)
        return endpoint

    def test(self, id: str, *, idempotency_key: str | None = None) -> SentPing:
        """Sends a ping; answers its `message_id`."""
        ping: SentPing = self._transport.post_once(f"/webhooks/{segment(id)}/test", None, idempotency_key)
        return ping

    def deliveries(
        self,
        id: str,
        *,
        status: DeliveryStatus | None = None,
        start_date: str | Date | None = None,
        end_date: str | Date | None = None,
        sort: str | None = None,
        order: Literal["asc", "desc"] | None = None,
        fields: Sequence[str] | None = None,
        page: int | None = None,
        per_page: int | None = None,
    ) -> Pager[WebhookDelivery]:
        """What was sent, is or will be, and how the latest attempt went."""
        query = {"status": status, "start_date": start_date, "end_date": end_date, "sort": sort, "order": order}
        paging = {"fields": fields, "page": page, "per_page": per_page}
        return Pager(self._transport, self._transport.house(f"/webhooks/{segment(id)}/deliveries"), {**query, **paging})

    def message(self, message_id: str, *, fields: Sequence[str] | None = None) -> WebhookMessage:
        """The exact body, and every attempt with the first 4 kB of its answer."""
        path = self._transport.house(f"/webhooks/messages/{segment(message_id)}")
        message: WebhookMessage = self._transport.get(path, {"fields": fields})
        return message

    def resend(
        self, message_id: str, *, endpoint_id: str | None = None, idempotency_key: str | None = None
    ) -> ResentWebhook:
        """Sends a message again, to all of its endpoints or to one, whether it arrived or not."""
        path, body = f"/webhooks/messages/{segment(message_id)}/resend", present(endpoint_id=endpoint_id)
        resent: ResentWebhook = self._transport.post_once(path, body, idempotency_key)
        return resent

    def recover(self, id: str, since: str | datetime, *, idempotency_key: str | None = None) -> WebhookRecovery:
        """Sends again all that did not arrive since then; `recoveries` says how far that is."""
        path, body = f"/webhooks/{segment(id)}/recover", {"since": since}
        recovery: WebhookRecovery = self._transport.post_once(path, body, idempotency_key)
        return recovery

    def recoveries(
        self,
        id: str,
        *,
        order: Literal["asc", "desc"] | None = None,
        page: int | None = None,
        per_page: int | None = None,
    ) -> Pager[WebhookRecovery]:
        query = {"order": order, "page": page, "per_page": per_page}
        return Pager(self._transport, self._transport.house(f"/webhooks/{segment(id)}/recoveries"), query)

    def _path(self, id: str) -> str:
        return self._transport.house(f"/webhooks/{segment(id)}")
