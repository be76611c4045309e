"""Where the server is: from the one URL that a client is given."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Address:
    """`prefix` is the path that the server's root is at, `""` or `/pulse`; `house` that of the house API below it."""

    scheme: str
    host: str
    port: int
    prefix: str
    house: str

    @property
    def root(self) -> str:
        """The root as a URL, without a slash at its end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{self.prefix}"


def read_address(base_url: str) -> Address:
    """Takes the server's root, or its `/api` or `/api/v1`, with or without a slash at the end.

    Raises ValueError for anything but an http or https URL with a host and, at most, a port and a path.
    """
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        # Not quoted: what is given in its place may be the key.
        raise ValueError("base_url must be an http or https URL with a host")
    if parts.username is not None or parts.password is not None:
        raise ValueError("base_url must not hold credentials: give api_token")
    if parts.query or parts.fragment:
        raise ValueError("base_url must have no query and no fragment")
    path = parts.path.rstrip("/")
    if any(character <= " " or character > "~" for character in path):
        raise ValueError("the path of base_url must be visible ASCII: encode it")
    house = "/api"
    for ending in ("/api/v1", "/api"):
        if path.endswith(ending):
            path, house = path[: -len(ending)], ending
            break
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return Address(parts.scheme, parts.hostname, port, path.rstrip("/"), house)
