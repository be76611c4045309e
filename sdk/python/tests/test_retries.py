from __future__ import annotations

import json
import socket
import time
import unittest
from collections.abc import Callable
from datetime import datetime, timezone

from pulsewell import ConnectionFailed, NotFoundError, PulsewellClient, RateLimitError, RetryPolicy, ServerError
from pulsewell.retries import read_retry_after

from .support import KEY, QUICK, Answer, Handle, Received, forward, new_client, serving

STUDY = json.dumps({"id": 1, "name": "Sleep"}).encode()


def after(failures: list[Answer | None], then: Answer | None = None) -> Handle:
    """Fails in these ways, one after the other, and answers from then on."""
    left = list(failures)
    return lambda _: left.pop(0) if left else then or Answer(body=STUDY)


class RetriesTest(unittest.TestCase):
    def test_429_is_asked_again_once_the_time_it_says_has_passed(self) -> None:
        with serving(after([Answer(429, b"", {"retry-after": "1"})])) as server:
            begin = time.monotonic()
            study = new_client(server.url, retries=QUICK).studies.get(1)
            self.assertEqual(study["name"], "Sleep")
            self.assertGreaterEqual(time.monotonic() - begin, 1)
            self.assertEqual(len(server.received), 2)

    def test_a_wait_longer_than_patience_is_an_error_at_once(self) -> None:
        with serving(lambda _: Answer(429, b"", {"retry-after": "3600"})) as server:
            with self.assertRaises(RateLimitError) as caught:
                new_client(server.url).studies.get(1)
            self.assertEqual((caught.exception.retry_after, len(server.received)), (3600, 1))

    def test_5xx_and_lost_connections_are_asked_again(self) -> None:
        with serving(after([Answer(503), None, Answer(502)])) as server:
            self.assertEqual(new_client(server.url, retries=QUICK).studies.get(1)["id"], 1)
            self.assertEqual(len(server.received), 4)

    def test_attempts_are_bounded(self) -> None:
        with serving(lambda _: Answer(503)) as server, self.assertRaises(ServerError) as caught:
            new_client(server.url, retries=QUICK).studies.get(1)
        self.assertEqual((caught.exception.status, len(server.received)), (503, 4))

    def test_what_could_be_done_twice_is_not_sent_again(self) -> None:
        calls: list[Callable[[PulsewellClient], object]] = [
            lambda client: client.tokens.refresh("token"),
            lambda client: client.settings.set_webhook_url("https://example.org"),
            lambda client: client.studies.update(1, status="active"),
        ]
        for call in calls:
            for failure in (Answer(503), None):
                with serving(after([failure])) as server:
                    with self.assertRaises((ServerError, ConnectionFailed)):
                        call(new_client(server.url, retries=QUICK))
                    self.assertEqual(len(server.received), 1)

    def test_429_says_that_nothing_was_done_so_that_anything_is_sent_again(self) -> None:
        with serving(after([Answer(429)])) as server:
            new_client(server.url, retries=QUICK).studies.update(1, status="active")
            self.assertEqual(len(server.received), 2)

    def test_what_never_reached_a_server_may_always_be_sent_again(self) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{taken.getsockname()[1]}"
            with self.assertRaises(ConnectionFailed) as caught:
                new_client(url, retries=QUICK).studies.update(1, name="Other")
        self.assertFalse(caught.exception.may_be_done)

    def test_a_house_post_has_one_idempotency_key_for_all_its_attempts(self) -> None:
        with serving(after([Answer(500), None])) as server:
            client = new_client(server.url, retries=QUICK)
            client.studies.create("Sleep")
            client.studies.create("Sleep", idempotency_key="mine")
            keys = [request.headers["idempotency-key"] for request in server.received]
        self.assertEqual(len(set(keys[:3])), 1)
        self.assertEqual((len(keys), keys[3]), (4, "mine"))

    def test_a_post_whose_answer_was_lost_is_done_once(self) -> None:
        lost = 0

        def lose_first_answer(request: Received) -> Answer | None:
            nonlocal lost
            answer = forward(request)
            lost += request.method == "POST"
            return None if request.method == "POST" and lost == 1 else answer

        with serving(lose_first_answer) as proxy:
            client = new_client(proxy.url, retries=QUICK)
            name = f"Once {time.time_ns()}"
            study = client.studies.create(name)
            made = [one["id"] for one in client.studies.list() if one["name"] == name]
        self.assertEqual((lost, made), (2, [study["id"]]))

    def test_a_deletion_whose_answer_was_lost_is_no_error(self) -> None:
        with serving(after([None], Answer(404))) as server:
            new_client(server.url, retries=QUICK).studies.delete(1)
            with self.assertRaises(NotFoundError):
                new_client(server.url, retries=QUICK).studies.delete(1)

    def test_a_request_that_is_still_under_way_is_waited_for(self) -> None:
        conflict = Answer(409, b"{}", {"retry-after": "0"})
        with serving(after([conflict])) as server:
            self.assertEqual(new_client(server.url, retries=QUICK).studies.create("Sleep")["id"], 1)

    def test_a_server_that_says_nothing_is_given_up_on(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            url = f"http://127.0.0.1:{silent.getsockname()[1]}"
            with PulsewellClient(url, KEY, timeout=0.1, retries=RetryPolicy(attempts=2, base=0)) as client:
                with self.assertRaisesRegex(ConnectionFailed, "timed out"):
                    client.studies.get(1)

    def test_reads_retry_after_as_seconds_or_a_date(self) -> None:
        now = datetime(2026, 1, 1, tzinfo=timezone.utc)
        for value, seconds in [
            (None, None),
            ("7", 7.0),
            (" 7 ", 7.0),
            ("Thu, 01 Jan 2026 00:00:30 GMT", 30.0),
            ("Wed, 31 Dec 2025 00:00:00 GMT", 0.0),
            ("soon", None),
            ("-1", None),
            ("", None),
        ]:
            with self.subTest(value=value):
                self.assertEqual(read_retry_after(value, now), seconds)
