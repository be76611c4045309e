"""Samples of any types, in any number, as batches that the server takes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypedDict

from ..transport import json_default

FEWEST = 3
MOST = 1000


class _SampleInput(TypedDict):
    data_type: str
    device_name: str
    start_date: str | datetime


class SampleInput(_SampleInput, total=False):
    """A sample as the server takes it, and its type: `value` and `unit`, or of sleep and workouts a `kind`."""

    end_date: str | datetime
    value: float
    unit: str
    kind: str
    device_version: str
    device_type: Literal["watch", "band", "ring", "phone", "other"]


@dataclass(frozen=True)
class Batch:
    """Samples of one type as JSON, and the place of each in the input."""

    data_type: str
    samples: list[bytes]
    indices: list[int]

    @property
    def body(self) -> bytes:
        return b'{"data_type":%s,"data":[%s]}' % (json.dumps(self.data_type).encode(), b",".join(self.samples))


class BadSample(ValueError):
    """A sample that cannot be sent; `index` is its place in the input."""

    def __init__(self, index: int, reason: str) -> None:
        super().__init__(f"Sample {index} {reason}.")
        self.index = index
        self.reason = reason


# Sorted, so that the same sample is the same bytes, which the record of an upload goes by.
_encoder = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"), default=json_default
)


def split(samples: Iterable[Mapping[str, object]], batch_size: int) -> Iterator[Batch]:
    """Batches of one type each, in the order in which they fill up; what is left of each type comes at the end.

    Holds at most `batch_size` + 2 samples of a type. No batch has more than `batch_size`; with one of 5 or more, none
    has fewer than 3, unless there are fewer of the type. Raises BadSample.
    """
    waiting: dict[str, Batch] = {}
    for index, sample in enumerate(samples):
        data_type, encoded = _encode(index, sample)
        batch = waiting.setdefault(data_type, Batch(data_type, [], []))
        batch.samples.append(encoded)
        batch.indices.append(index)
        # Only once enough for another batch has come after it.
        if len(batch.samples) == batch_size + FEWEST:
            full, waiting[data_type] = _cut(batch, batch_size)
            yield full
    for batch in waiting.values():
        if len(batch.samples) > batch_size:
            yield from _cut(batch, (len(batch.samples) + 1) // 2)
        else:
            yield batch


def _encode(index: int, sample: Mapping[str, object]) -> tuple[str, bytes]:
    if not isinstance(sample, Mapping):
        raise BadSample(index, "is no mapping")
    data_type = sample.get("data_type")
    if not isinstance(data_type, str):
        raise BadSample(index, "has no data_type")
    members = {name: value for name, value in sample.items() if name != "data_type"}
    try:
        return data_type, _encoder.encode(members).encode()
    except (TypeError, ValueError) as error:
        raise BadSample(index, f"cannot be written as JSON: {error}") from error


def _cut(batch: Batch, size: int) -> tuple[Batch, Batch]:
    kind, samples, indices = batch.data_type, batch.samples, batch.indices
    return Batch(kind, samples[:size], indices[:size]), Batch(kind, samples[size:], indices[size:])
