"""Participants: users in a study."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date as Date
from typing import Literal

from .not_given import NOT_GIVEN, NotGiven, given, present
from .paging import Pager
from .schema import Participant, ParticipantDay
from .transport import Transport, segment

ParticipantStatus = Literal["invited", "screening", "enrolled", "completed", "withdrawn"]


class Participants:
    """`client.participants`. `study_id` is needed where several studies have the same `participant_id`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        study_id: int | None = None,
        status: ParticipantStatus | None = None,
        user_id: str | None = None,
        start_date: str | Date | None = None,
        end_date: str | Date | None = None,
        sort: str | None = None,
        order: Literal["asc", "desc"] | None = None,
        fields: Sequence[str] | None = None,
        page: int | None = None,
        per_page: int | None = None,
    ) -> Pager[Participant]:
        """Participants enrolled from `start_date` to `end_date`, both included."""
        query = {"study_id": study_id, "status": status, "user_id": user_id, "sort": sort, "order": order}
        days = {"start_date": start_date, "end_date": end_date}
        paging = {"fields": fields, "page": page, "per_page": per_page}
        return Pager(self._transport, self._transport.house("/participants"), {**query, **days, **paging})

    def get(
        self, participant_id: str, *, study_id: int | None = None, fields: Sequence[str] | None = None
    ) -> Participant:
        query = {"study_id": study_id, "fields": fields}
        participant: Participant = self._transport.get(self._path(participant_id), query)
        return participant

    def create(
        self,
        study_id: int,
        *,
        participant_id: str | None = None,
        user_id: str | None = None,
        email: str | None = None,
        idempotency_key: str | None = None,
    ) -> Participant:
        """Invites the user of `user_id`, or a new one. Without a `participant_id` the server gives one: `P001`."""
        body = present(study_id=study_id, participant_id=participant_id, user_id=user_id, email=email)
        participant: Participant = self._transport.post_once("/participants", body, idempotency_key)
        return participant

    def update(
        self,
        participant_id: str,
        *,
        study_id: int | None = None,
        status: ParticipantStatus | NotGiven = NOT_GIVEN,
        email: str | None | NotGiven = NOT_GIVEN,
    ) -> Participant:
        """Changes what is given. A status that does not follow the present one raises ConflictError."""
        path, body = self._path(participant_id), given(status=status, email=email)
        participant: Participant = self._transport.patch(path, body, {"study_id": study_id})
        return participant

    def delete(self, participant_id: str, *, study_id: int | None = None) -> None:
        """Removes them from the study, with their sessions; the user stays."""
        self._transport.delete(self._path(participant_id), {"study_id": study_id})

    def days(
        self,
        participant_id: str,
        *,
        study_id: int | None = None,
        start_date: str | Date | None = None,
        end_date: str | Date | None = None,
        timezone_id: str | None = None,
        order: Literal["asc", "desc"] | None = None,
        fields: Sequence[str] | None = None,
        page: int | None = None,
        per_page: int | None = None,
    ) -> Pager[ParticipantDay]:
        """What wearables recorded on each day of the study's window, both ends included, without raw samples."""
        query = {"study_id": study_id, "start_date": start_date, "end_date": end_date, "timezone_id": timezone_id}
        paging = {"order": order, "fields": fields, "page": page, "per_page": per_page}
        return Pager(self._transport, self._transport.house(f"/participants/{segment(participant_id)}/days"), {**query, **paging})

    def _path(self, participant_id: str) -> str:
        return self._transport.house(f"/participants/{segment(participant_id)}")
