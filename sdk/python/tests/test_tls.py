from __future__ import annotations

import ssl
import subprocess
import tempfile
import unittest
from pathlib import Path

from pulsewell import ConnectionFailed

from .support import QUICK, Answer, new_client, serving


class TlsTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.certificate = Path(folder.name) / "certificate.pem"
        key = Path(folder.name) / "key.pem"
        subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
        kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc", "-days", "1"]
        files = ["-keyout", str(key), "-out", str(self.certificate)]
        subprocess.run(["openssl", "req", "-x509", *kind, *subject, *files], check=True, capture_output=True)
        self.server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.server.load_cert_chain(self.certificate, key)

    def test_a_certificate_that_is_not_trusted_is_refused_at_once(self) -> None:
        with serving(lambda _: Answer(), self.server) as server:
            with self.assertRaises(ConnectionFailed) as caught:
                new_client(server.url, retries=QUICK).studies.get(1)
        self.assertIsInstance(caught.exception.__cause__, ssl.SSLCertVerificationError)
        self.assertEqual((caught.exception.may_be_done, server.received), (False, []))

    def test_with_a_context_of_its_own_and_kept_connections(self) -> None:
        context = ssl.create_default_context(cafile=str(self.certificate))
        with serving(lambda _: Answer(), self.server) as server:
            with new_client(server.url, ssl_context=context) as client:
                for _ in range(3):
                    client.studies.get(1)
            self.assertEqual((len(server.received), len(server.connections)), (3, 1))
