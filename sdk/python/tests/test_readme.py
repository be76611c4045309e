from __future__ import annotations

import os
import re
import shutil
import tempfile
import unittest
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from pulsewell import PulsewellClient

from .support import URL, Answer, Received, poll, serving

# Of the sandbox, which is empty otherwise: the snippets say study 1 and battery_1.
KEY = os.environ["PULSEWELL_SANDBOX_KEY"]
SDK = Path(__file__).parents[1]
ROOT = SDK.parents[1]


def snippets(path: Path) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```$", path.read_text(), re.DOTALL | re.MULTILINE)


class ReadmeTest(unittest.TestCase):
    """The snippets run one after the other, in one module, on the server and key of the test."""

    def setUp(self) -> None:
        self.module: dict[str, Any] = {}
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(folder.name)
        shutil.copy(ROOT / "demo/fixture/steps-by-minute.csv", folder.name)

    def run_snippet(self, snippet: str) -> str:
        """What it prints."""
        replaced = re.sub(r'"(sk_live_)?\.\.\."', repr(KEY), snippet).replace("http://localhost:3000", URL)
        with redirect_stdout(StringIO()) as printed:
            exec(compile(replaced, "README.md", "exec"), self.module)
        return printed.getvalue()

    def test_the_snippets(self) -> None:
        first, lists, walk, upload, errors, webhooks, changes = snippets(SDK / "README.md")
        self.assertEqual(self.run_snippet(first), "61\n")
        self.assertEqual(self.run_snippet(lists), "1 ['P001']\nsess_1\n")
        self.assertEqual(self.run_snippet(walk), "1\n")
        self.assertEqual(self.run_snippet(upload), "2119 0 0\n")
        self.assertEqual(self.run_snippet(upload), "0 0 3\n")
        self.assertRegex(self.run_snippet(errors), "^404 NOT_FOUND .*[0-9a-f-]{36}\n")
        self.check_receiver(webhooks)
        poll(lambda: re.match("devices.provider-connected [0-9a-f-]{36}\n", self.run_snippet(changes)))
        self.check_the_root_readme()

    def check_receiver(self, snippet: str) -> None:
        with serving(lambda _: Answer()) as receiver:
            self.run_snippet(snippet.replace("http://localhost:4000/hook", receiver.url))
            client: PulsewellClient = self.module["client"]
            client.tokens.mint(self.module["user_id"], "oura")
            request: Received = poll(lambda: receiver.received[0] if receiver.received else None)
        with redirect_stdout(StringIO()) as printed:
            self.assertEqual(self.module["receive"](request.body, request.headers), 200)
            self.assertEqual(self.module["receive"](request.body + b" ", request.headers), 401)
        self.assertEqual(printed.getvalue(), "devices.provider-connected\n")
        client.webhooks.delete(self.module["endpoint"]["id"])

    def check_the_root_readme(self) -> None:
        """On what the snippets of the SDK's own have made."""
        self.module = {}
        for snippet in snippets(ROOT / "README.md"):
            self.run_snippet(snippet)
        self.assertEqual(len(list(self.module["client"].sessions.list())), 2)
