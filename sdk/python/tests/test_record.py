from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from pulsewell import UploadRecord
from pulsewell.upload.record import id_of


def id_number(number: int) -> bytes:
    return hashlib.sha256(str(number).encode()).digest()


class UploadRecordTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "record"

    def test_knows_what_was_added_before(self) -> None:
        with UploadRecord.open(self.path) as record:
            record.add(id_number(1))
            # Before it is closed: as after a kill.
            self.assertEqual(self.path.read_text(), id_number(1).hex() + "\n")
            record.add(id_number(2))
        with UploadRecord.open(self.path) as record:
            self.assertIn(id_number(1), record)
            self.assertIn(id_number(2), record)
            self.assertNotIn(id_number(3), record)

    def test_a_last_line_that_was_cut_short_is_dropped(self) -> None:
        whole = id_number(1).hex() + "\n" + id_number(2).hex() + "\n"
        for length in range(len(whole) + 1):
            self.path.write_text(whole[:length])
            with UploadRecord.open(self.path) as record:
                self.assertEqual(len(record), length // 65)
                record.add(id_number(3))
            with UploadRecord.open(self.path) as record:
                self.assertEqual(len(record), length // 65 + 1)
                self.assertIn(id_number(3), record)

    def test_a_line_that_finds_no_room_does_not_spoil_the_next(self) -> None:
        program = f"""
import resource, signal
from pulsewell import UploadRecord
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
record = UploadRecord.open({str(self.path)!r})
record.add(bytes(32))
resource.setrlimit(resource.RLIMIT_FSIZE, (90, resource.RLIM_INFINITY))
try:
    record.add(bytes([1] * 32))
except OSError:
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    record.add(bytes([2] * 32))
"""
        subprocess.run([sys.executable, "-c", program], check=True)
        with UploadRecord.open(self.path) as record:
            self.assertEqual([bytes([digit] * 32) in record for digit in range(3)], [True, False, True])

    def test_another_kind_of_file_is_refused_and_left_as_it_is(self) -> None:
        for content in ("start,steps\n2016-04-18,22\n", "start,steps", id_number(1).hex() + "0\n", "\n"):
            self.path.write_text(content)
            with self.assertRaisesRegex(ValueError, "is not an upload record"):
                UploadRecord.open(self.path)
            self.assertEqual(self.path.read_text(), content)

    def test_one_upload_at_a_time(self) -> None:
        with UploadRecord.open(self.path):
            with self.assertRaisesRegex(BlockingIOError, "in use by another upload"):
                UploadRecord.open(self.path)
        UploadRecord.open(self.path).close()

    def test_files_are_not_left_open(self) -> None:
        before = len(os.listdir("/dev/fd"))
        self.path.write_text("no record")
        for _ in range(3):
            with self.assertRaises(ValueError):
                UploadRecord.open(self.path)
        self.path.write_text("")
        for _ in range(3):
            UploadRecord.open(self.path).close()
        self.assertEqual(len(os.listdir("/dev/fd")), before)

    def test_nothing_is_added_to_a_closed_one(self) -> None:
        record = UploadRecord.open(self.path)
        record.close()
        with self.assertRaises(ValueError):
            record.add(id_number(1))

    def test_a_batch_is_known_by_where_it_goes_and_what_it_is(self) -> None:
        ids = {
            id_of(scope, body)
            for scope in (["a", "u", "apple"], ["b", "u", "apple"], ["a", "v", "apple"], ["a", "u", "oura"])
            for body in (b"1", b"2")
        }
        self.assertEqual(len(ids), 8)
