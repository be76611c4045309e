"""What was acknowledged of an upload, so that one that was interrupted can go on."""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
from collections.abc import Sequence
from types import TracebackType

try:
    import fcntl
except ImportError:  # Windows has none: two uploads with one record are not kept apart there.
    fcntl = None  # type: ignore[assignment]

_LINE = re.compile(rb"[0-9a-f]{64}")
# What a write that was cut short leaves; after a loss of power there may be zeros.
_TORN = re.compile(rb"[0-9a-f]{0,64}\0*")


class UploadRecord:
    """A file with a line for each batch that was acknowledged: the SHA-256 of where it went and what it was.

    Nothing of a sample can be read from it. For one upload at a time; `with` closes it. Thread safe.
    """

    def __init__(self, file: int, known: set[bytes]) -> None:
        """Use `open`."""
        self._file: int | None = file
        self._known = known
        self._lock = threading.Lock()

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> UploadRecord:
        """Opens the file, or makes it. A last line that was cut short is dropped: its batch is sent again.

        Raises BlockingIOError while another upload has it open, and ValueError where it is another kind of file.
        """
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0), 0o644)
        try:
            if fcntl is not None:
                _lock(file, path)
            return cls(file, _read(file, path))
        except BaseException:
            os.close(file)
            raise

    def __contains__(self, id: object) -> bool:
        with self._lock:
            return id in self._known

    def __len__(self) -> int:
        return len(self._known)

    def add(self, id: bytes) -> None:
        """Writes it at once: a process that is killed after this has it recorded."""
        with self._lock:
            if self._file is None:
                raise ValueError("the upload record is closed")
            line = id.hex().encode() + b"\n"
            written = os.write(self._file, line)
            if written != len(line):
                # The disk is full. What is left of the line must not spoil the next one.
                os.ftruncate(self._file, os.fstat(self._file).st_size - written)
                raise OSError(f"the upload record could not be written: {written} of {len(line)} bytes were")
            self._known.add(id)

    def close(self) -> None:
        with self._lock:
            if self._file is not None:
                os.close(self._file)
                self._file = None

    def __enter__(self) -> UploadRecord:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def id_of(scope: Sequence[object], body: bytes) -> bytes:
    """What a batch is known by: where it goes (server, user, provider) and its content."""
    return hashlib.sha256(json.dumps(scope).encode() + b"\n" + body).digest()


def _lock(file: int, path: str | os.PathLike[str]) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise BlockingIOError(f"{os.fspath(path)} is in use by another upload") from None


def _read(file: int, path: str | os.PathLike[str]) -> set[bytes]:
    with os.fdopen(os.dup(file), "rb") as reader:
        *lines, last = reader.read().split(b"\n")
    if not all(map(_LINE.fullmatch, lines)) or not _TORN.fullmatch(last):
        raise ValueError(f"{os.fspath(path)} is not an upload record")
    if last:
        os.ftruncate(file, sum(len(line) + 1 for line in lines))
    return {bytes.fromhex(line.decode()) for line in lines}
