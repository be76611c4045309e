from __future__ import annotations

import unittest

from pulsewell.addresses import read_address


class ReadAddressTest(unittest.TestCase):
    def test_the_root_or_the_api_below_it(self) -> None:
        for base_url, root, house in [
            ("http://localhost:3000", "http://localhost:3000", "/api"),
            ("http://localhost:3000/", "http://localhost:3000", "/api"),
            ("http://localhost:3000/api", "http://localhost:3000", "/api"),
            ("http://localhost:3000/api/", "http://localhost:3000", "/api"),
            ("http://localhost:3000/api/v1", "http://localhost:3000", "/api/v1"),
            ("http://localhost:3000/api/v1/", "http://localhost:3000", "/api/v1"),
            ("https://example.org/pulse", "https://example.org:443/pulse", "/api"),
            ("https://example.org/pulse/api", "https://example.org:443/pulse", "/api"),
            ("https://example.org/a/b/api/v1/", "https://example.org:443/a/b", "/api/v1"),
            ("https://example.org/apiary", "https://example.org:443/apiary", "/api"),
            ("http://[::1]:3000/api", "http://[::1]:3000", "/api"),
        ]:
            with self.subTest(base_url=base_url):
                address = read_address(base_url)
                self.assertEqual((address.root, address.house), (root, house))

    def test_what_is_no_address_is_refused(self) -> None:
        for base_url in (
            "",
            "localhost:3000",
            "ftp://example.org",
            "http://",
            "http://user:secret@example.org",
            "http://example.org?a=1",
            "http://example.org#a",
            "http://example.org:99999",
            "http://example.org/a b",
        ):
            with self.subTest(base_url=base_url), self.assertRaises(ValueError):
                read_address(base_url)

    def test_what_is_refused_is_not_quoted(self) -> None:
        for base_url in ("sk_live_secret", "ftp://user:secret@example.org"):
            with self.assertRaises(ValueError) as caught:
                read_address(base_url)
            self.assertNotIn("secret", str(caught.exception))
