from __future__ import annotations

import gzip
import json
import tempfile
import threading
import unittest
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pulsewell import (
    AuthenticationError,
    SampleInput,
    ServerError,
    UploadError,
    UploadRecord,
    UploadResult,
    ValidationError,
)

from .support import QUICK, Answer, Received, forward, new_client, new_user, poll, serving, steps

STORED = Answer(body=b'{"inserted":0,"updated":0,"unchanged":0,"rejected":[]}')
MINTED = Answer(body=b'{"access_token":"token"}')


def is_batch(request: Received) -> bool:
    return request.path == "/api/v2/samples"


def unpack(request: Received) -> Any:
    return json.loads(gzip.decompress(request.body))


class UploadTest(unittest.TestCase):
    def setUp(self) -> None:
        self.client = new_client()
        self.user = new_user(self.client)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.record = Path(folder.name) / "record"

    def test_samples_of_several_types_in_any_order(self) -> None:
        samples = [*steps(1001), *steps(2, data_type="weight"), *steps(700, data_type="bpm")]
        mixed = [sample for number in range(7) for sample in samples[number::7]]
        seen: list[UploadResult] = []
        result = self.client.samples.upload(
            iter(mixed), user_id=self.user, provider="apple", batch_size=500, on_progress=seen.append
        )
        self.assertEqual(result, UploadResult(samples=1703, batches=6, inserted=1703))
        self.assertEqual([one.batches for one in seen], [1, 2, 3, 4, 5, 6])
        for data_type, count in (("steps", 1001), ("weight", 2), ("bpm", 700)):
            stored = list(self.client.samples.read(self.user, data_type))
            sent = [sample for sample in samples if sample["data_type"] == data_type]
            self.assertEqual(len(stored), count)
            self.assertEqual([one["value"] for one in stored], [one["value"] for one in sent])
        again = self.client.samples.upload(samples, user_id=self.user, provider="apple")
        self.assertEqual((again.unchanged, again.inserted, again.batches), (1703, 0, 4))

    def test_what_is_read_back_can_be_uploaded(self) -> None:
        self.client.samples.upload(steps(5), user_id=self.user, provider="apple")
        copy = new_user(self.client)
        back = self.client.samples.read(self.user, "steps")
        self.assertEqual(self.client.samples.upload(back, user_id=copy, provider="apple").inserted, 5)

    def test_nothing_to_upload(self) -> None:
        self.assertEqual(self.client.samples.upload([], user_id=self.user, provider="apple"), UploadResult())

    def test_a_refused_sample_is_named_by_its_place_in_the_input(self) -> None:
        samples = [*steps(10, data_type="bpm"), *steps(500)]
        samples[300]["value"] = -1
        samples[301]["unit"] = "kg"
        with self.assertRaisesRegex(UploadError, "sample 300: value .*, and 1 more; ") as caught:
            self.client.samples.upload(samples, user_id=self.user, provider="apple", batch_size=100, concurrency=1)
        error = caught.exception
        self.assertIsInstance(error.__cause__, ValidationError)
        self.assertEqual((error.status, error.index, [one.index for one in error.rejected]), (422, 300, [300, 301]))
        self.assertEqual((error.result.batches, error.result.inserted, error.result.failed), (2, 200, 1))

    def test_an_answer_that_does_not_tell_of_the_samples_is_no_acknowledgement(self) -> None:
        for body in (b"", b"{}", b"[]", b'{"inserted":3}', b"<html>"):
            with self.subTest(body=body), serving(lambda _: Answer(body=body)) as server:
                with UploadRecord.open(self.record) as record, self.assertRaises(UploadError) as caught:
                    new_client(server.url).samples.upload(
                        steps(3), user_id=self.user, provider="apple", user_token="token", record=record
                    )
                self.assertEqual(caught.exception.code, "UNREADABLE_ANSWER")
                self.assertEqual((caught.exception.result.failed, self.record.read_text()), (1, ""))

    def test_lenient_stores_the_others(self) -> None:
        samples = steps(200)
        for index in (3, 150):
            samples[index]["value"] = -1
        result = self.client.samples.upload(
            samples, user_id=self.user, provider="apple", batch_size=100, concurrency=1, lenient=True
        )
        self.assertEqual((result.inserted, result.rejected_count), (198, 2))
        self.assertEqual([(one.index, one.field) for one in result.rejected], [(3, "value"), (150, "value")])

    def test_a_sample_that_cannot_be_sent_and_a_source_that_fails(self) -> None:
        bad: Any = [*steps(300), {"value": 1}]
        with self.assertRaisesRegex(UploadError, "sample 300: sample has no data_type") as caught:
            self.client.samples.upload(bad, user_id=self.user, provider="apple", batch_size=100)
        self.assertEqual((caught.exception.index, caught.exception.result.inserted), (300, 200))

        def failing() -> Iterator[SampleInput]:
            yield from steps(300, first=1000)
            raise OSError("the disk is gone")

        with self.assertRaisesRegex(UploadError, "the disk is gone; 2 batches were acknowledged") as caught:
            self.client.samples.upload(failing(), user_id=self.user, provider="apple", batch_size=100)
        self.assertIsInstance(caught.exception.__cause__, OSError)

    def test_a_token_that_ends_is_renewed_once(self) -> None:
        def revoking() -> Iterator[SampleInput]:
            yield from steps(400)
            self.client.users.disconnect(self.user, "apple")
            yield from steps(800, first=400)

        with serving(forward) as proxy:
            client = new_client(proxy.url)
            result = client.samples.upload(revoking(), user_id=self.user, provider="apple", batch_size=50)
            minted = [one for one in proxy.received if "/token" in one.path]
        self.assertEqual((result.inserted, len(minted)), (1200, 2))

    def test_a_token_that_ends_at_once_is_not_renewed_for_ever(self) -> None:
        with serving(lambda request: Answer(401) if is_batch(request) else MINTED) as server:
            with self.assertRaises(UploadError) as caught:
                new_client(server.url).samples.upload(steps(5), user_id="u", provider="apple")
        self.assertIsInstance(caught.exception.__cause__, AuthenticationError)
        self.assertEqual(len(server.received), 4)

    def test_a_token_that_is_given_is_used_and_not_renewed(self) -> None:
        token = self.client.tokens.mint(self.user, "apple")["access_token"]
        with serving(forward) as proxy:
            client = new_client(proxy.url)
            self.assertEqual(client.samples.upload(steps(5), user_token=token).inserted, 5)
            self.client.users.disconnect(self.user, "apple")
            with self.assertRaises(UploadError) as caught:
                client.samples.upload(steps(5), user_token=token)
            self.assertIsInstance(caught.exception.__cause__, AuthenticationError)
            self.assertTrue(all(map(is_batch, proxy.received)))

    def test_the_record_skips_what_was_acknowledged_for_the_same_user_alone(self) -> None:
        samples, more = steps(1000), steps(1100)
        with UploadRecord.open(self.record) as record:
            options: Any = {"provider": "apple", "batch_size": 100, "record": record}
            self.assertEqual(self.client.samples.upload(samples, user_id=self.user, **options).batches, 10)
            again = self.client.samples.upload(samples, user_id=self.user, **options)
            self.assertEqual(again, UploadResult(samples=1000, skipped=10))
            grown = self.client.samples.upload(more, user_id=self.user, **options)
            self.assertEqual((grown.skipped, grown.batches, grown.inserted), (10, 1, 100))
            other = self.client.samples.upload(samples, user_id=new_user(self.client), **options)
            self.assertEqual((other.skipped, other.inserted), (0, 1000))

    def test_bad_arguments(self) -> None:
        upload, who = self.client.samples.upload, {"user_id": self.user, "provider": "apple"}
        wrong: list[dict[str, Any]] = [
            {},
            {"user_id": self.user},
            {**who, "batch_size": 2},
            {**who, "batch_size": 1001},
            {**who, "concurrency": 0},
            {**who, "concurrency": 65},
        ]
        for options in wrong:
            with self.subTest(options=options), self.assertRaises(ValueError):
                upload(steps(3), **options)
        with UploadRecord.open(self.record) as record, self.assertRaises(ValueError):
            upload(steps(3), user_token="token", record=record)


class ParallelTest(unittest.TestCase):
    """How many at once, and when it stops: against a server whose answers the test times."""

    def setUp(self) -> None:
        self.lock = threading.Lock()
        self.taken = self.acknowledged = self.under_way = self.most = self.furthest = 0

    def source(self, count: int) -> Iterator[SampleInput]:
        for sample in steps(count):
            self.taken += 1
            yield sample

    def enter(self) -> None:
        with self.lock:
            self.under_way += 1
            self.most = max(self.most, self.under_way)
            self.furthest = max(self.furthest, self.taken - 10 * self.acknowledged)

    def leave(self) -> None:
        with self.lock:
            self.under_way -= 1
            self.acknowledged += 1

    def test_as_many_at_once_as_asked_for_and_the_source_waits(self) -> None:
        all_there = threading.Event()

        def handle(request: Received) -> Answer:
            if not is_batch(request):
                return MINTED
            self.enter()
            if self.under_way == 3:
                all_there.set()
            all_there.wait(5)
            self.leave()
            return STORED

        with serving(handle) as server:
            new_client(server.url).samples.upload(
                self.source(1000), user_id="u", provider="apple", batch_size=10, concurrency=3
            )
        self.assertEqual((self.most, self.acknowledged), (3, 100))
        # Three under way, one answered and not yet counted, one read ahead, and what the last batches are made of.
        self.assertLessEqual(self.furthest, 10 * 6 + 3)

    def test_after_a_failure_nothing_more_is_taken_and_what_is_under_way_is_waited_for(self) -> None:
        others_are_there = threading.Event()

        def handle(request: Received) -> Answer:
            if not is_batch(request):
                return MINTED
            self.enter()
            is_first = unpack(request)["data"][0]["value"] == 50
            if self.under_way == 4:
                others_are_there.set()
            others_are_there.wait(5)
            if not is_first:
                # Until the last attempt has failed as well.
                poll(lambda: self.acknowledged >= QUICK.attempts or None)
            self.leave()
            return Answer(500, b"{}") if is_first else STORED

        with serving(handle) as server, self.assertRaises(UploadError) as caught:
            new_client(server.url, retries=QUICK).samples.upload(
                self.source(90), user_id="u", provider="apple", batch_size=10, concurrency=4
            )
        self.assertIsInstance(caught.exception.__cause__, ServerError)
        result = caught.exception.result
        self.assertEqual((self.under_way, result.failed), (0, 1))
        stored = sum(is_batch(one) for one in server.received) - QUICK.attempts
        self.assertEqual(result.batches, stored)

    def test_it_takes_no_more_than_was_read_ahead_when_the_server_refuses(self) -> None:
        with serving(lambda request: Answer(400) if is_batch(request) else MINTED) as server:
            with self.assertRaises(UploadError):
                new_client(server.url).samples.upload(
                    self.source(10_000), user_id="u", provider="apple", batch_size=10, concurrency=2
                )
        self.assertLessEqual(self.taken, 10 * 4 + 3)

    def test_an_error_of_on_progress_ends_the_upload(self) -> None:
        def stop(_: UploadResult) -> None:
            raise RuntimeError("enough")

        with serving(lambda request: STORED if is_batch(request) else MINTED) as server:
            with self.assertRaisesRegex(UploadError, "enough"):
                new_client(server.url).samples.upload(
                    self.source(1000), user_id="u", provider="apple", batch_size=10, concurrency=2, on_progress=stop
                )
        self.assertLess(self.taken, 100)
