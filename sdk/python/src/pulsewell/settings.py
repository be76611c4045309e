"""The account's settings: the webhook endpoint of the Devices API, and where the widget may send browsers."""

from __future__ import annotations

from collections.abc import Sequence

from .schema import ConnectSettings
from .schema import Settings as SettingsAnswer
from .schema import WebhookStatus
from .transport import Transport


class Settings:
    """`client.settings`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get(self) -> SettingsAnswer:
        """`{ "id", "webhookUrl", "webhookKey" }`."""
        answer: SettingsAnswer = self._transport.get("/settings")
        return answer

    def set_webhook_url(self, url: str) -> SettingsAnswer:
        """Sets where webhooks go, `""` for nowhere. Each call makes a new `webhookKey`, and sends a ping."""
        answer: SettingsAnswer = self._transport.post("/settings", {"webhookUrl": url})
        return answer

    def webhook_status(self) -> WebhookStatus:
        """Whether webhooks are sent, how the latest attempt went, how many are on their way and how many failed."""
        answer: WebhookStatus = self._transport.get("/settings/webhook")
        return answer

    def retry_webhooks(self) -> None:
        """Sends again what failed."""
        self._transport.post("/settings/webhook/retry", is_repeatable=True)

    def get_redirect_origins(self) -> Sequence[str]:
        """Where the connect widget may send browsers."""
        answer: ConnectSettings = self._transport.get("/settings/connect")
        return answer["redirectOrigins"]

    def set_redirect_origins(self, origins: Sequence[str]) -> Sequence[str]:
        """Sets them, such as `["https://app.example.org"]`."""
        answer: ConnectSettings = self._transport.put("/settings/connect", {"redirectOrigins": [*origins]})
        return answer["redirectOrigins"]
