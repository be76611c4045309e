"""What is known of a day: merged over a person's devices, an element for each provider."""

from __future__ import annotations

from datetime import date as Date
from typing import Any

from .schema import Activity, ActivitySources, Biometrics, Body, Nutrition, Sleep
from .transport import Transport


class Days:
    """`client.days`. Dates are `YYYY-MM-DD` or `datetime.date`: UTC days, or with `timezone_id` those of that zone.

    Units are in the names: `steps_count`, `avg_bpm`, `weight_kg`. A day without data is an empty list.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def activity(self, user_id: str, date: str | Date, *, timezone_id: str | None = None) -> list[Activity]:
        """Steps, distances, energy, durations and workouts."""
        answer: list[Activity] = self._get("/activity", user_id, date, timezone_id)
        return answer

    def biometrics(self, user_id: str, date: str | Date, *, timezone_id: str | None = None) -> list[Biometrics]:
        """Heart rate and its variability, respiration, temperature, blood pressure and glucose."""
        answer: list[Biometrics] = self._get("/biometrics", user_id, date, timezone_id)
        return answer

    def body(self, user_id: str, date: str | Date, *, timezone_id: str | None = None) -> list[Body]:
        """Weight, height and what the body is made of."""
        answer: list[Body] = self._get("/body", user_id, date, timezone_id)
        return answer

    def nutrition(self, user_id: str, date: str | Date, *, timezone_id: str | None = None) -> list[Nutrition]:
        """What was eaten and drunk."""
        answer: list[Nutrition] = self._get("/nutrition", user_id, date, timezone_id)
        return answer

    def sleep(self, user_id: str, date: str | Date, *, timezone_id: str | None = None) -> list[Sleep]:
        """The night, on the day of waking up."""
        answer: list[Sleep] = self._get("/sleep", user_id, date, timezone_id)
        return answer

    def sources(self, user_id: str, date: str | Date, *, timezone_id: str | None = None) -> list[ActivitySources]:
        """Which device each total of the day came from, and what lost to whom."""
        answer: list[ActivitySources] = self._get("/activity/sources", user_id, date, timezone_id)
        return answer

    def _get(self, path: str, user_id: str, date: str | Date, timezone_id: str | None) -> Any:
        return self._transport.get(path, {"userId": user_id, "date": date, "timezoneId": timezone_id})
