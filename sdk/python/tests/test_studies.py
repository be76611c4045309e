from __future__ import annotations

import asyncio
import unittest
import uuid
from datetime import date, datetime, timezone

from pulsewell import NOT_GIVEN, ConflictError, NotFoundError, PulsewellClient

from .support import new_client, new_user, steps


def new_study(client: PulsewellClient) -> int:
    study = client.studies.create("Sleep", start_date="2024-05-01", end_date=date(2024, 5, 3))
    return client.studies.update(study["id"], status="active")["id"]


class StudiesTest(unittest.TestCase):
    def setUp(self) -> None:
        self.client = new_client()

    def test_studies(self) -> None:
        study = self.client.studies.create("Sleep", start_date="2026-01-01")
        self.assertEqual((study["status"], study["start_date"], study["end_date"]), ("draft", "2026-01-01", None))
        changed = self.client.studies.update(study["id"], name="Rest", start_date=None, end_date=NOT_GIVEN)
        self.assertEqual((changed["name"], changed["start_date"]), ("Rest", None))
        self.assertEqual(self.client.studies.get(study["id"]), changed)
        chosen = self.client.studies.get(study["id"], fields=["id", "name"])
        self.assertEqual(chosen, {"id": study["id"], "name": "Rest"})
        with self.assertRaises(ConflictError):
            self.client.studies.update(study["id"], status="closed")
        self.client.studies.delete(study["id"])
        with self.assertRaises(NotFoundError):
            self.client.studies.get(study["id"])

    def test_batteries(self) -> None:
        battery = self.client.batteries.create("Memory", tasks=[{"id": "n", "name": "N-back", "duration_seconds": 90}])
        changed = self.client.batteries.update(battery["id"], tasks=[])
        self.assertEqual((changed["name"], changed["tasks"]), ("Memory", []))
        self.assertEqual(self.client.batteries.get(battery["id"]), changed)
        self.assertIn(changed, list(self.client.batteries.list(start_date=battery["created_at"][:10])))
        self.client.batteries.delete(battery["id"])
        self.assertNotIn(changed, list(self.client.batteries.list()))

    def test_participants_and_sessions(self) -> None:
        study, battery = new_study(self.client), self.client.batteries.create("Memory")["id"]
        email = f"{uuid.uuid4()}@example.org"
        participant = self.client.participants.create(study, email=email)
        id = participant["participant_id"]
        session = self.client.sessions.create(id, battery, scheduled_at=datetime(2026, 1, 5, 10, tzinfo=timezone.utc))
        self.assertEqual(session["scheduled_at"], "2026-01-05T10:00:00.000Z")
        for status in ("screening", "enrolled"):
            participant = self.client.participants.update(id, study_id=study, status=status)  # type: ignore[arg-type]
        self.assertEqual((participant["status"], participant["email"]), ("enrolled", email))
        self.assertIsNone(self.client.participants.update(id, email=None)["email"])
        self.assertEqual(self.client.participants.get(id)["user_id"], participant["user_id"])
        self.assertEqual(self.client.participants.list(study_id=study, status="invited").data, [])
        self.client.sessions.update(session["session_id"], status="in_progress")
        done = self.client.sessions.update(session["session_id"], status="completed", results={"score": 0.5})
        self.assertEqual((done["status"], done["results"]), ("completed", {"score": 0.5}))
        self.assertEqual(self.client.sessions.get(session["session_id"]), done)
        self.assertEqual(list(self.client.sessions.list(participant_id=id, status="completed")), [done])
        self.client.sessions.delete(session["session_id"])
        self.client.participants.delete(id, study_id=study)
        self.assertEqual(self.client.participants.list(study_id=study).pagination["total"], 0)

    def test_the_days_of_a_participant(self) -> None:
        user = new_user(self.client)
        self.client.samples.upload(steps(10), user_id=user, provider="apple")
        study = new_study(self.client)
        id = self.client.participants.create(study, user_id=user)["participant_id"]
        days = self.client.participants.days(id, study_id=study, end_date=date(2024, 5, 2))
        self.assertEqual([(day["date"], len(day["activity"])) for day in days], [("2024-05-01", 1), ("2024-05-02", 0)])


class PagerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.client = new_client()
        cls.study = new_study(cls.client)
        cls.ids = [f"P{number:03}" for number in range(1, 46)]
        for id in cls.ids:
            cls.client.participants.create(cls.study, participant_id=id)

    client: PulsewellClient
    study: int
    ids: list[str]

    def test_a_page_and_all_pages(self) -> None:
        pager = self.client.participants.list(study_id=self.study, sort="participant_id", order="asc")
        self.assertEqual([one["participant_id"] for one in pager.data], self.ids[:20])
        expected = {"page": 1, "per_page": 20, "total": 45, "total_pages": 3, "has_next": True, "has_prev": False}
        self.assertEqual(pager.pagination, expected)
        for _ in range(2):
            self.assertEqual([one["participant_id"] for one in pager], self.ids)

    def test_pages_are_asked_for_when_their_turn_comes(self) -> None:
        pager = self.client.participants.list(study_id=self.study, sort="participant_id", order="asc", per_page=10)
        sizes = [(page.pagination["page"], len(page.data)) for page in pager.pages()]
        self.assertEqual(sizes, [(1, 10), (2, 10), (3, 10), (4, 10), (5, 5)])
        unknown = self.client.participants.list(study_id=self.study, sort="nothing")
        with self.assertRaisesRegex(Exception, "sort"):
            next(iter(unknown))

    def test_goes_on_from_the_page_that_was_asked_for(self) -> None:
        pager = self.client.participants.list(study_id=self.study, sort="participant_id", order="asc", page=3)
        self.assertEqual([one["participant_id"] for one in pager], self.ids[40:])

    def test_with_async_for(self) -> None:
        async def walk() -> list[str]:
            pager = self.client.participants.list(study_id=self.study, sort="participant_id", order="asc", per_page=15)
            return [one["participant_id"] async for one in pager]

        self.assertEqual(asyncio.run(walk()), self.ids)
