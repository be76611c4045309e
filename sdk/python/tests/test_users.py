from __future__ import annotations

import unittest
import uuid
from datetime import date
from typing import Any

from pulsewell import AuthenticationError, BadRequestError, ConflictError, NotFoundError
from pulsewell.schema import IntervalSample, MeasuredSample

from .support import new_client, new_user

STEPS: list[MeasuredSample] = [
    {"device_name": "iPhone", "start_date": "2024-05-01T08:00:00Z", "value": 61, "unit": "count"}
]


class UsersTest(unittest.TestCase):
    def setUp(self) -> None:
        self.client = new_client()

    def test_a_user_from_beginning_to_end(self) -> None:
        name, users = f"alice-{uuid.uuid4()}", self.client.users
        user = users.create(name)
        self.assertEqual(users.create(name), user)
        self.client.tokens.mint(user, "apple")
        self.assertEqual(users.providers(user), ["apple"])
        mine = [one for one in users.list() if one["metriportUserId"] == user]
        self.assertEqual(mine, [{"metriportUserId": user, "appUserId": name, "connectedProviders": ["apple"]}])
        self.assertEqual(users.info(user, date(2024, 5, 1)), users.info(user, "2024-05-01", timezone_id="Asia/Tokyo"))
        self.assertEqual(users.info(user, "2024-05-01")[0]["metadata"]["source"], "apple")
        users.disconnect(user, "apple")
        self.assertEqual(users.providers(user), [])
        users.delete(user)
        with self.assertRaises(NotFoundError):
            users.providers(user)

    def test_timezone_and_source_priority(self) -> None:
        user, users = new_user(self.client), self.client.users
        self.assertIsNone(users.get_timezone(user))
        self.assertEqual(users.set_timezone(user, "America/Los_Angeles"), "America/Los_Angeles")
        self.assertEqual(users.get_timezone(user), "America/Los_Angeles")
        self.assertIsNone(users.set_timezone(user, None))
        self.assertEqual(users.set_source_priority(user, ["Oura Ring", "phone"]), ["Oura Ring", "phone"])
        self.assertEqual(users.get_source_priority(user), ["Oura Ring", "phone"])

    def test_backfills_and_redirects(self) -> None:
        user, users = new_user(self.client), self.client.users
        self.assertEqual(users.backfills(user, provider="oura").data, [])
        with self.assertRaises(ConflictError):
            users.request_backfill(user, "oura", date(2026, 1, 1), "2026-01-02")
        origins = ["https://app.example.org"]
        self.assertEqual(self.client.settings.set_redirect_origins(origins), origins)
        self.assertEqual(self.client.settings.get_redirect_origins(), origins)

    def test_tokens(self) -> None:
        user, tokens = new_user(self.client), self.client.tokens
        for pair in (tokens.mint(user, "apple"), tokens.swap(tokens.connect(user), "apple")):
            self.assertGreater(pair["expires_in"], 0)
            self.client.samples.send("steps", STEPS, user_token=pair["access_token"])
            renewed = tokens.refresh(pair["refresh_token"])
            self.client.samples.send("steps", STEPS, user_token=renewed["access_token"])
            with self.assertRaises(BadRequestError) as caught:
                tokens.refresh(pair["refresh_token"])
            self.assertEqual(caught.exception.code, "invalid_grant")
        with self.assertRaises(AuthenticationError):
            self.client.samples.send("steps", STEPS, user_token="unknown")


class SamplesTest(unittest.TestCase):
    def setUp(self) -> None:
        self.client = new_client()
        self.user = new_user(self.client)
        self.token = self.client.tokens.mint(self.user, "apple")["access_token"]

    def sample(self, minute: int, value: float = 60, unit: Any = "count") -> MeasuredSample:
        start = f"2024-05-01T08:{minute:02}:00Z"
        return {"device_name": "iPhone", "start_date": start, "end_date": start, "value": value, "unit": unit}

    def test_send_read_and_delete(self) -> None:
        samples = [self.sample(minute) for minute in range(25)]
        sent = self.client.samples.send("steps", samples, user_token=self.token)
        self.assertEqual(sent, {"inserted": 25, "updated": 0, "unchanged": 0, "rejected": []})
        sent = self.client.samples.send("steps", samples[:3], user_token=self.token)
        self.assertEqual(sent["unchanged"], 3)
        pager = self.client.samples.read(self.user, "steps", limit=10)
        self.assertEqual([len(page.data) for page in pager.pages()], [10, 10, 5])
        expected = [one["start_date"].replace("Z", ".000Z") for one in samples]
        self.assertEqual([one["start_date"] for one in pager], expected)
        start, end = "2024-05-01T08:10:00Z", "2024-05-01T08:20:00Z"
        self.assertEqual(len(list(self.client.samples.read(self.user, "steps", start=start, end=end))), 10)
        deleted = self.client.samples.delete("steps", start, end, user_token=self.token, device_name="iPhone")
        self.assertEqual(deleted, {"deleted": 10})
        self.assertEqual(len(list(pager)), 15)

    def test_lenient(self) -> None:
        samples = [self.sample(0), self.sample(1, -5), self.sample(2)]
        result = self.client.samples.send("steps", samples, user_token=self.token, lenient=True)
        self.assertEqual((result["inserted"], [one["index"] for one in result["rejected"]]), (2, [1]))

    def test_days(self) -> None:
        night: IntervalSample = {
            "device_name": "Apple Watch",
            "start_date": "2024-04-30T22:00:00Z",
            "end_date": "2024-05-01T06:00:00Z",
            "kind": "deep",
        }
        batches: list[tuple[str, list[MeasuredSample | IntervalSample]]] = [
            ("steps", [self.sample(0), self.sample(1)]),
            ("bpm", [self.sample(0, 70, "count/min")]),
            ("weight", [self.sample(0, 80, "kg")]),
            ("energy_intake", [self.sample(0, 500, "kcal")]),
            ("sleep", [night]),
        ]
        for data_type, data in batches:
            self.client.samples.send(data_type, data, user_token=self.token)
        days, day = self.client.days, date(2024, 5, 1)
        self.assertEqual(days.activity(self.user, day)[0]["summary"]["movement"]["steps_count"], 120)
        self.assertEqual(days.biometrics(self.user, day)[0]["heart_rate"]["avg_bpm"], 70)
        self.assertEqual(days.body(self.user, day)[0]["weight_kg"], 80)
        self.assertEqual(len(days.nutrition(self.user, day)), 1)
        self.assertEqual(len(days.sleep(self.user, "2024-05-01")), 1)
        self.assertEqual(days.sources(self.user, day)[0]["types"][0]["total"], 120)
        there = days.activity(self.user, "2024-05-01", timezone_id="Pacific/Auckland")
        self.assertEqual(there[0]["metadata"]["date"], "2024-05-01")
        self.assertEqual(days.activity(self.user, "2024-05-03"), [])
