"""Studies, and the batteries of tasks that their sessions consist of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date as Date
from typing import Literal

from .not_given import NOT_GIVEN, NotGiven, given, present
from .paging import Pager
from .schema import Battery, BatteryTasksItem, Study
from .transport import Transport, segment

Order = Literal["asc", "desc"]


class Studies:
    """`client.studies`. Days are `YYYY-MM-DD` or `datetime.date`; None for a window that is open on that side."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        status: Literal["draft", "active", "closed"] | None = None,
        start_date: str | Date | None = None,
        end_date: str | Date | None = None,
        sort: str | None = None,
        order: Order | None = None,
        fields: Sequence[str] | None = None,
        page: int | None = None,
        per_page: int | None = None,
    ) -> Pager[Study]:
        """Studies whose window has a day from `start_date` to `end_date`. With `fields`, only these members come."""
        query = {"status": status, "start_date": start_date, "end_date": end_date, "sort": sort, "order": order}
        return Pager(self._transport, self._transport.house("/studies"), {**query, "fields": fields, "page": page, "per_page": per_page})

    def get(self, id: int, *, fields: Sequence[str] | None = None) -> Study:
        study: Study = self._transport.get(self._path(id), {"fields": fields})
        return study

    def create(
        self,
        name: str,
        *,
        start_date: str | Date | None = None,
        end_date: str | Date | None = None,
        idempotency_key: str | None = None,
    ) -> Study:
        """A new study, a draft: `update` makes it active, so that it takes enrolments."""
        body = present(name=name, start_date=start_date, end_date=end_date)
        study: Study = self._transport.post_once("/studies", body, idempotency_key)
        return study

    def update(
        self,
        id: int,
        *,
        name: str | NotGiven = NOT_GIVEN,
        status: Literal["draft", "active", "closed"] | NotGiven = NOT_GIVEN,
        start_date: str | Date | None | NotGiven = NOT_GIVEN,
        end_date: str | Date | None | NotGiven = NOT_GIVEN,
    ) -> Study:
        """Changes what is given. A status that does not follow the present one raises ConflictError."""
        body = given(name=name, status=status, start_date=start_date, end_date=end_date)
        study: Study = self._transport.patch(self._path(id), body)
        return study

    def delete(self, id: int) -> None:
        """Raises ConflictError while the study has participants."""
        self._transport.delete(self._path(id))

    def _path(self, id: int) -> str:
        return self._transport.house(f"/studies/{segment(id)}")


class Batteries:
    """`client.batteries`. A task is `{ "id", "name", "duration_seconds" }`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        start_date: str | Date | None = None,
        end_date: str | Date | None = None,
        sort: str | None = None,
        order: Order | None = None,
        fields: Sequence[str] | None = None,
        page: int | None = None,
        per_page: int | None = None,
    ) -> Pager[Battery]:
        """Batteries created from `start_date` to `end_date`, both included."""
        query = {"start_date": start_date, "end_date": end_date, "sort": sort, "order": order}
        return Pager(self._transport, self._transport.house("/batteries"), {**query, "fields": fields, "page": page, "per_page": per_page})

    def get(self, id: str, *, fields: Sequence[str] | None = None) -> Battery:
        battery: Battery = self._transport.get(self._path(id), {"fields": fields})
        return battery

    def create(
        self, name: str, *, tasks: Sequence[BatteryTasksItem] = (), idempotency_key: str | None = None
    ) -> Battery:
        battery: Battery = self._transport.post_once("/batteries", {"name": name, "tasks": tasks}, idempotency_key)
        return battery

    def update(
        self, id: str, *, name: str | NotGiven = NOT_GIVEN, tasks: Sequence[BatteryTasksItem] | NotGiven = NOT_GIVEN
    ) -> Battery:
        """Changes what is given; `tasks` replaces all of them."""
        battery: Battery = self._transport.patch(self._path(id), given(name=name, tasks=tasks))
        return battery

    def delete(self, id: str) -> None:
        """Raises ConflictError while a session is of this battery."""
        self._transport.delete(self._path(id))

    def _path(self, id: str) -> str:
        return self._transport.house(f"/batteries/{segment(id)}")
