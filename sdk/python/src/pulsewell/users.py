"""Users: the persons whose data it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date as Date
from typing import List

from .paging import Pager
from .schema import (
    Backfill,
    ConnectedProviders,
    ConnectedUsers,
    ConnectedUsersConnectedUsersItem,
    CreatedUser,
    SourcePriority,
    User,
    UserZone,
)
from .transport import Transport, segment


class Users:
    """`client.users`. A `user_id` is the server's own id, which `create` answers. Unknown ones raise NotFoundError."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(self, app_user_id: str) -> str:
        """Creates, or finds, the user with your own id for them. Returns their user id."""
        created: CreatedUser = self._transport.post("/user", query={"appUserId": app_user_id}, is_repeatable=True)
        return created["userId"]

    def list(self) -> List[ConnectedUsersConnectedUsersItem]:
        """All users: `metriportUserId`, which is the user id, `appUserId` and `connectedProviders`."""
        users: ConnectedUsers = self._transport.get("/user")
        return users["connectedUsers"]

    def info(self, user_id: str, date: str | Date, *, timezone_id: str | None = None) -> Sequence[User]:
        """An element for each connected provider that has data of that day, `YYYY-MM-DD`."""
        query = {"userId": user_id, "date": date, "timezoneId": timezone_id}
        users: Sequence[User] = self._transport.get("/user", query)
        return users

    def providers(self, user_id: str) -> Sequence[str]:
        """The providers that the user is connected to."""
        answer: ConnectedProviders = self._transport.get(f"/user/{segment(user_id)}/connected-providers")
        return answer["connectedProviders"]

    def delete(self, user_id: str) -> None:
        """Deletes the user with all data and tokens."""
        self._transport.delete(f"/user/{segment(user_id)}")

    def disconnect(self, user_id: str, provider: str) -> None:
        """Disconnects a provider; its tokens end at once."""
        self._transport.delete(f"/user/{segment(user_id)}/revoke", {"provider": provider})

    def get_timezone(self, user_id: str) -> str | None:
        """The zone whose days webhooks tell of; None is UTC."""
        zone: UserZone = self._transport.get(f"/user/{segment(user_id)}/timezone")
        return zone["timezoneId"]

    def set_timezone(self, user_id: str, timezone_id: str | None) -> str | None:
        """Sets it, to a name such as `America/Los_Angeles`; None is UTC."""
        body = {"timezoneId": timezone_id}
        zone: UserZone = self._transport.put(f"/user/{segment(user_id)}/timezone", body)
        return zone["timezoneId"]

    def get_source_priority(self, user_id: str) -> Sequence[str]:
        """Devices, by name or kind, that are believed before others, best first."""
        answer: SourcePriority = self._transport.get(f"/user/{segment(user_id)}/source-priority")
        return answer["priority"]

    def set_source_priority(self, user_id: str, priority: Sequence[str]) -> Sequence[str]:
        """Sets them, such as `["Oura Ring", "phone"]`; none restores the default."""
        body = {"priority": [*priority]}
        answer: SourcePriority = self._transport.put(f"/user/{segment(user_id)}/source-priority", body)
        return answer["priority"]

    def backfills(self, user_id: str, *, provider: str | None = None) -> Pager[Backfill]:
        """What is being read of the user's days from providers, and how far it has come; the latest first."""
        return Pager(self._transport, f"/user/{segment(user_id)}/backfills", {"provider": provider})

    def request_backfill(self, user_id: str, provider: str, from_: str | Date, to: str | Date) -> Backfill:
        """Has days read, again or for the first time: both included, 365 at most."""
        body = {"provider": provider, "from": str(from_), "to": str(to)}
        answer: Backfill = self._transport.post(f"/user/{segment(user_id)}/backfills", body)
        return answer
