from __future__ import annotations

import pickle
import threading
import unittest
from typing import Any, cast

from pulsewell import (
    AuthenticationError,
    BadRequestError,
    ConnectionFailed,
    NotFoundError,
    PulsewellClient,
    PulsewellError,
    RetryPolicy,
    UploadError,
    ValidationError,
)

from .support import KEY, QUICK, URL, Answer, new_client, serving


class TransportTest(unittest.TestCase):
    def test_every_form_of_the_base_url_reaches_every_api(self) -> None:
        for path in ("", "/", "/api", "/api/", "/api/v1", "/api/v1/"):
            with self.subTest(path=path), new_client(URL + path) as client:
                self.assertGreaterEqual(client.studies.list().pagination["total"], 0)
                self.assertIsInstance(client.users.list(), list)
                self.assertIn("webhookUrl", client.settings.get())

    def test_a_prefix_comes_before_every_path(self) -> None:
        empty = b'{"data":[],"connectedUsers":[],"pagination":{"has_next":false}}'
        with serving(lambda _: Answer(body=empty)) as server:
            client = new_client(f"{server.url}/pulse/api/v1")
            client.studies.list().data
            client.users.list()
            self.assertEqual([one.path for one in server.received], ["/pulse/api/v1/studies", "/pulse/user"])

    def test_errors_of_each_dialect(self) -> None:
        client = new_client()
        with self.assertRaises(ValidationError) as house:
            client.studies.create("")
        self.assertEqual((house.exception.status, house.exception.code), (422, "VALIDATION_ERROR"))
        self.assertEqual(house.exception.details["field"], "name")
        self.assertRegex(str(house.exception), f"request {house.exception.request_id}")
        with self.assertRaises(NotFoundError) as devices:
            client.users.providers("00000000-0000-0000-0000-000000000000")
        self.assertEqual((devices.exception.status, devices.exception.code), (404, "NOT_FOUND"))
        self.assertIsNotNone(devices.exception.request_id)
        with self.assertRaises(BadRequestError) as oauth:
            client.tokens.refresh("unknown")
        self.assertEqual((oauth.exception.status, oauth.exception.code), (400, "invalid_grant"))
        with self.assertRaises(AuthenticationError):
            PulsewellClient(URL, "sk_live_unknown").studies.get(1)

    def test_what_is_not_pulsewell_is_told_plainly(self) -> None:
        with serving(lambda _: Answer(200, b"<html>Welcome</html>")) as server:
            with self.assertRaises(PulsewellError) as caught:
                new_client(server.url).studies.get(1)
        self.assertEqual(caught.exception.code, "UNREADABLE_ANSWER")
        with serving(lambda _: Answer(302, b"", {"location": "https://example.org"})) as server:
            with self.assertRaises(PulsewellError) as caught:
                new_client(server.url).studies.get(1)
        self.assertEqual((caught.exception.status, len(server.received)), (302, 1))

    def test_ids_stay_one_part_of_the_path(self) -> None:
        with serving(lambda _: Answer()) as server:
            client = new_client(server.url)
            client.batteries.get("a/../b?c#d é")
            self.assertEqual(server.received[0].path, "/api/batteries/a%2F..%2Fb%3Fc%23d%20%C3%A9")
            for id in ("", ".", ".."):
                with self.assertRaises(ValueError):
                    client.batteries.get(id)

    def test_bad_credentials_are_refused_before_they_are_sent(self) -> None:
        for token in ("", "a b", "a\r\nx: y", "é"):
            with self.subTest(token=token), self.assertRaises(ValueError):
                PulsewellClient(URL, token)
        self.assertNotIn(KEY, repr(PulsewellClient(URL, KEY)))

    def test_a_token_that_is_refused_is_not_quoted(self) -> None:
        with self.assertRaises(ValueError) as caught:
            new_client().tokens.swap("secret\n", "apple")
        self.assertNotIn("secret", str(caught.exception))

    def test_processes_can_hand_errors_to_each_other(self) -> None:
        # As ProcessPoolExecutor does.
        client, nothing = new_client("http://127.0.0.1:1", retries=RetryPolicy(attempts=1)), cast(Any, [{}])
        with self.assertRaises(ConnectionFailed) as failed:
            client.users.list()
        with self.assertRaises(UploadError) as stopped:
            client.samples.upload(nothing, user_id="u", provider="apple")
        with self.assertRaises(NotFoundError) as unknown:
            new_client().studies.get(404)
        errors: list[PulsewellError] = [failed.exception, stopped.exception, unknown.exception]
        for error in errors:
            copy = pickle.loads(pickle.dumps(error))
            self.assertEqual((type(copy), str(copy), vars(copy)), (type(error), str(error), vars(error)))

    def test_a_connection_is_used_again(self) -> None:
        with serving(lambda _: Answer()) as server, new_client(server.url) as client:
            for _ in range(5):
                client.studies.get(1)
            self.assertEqual((len(server.received), len(server.connections)), (5, 1))

    def test_a_connection_that_the_server_closed_meanwhile_is_not(self) -> None:
        # Not sent again after a failure: the closed connection has to be noticed before.
        with serving(lambda _: Answer()) as server, new_client(server.url, retries=QUICK) as client:
            for number in range(1, 4):
                client.studies.update(1, name="Other")
                closed = server.connections[-1]
                closed.connection.shutdown(2)  # type: ignore[attr-defined]
                self.assertEqual((len(server.received), len(server.connections)), (number, number))

    def test_threads_share_a_client(self) -> None:
        with serving(lambda request: Answer(body=b'{"id":"%s"}' % request.path.encode())) as server:
            client, wrong = new_client(server.url), []

            def work(thread: int) -> None:
                for number in range(25):
                    id = f"{thread}-{number}"
                    if client.batteries.get(id)["id"] != f"/api/batteries/{id}":
                        wrong.append(id)

            threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual((wrong, len(server.received)), ([], 200))
            self.assertLess(len(server.connections), 100)
