"""Sessions: a participant does a battery of tasks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date as Date
from datetime import datetime
from typing import Any, Literal

from .not_given import NOT_GIVEN, NotGiven, given, present
from .paging import Pager
from .schema import Session
from .transport import Transport, segment

SessionStatus = Literal["scheduled", "in_progress", "completed", "cancelled"]


class Sessions:
    """`client.sessions`. Instants are ISO 8601 with a zone, or a `datetime` with one."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        study_id: int | None = None,
        participant_id: str | None = None,
        battery_id: str | None = None,
        status: SessionStatus | None = None,
        start_date: str | Date | None = None,
        end_date: str | Date | None = None,
        sort: str | None = None,
        order: Literal["asc", "desc"] | None = None,
        fields: Sequence[str] | None = None,
        page: int | None = None,
        per_page: int | None = None,
    ) -> Pager[Session]:
        """Sessions scheduled from `start_date` to `end_date`, both included."""
        query = {"study_id": study_id, "participant_id": participant_id, "battery_id": battery_id, "status": status}
        days = {"start_date": start_date, "end_date": end_date, "sort": sort, "order": order}
        paging = {"fields": fields, "page": page, "per_page": per_page}
        return Pager(self._transport, self._transport.house("/sessions"), {**query, **days, **paging})

    def get(self, session_id: str, *, fields: Sequence[str] | None = None) -> Session:
        session: Session = self._transport.get(self._path(session_id), {"fields": fields})
        return session

    def create(
        self,
        participant_id: str,
        battery_id: str,
        *,
        study_id: int | None = None,
        scheduled_at: str | datetime | None = None,
        idempotency_key: str | None = None,
    ) -> Session:
        """`study_id` is needed where several studies have this participant."""
        body = present(
            participant_id=participant_id, battery_id=battery_id, study_id=study_id, scheduled_at=scheduled_at
        )
        session: Session = self._transport.post_once("/sessions", body, idempotency_key)
        return session

    def update(
        self,
        session_id: str,
        *,
        status: SessionStatus | NotGiven = NOT_GIVEN,
        scheduled_at: str | datetime | None | NotGiven = NOT_GIVEN,
        results: dict[str, Any] | Sequence[Any] | None | NotGiven = NOT_GIVEN,
    ) -> Session:
        """Changes what is given. `results` are JSON of 64 kB at most, of a session that has begun.

        A status that does not follow the present one raises ConflictError.
        """
        body = given(status=status, scheduled_at=scheduled_at, results=results)
        session: Session = self._transport.patch(self._path(session_id), body)
        return session

    def delete(self, session_id: str) -> None:
        self._transport.delete(self._path(session_id))

    def _path(self, session_id: str) -> str:
        return self._transport.house(f"/sessions/{segment(session_id)}")
