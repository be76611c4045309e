from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import threading
import unittest
from collections import Counter
from datetime import datetime
from pathlib import Path

from .support import KEY, Answer, Received, forward, new_client, new_user, serving
from .upload_week import CONCURRENCY, read_minutes

WEEK = Path(__file__).parents[3] / "demo/fixture/steps-by-minute.csv"


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


class Interruptions:
    """Stands before the server, counts batches, and kills who sends them: at the tenth batch of the first runs."""

    def __init__(self, kills: int) -> None:
        self.kills_left = kills
        self.child: subprocess.Popen[bytes] | None = None
        self.runs: list[list[bytes]] = []
        self._lock = threading.Lock()

    def handle(self, request: Received) -> Answer | None:
        if request.path != "/api/v2/samples":
            return forward(request)
        with self._lock:
            self.runs[-1].append(request.body)
            is_last = len(self.runs[-1]) == 10 and self.kills_left > 0
            if is_last:
                self.kills_left -= 1
        # Twice the server does not get the batch, once it stores it and cannot say so.
        answer = None if is_last and self.kills_left % 2 == 0 else forward(request)
        if is_last:
            self._kill()
        return None if is_last else answer

    def _kill(self) -> None:
        assert self.child is not None
        self.child.send_signal(signal.SIGKILL)
        self.child.wait()

    def run(self, arguments: list[str]) -> int:
        self.runs.append([])
        program = [sys.executable, "-m", "tests.upload_week", *arguments]
        with self._lock:
            self.child = subprocess.Popen(program, cwd=Path(__file__).parents[1])
        return self.child.wait(60)


class InterruptedUploadTest(unittest.TestCase):
    def test_an_upload_that_is_killed_goes_on_and_stores_everything_once(self) -> None:
        client = new_client()
        user = new_user(client)
        interruptions = Interruptions(kills=3)
        with tempfile.TemporaryDirectory() as folder, serving(interruptions.handle) as proxy:
            arguments = [proxy.url, KEY, user, str(Path(folder) / "record"), str(WEEK)]
            codes = [interruptions.run(arguments) for _ in range(4)]
        self.assertEqual(codes, [-signal.SIGKILL] * 3 + [0])
        self.check_what_is_stored(user)
        self.check_what_was_sent(interruptions.runs)

    def check_what_is_stored(self, user: str) -> None:
        expected = [(one["start_date"], one["end_date"], one["value"]) for one in read_minutes(str(WEEK))]
        stored = new_client().samples.read(user, "steps")
        found = [(instant(one["start_date"]), instant(one["end_date"]), one["value"]) for one in stored]
        self.assertEqual(found, expected)

    def check_what_was_sent(self, runs: list[list[bytes]]) -> None:
        sent: Counter[bytes] = Counter()
        for number, run in enumerate(runs):
            # What is sent again was under way at the kill: no more than are under way at once.
            again = [body for body in run if sent[body] > 0]
            self.assertLessEqual(len(again), CONCURRENCY, f"run {number}")
            self.assertEqual(len(again) > 0, number > 0)
            self.assertEqual(len(set(run)), len(run))
            sent.update(run)
        self.assertEqual(len(sent), -(-len(list(read_minutes(str(WEEK)))) // 50))
