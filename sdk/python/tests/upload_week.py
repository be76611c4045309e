"""Uploads a real week, as a program that may be killed: server, key, user, record and file as arguments."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta

from pulsewell import PulsewellClient, SampleInput, UploadRecord

CONCURRENCY = 3


def read_minutes(path: str) -> Iterator[SampleInput]:
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            start = datetime.fromisoformat(row["start"].replace("Z", "+00:00"))
            yield {
                "data_type": "steps",
                "device_name": "Fitbit",
                "start_date": start,
                "end_date": start + timedelta(minutes=1),
                "value": int(row["steps"]),
                "unit": "count",
            }


def main(url: str, key: str, user_id: str, record_path: str, path: str) -> None:
    with PulsewellClient(url, key) as client, UploadRecord.open(record_path) as record:
        client.samples.upload(
            read_minutes(path),
            user_id=user_id,
            provider="fitbit",
            batch_size=50,
            concurrency=CONCURRENCY,
            record=record,
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
