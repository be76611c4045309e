from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import unittest
import uuid
from contextlib import ExitStack

from pulsewell import ConflictError, PulsewellClient, webhooks
from pulsewell.webhooks import WebhookVerificationError

from .support import Answer, Received, new_client, new_user, poll, serving


def answer_like_a_partner(request: Received) -> Answer:
    return Answer(body=json.dumps({"pong": request.json.get("ping")}).encode())


class WebhooksTest(unittest.TestCase):
    def setUp(self) -> None:
        self.client = new_client()
        stack = ExitStack()
        self.addCleanup(stack.close)
        self.receiver = stack.enter_context(serving(answer_like_a_partner))

    def wait_for(self, user: str) -> Received:
        return poll(lambda: next((one for one in self.receiver.received if user.encode() in one.body), None))

    def test_a_real_delivery_is_verified(self) -> None:
        endpoint = self.client.webhooks.create(self.receiver.url, ["devices.*"])
        user = new_user(self.client)
        self.client.tokens.mint(user, "apple")
        request, secret = self.wait_for(user), endpoint["secret"]
        message = webhooks.verify(request.body, request.headers, secret)
        self.assertEqual(message["event"], "devices.provider-connected")
        self.assertEqual(message["data"]["users"][0]["userId"], user)
        self.assertEqual(webhooks.verify(request.body.decode(), request.headers, ["whsec_b3RoZXI=", secret]), message)
        self.assertEqual(webhooks.verify_event_signature(request.body, secret), message)
        self.refuses_what_was_changed(request, secret)
        self.client.webhooks.delete(endpoint["id"])

    def refuses_what_was_changed(self, request: Received, secret: str) -> None:
        body, headers = request.body, request.headers
        late, early = time.time() + 301, time.time() - 301
        changed = body.replace(b"apple", b"grape")
        for given in (changed, body[:-1], body + b" ", b""):
            with self.assertRaises(WebhookVerificationError):
                webhooks.verify(given, headers, secret)
            with self.assertRaises(WebhookVerificationError):
                webhooks.verify_event_signature(given, secret)
        for now in (late, early):
            with self.assertRaisesRegex(WebhookVerificationError, "too far from now"):
                webhooks.verify(body, headers, secret, now=now)
        webhooks.verify(body, headers, secret, now=late, tolerance=400)
        for name, value in [
            ("webhook-id", "other"),
            ("webhook-timestamp", str(int(headers["webhook-timestamp"]) - 1)),
            ("webhook-timestamp", "now"),
            ("webhook-signature", "v1,AAAA"),
            ("webhook-signature", headers["webhook-signature"].replace("v1,", "v2,")),
            ("webhook-signature", ""),
        ]:
            with self.subTest(name=name, value=value), self.assertRaises(WebhookVerificationError):
                webhooks.verify(body, {**headers, name: value}, secret)
        for name in ("webhook-id", "webhook-timestamp", "webhook-signature"):
            with self.assertRaisesRegex(WebhookVerificationError, name):
                webhooks.verify(body, {key: value for key, value in headers.items() if key != name}, secret)
        with self.assertRaises(WebhookVerificationError):
            webhooks.verify(body, headers, "whsec_b3RoZXI=")
        with self.assertRaises(WebhookVerificationError):
            webhooks.verify_event_signature(body, "whsec_b3RoZXI=")
        for none in ("", "whsec_", "whsec_?"):
            with self.assertRaises(ValueError):
                webhooks.verify(body, headers, none)

    def test_bytes_that_are_no_text_are_refused_as_anything_else(self) -> None:
        now = int(time.time())
        # As frameworks that decode headers with `surrogateescape` hand them on.
        good = {"webhook-id": "a", "webhook-timestamp": str(now), "webhook-signature": "v1,AAAA"}
        for name in ("webhook-id", "webhook-timestamp", "webhook-signature"):
            with self.subTest(name=name), self.assertRaises(WebhookVerificationError):
                webhooks.verify(b"{}", {**good, name: good[name] + "\udc80"}, "whsec_b3RoZXI=")
        with self.assertRaises(WebhookVerificationError):
            webhooks.verify_legacy(b"{}", {"x-metriport-signature": "\udc80"}, "whsec_b3RoZXI=")
        with self.assertRaises(WebhookVerificationError):
            webhooks.verify_event_signature("\udc80", "whsec_b3RoZXI=")

    def test_during_a_rotation_both_secrets_verify(self) -> None:
        endpoint = self.client.webhooks.create(self.receiver.url, ["devices.*"])
        rotated = self.client.webhooks.rotate_secret(endpoint["id"])
        user = new_user(self.client)
        self.client.tokens.mint(user, "apple")
        request = self.wait_for(user)
        self.assertEqual(len(request.headers["webhook-signature"].split(" ")), 2)
        for secret in (endpoint["secret"], rotated["secret"]):
            webhooks.verify(request.body, {key.title(): value for key, value in request.headers.items()}, secret)
        self.client.webhooks.delete(endpoint["id"])

    def test_the_endpoint_of_settings(self) -> None:
        settings = self.client.settings.set_webhook_url(self.receiver.url)
        key = str(settings["webhookKey"])
        self.assertEqual(self.client.settings.get(), settings)
        user = new_user(self.client)
        self.client.tokens.mint(user, "apple")
        request = self.wait_for(user)
        message = webhooks.verify_legacy(request.body, request.headers, key)
        self.assertEqual(message, webhooks.verify(request.body, request.headers, key))
        self.assertEqual(message["users"][0]["userId"], user)
        refused: list[tuple[bytes, dict[str, str], str]] = [
            (request.body.replace(b"apple", b"grape"), request.headers, key),
            (request.body, {}, key),
            (request.body, {"x-metriport-signature": ""}, key),
            (request.body, request.headers, "whsec_b3RoZXI="),
        ]
        for body, headers, wrong in refused:
            with self.assertRaises(WebhookVerificationError):
                webhooks.verify_legacy(body, headers, wrong)
        self.client.settings.retry_webhooks()
        self.assertTrue(self.client.settings.webhook_status()["webhookEnabled"])
        self.assertIsNone(self.client.settings.set_webhook_url("")["webhookUrl"])

    def test_managing_endpoints(self) -> None:
        manage = self.client.webhooks
        endpoint = manage.create(self.receiver.url, ["a.b"], format="devices", description="billing", enabled=False)
        id = endpoint["id"]
        self.assertFalse(endpoint["enabled"])
        changed = manage.update(id, events=["devices.*"], description=None, enabled=True, format="event")
        self.assertEqual((changed["events"], changed["description"], changed["enabled"]), (["devices.*"], None, True))
        self.assertEqual(manage.get(id), changed)
        self.assertIn(changed, list(manage.list(sort="created_at", order="desc")))
        message = manage.test(id)["message_id"]
        poll(lambda: manage.deliveries(id, status="delivered").data or None)
        delivery = manage.message(message)["deliveries"][0]
        self.assertEqual(delivery["status"], "delivered")
        resent = manage.resend(message, endpoint_id=id)
        self.assertEqual([one["endpoint_id"] for one in resent["deliveries"]], [id])
        recovery = manage.recover(id, "2026-01-01T00:00:00Z")
        self.assertIn(recovery["id"], [one["id"] for one in manage.recoveries(id)])
        with self.assertRaises(ConflictError):
            manage.create(self.receiver.url, ["a.b"], idempotency_key="same")
            manage.create(self.receiver.url, ["a.c"], idempotency_key="same")
        manage.delete(id)


class VerifyTest(unittest.TestCase):
    def test_the_published_example_of_standard_webhooks(self) -> None:
        # https://github.com/standard-webhooks/standard-webhooks: its libraries' tests share these values.
        secret, id, timestamp = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330"
        body = b'{"test": 2432232314}'
        headers = {
            "webhook-id": id,
            "webhook-timestamp": timestamp,
            "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        }
        self.assertEqual(webhooks.verify(body, headers, secret, now=1614265330), {"test": 2432232314})

    def test_a_body_that_is_no_object_is_refused_though_it_is_signed(self) -> None:
        for body in (b"[]", b"{", b"\xff"):
            signature = base64.b64encode(hmac.new(b"key", b"1.1." + body, hashlib.sha256).digest()).decode()
            signed = {"webhook-id": "1", "webhook-timestamp": "1", "webhook-signature": f"v1,{signature}"}
            with self.assertRaisesRegex(WebhookVerificationError, "JSON"):
                webhooks.verify(body, signed, "whsec_a2V5", now=1)


class ChangesTest(unittest.TestCase):
    def test_goes_through_what_there_is_and_on_from_there(self) -> None:
        client = new_client()
        user = self.user_with(client, ["apple", "fitbit", "oura"])
        feed = client.changes.read(user_id=user, limit=2)
        changes = self.wait_for(client, user, 3)
        self.assertEqual([one["id"] for one in feed], [one["id"] for one in changes])
        end = feed.cursor
        self.assertEqual(list(feed), [])
        client.users.disconnect(user, "oura")
        again = client.changes.read(end, user_id=user, type="devices.provider-disconnected")
        self.assertEqual(poll(lambda: [one["userId"] for one in again] or None), [user])

    def test_the_cursor_moves_on_once_a_page_has_been_gone_through(self) -> None:
        client = new_client()
        user = self.user_with(client, ["apple", "fitbit", "oura"])
        changes = self.wait_for(client, user, 3)
        feed = client.changes.read(user_id=user, limit=2)
        walk = iter(feed)
        next(walk), next(walk)
        self.assertIsNone(feed.cursor)
        next(walk)
        rest = client.changes.read(feed.cursor, user_id=user)
        self.assertEqual([one["id"] for one in rest], [changes[2]["id"]])

    def user_with(self, client: PulsewellClient, providers: list[str]) -> str:
        user = client.users.create(f"test-{uuid.uuid4()}")
        for provider in providers:
            client.tokens.mint(user, provider)
        return user

    def wait_for(self, client: PulsewellClient, user: str, count: int) -> list[dict[str, str]]:
        """What is younger than the oldest open transaction is not shown yet."""

        def look() -> list[dict[str, str]] | None:
            changes = [{"id": one["id"]} for one in client.changes.read(user_id=user)]
            return changes if len(changes) == count else None

        return poll(look)
