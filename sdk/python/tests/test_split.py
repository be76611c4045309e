from __future__ import annotations

import json
import random
import unittest
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

from pulsewell.upload.split import BadSample, Batch, split


def numbered(types: list[str]) -> list[dict[str, object]]:
    return [{"data_type": data_type, "value": index} for index, data_type in enumerate(types)]


class SplitTest(unittest.TestCase):
    def test_every_sample_is_in_one_batch_of_its_type_within_bounds(self) -> None:
        for seed in range(200):
            draw = random.Random(seed)
            kinds = draw.sample(["steps", "bpm", "weight", "sleep", "spo2"], draw.randint(1, 5))
            weights = [draw.choice([1, 5, 200]) for _ in kinds]
            types = draw.choices(kinds, weights, k=draw.choice([0, 1, 2, 3, 4, 7, 100, 999, 1003, 2500]))
            size = draw.choice([5, 6, 7, 10, 100, 1000])
            with self.subTest(seed=seed, size=size, count=len(types)):
                self._check(types, size, list(split(numbered(types), size)))

    def _check(self, types: list[str], size: int, batches: list[Batch]) -> None:
        totals = Counter(types)
        indices = [index for batch in batches for index in batch.indices]
        self.assertEqual(sorted(indices), list(range(len(types))))
        for batch in batches:
            body = json.loads(batch.body)
            self.assertEqual([one["value"] for one in body["data"]], batch.indices)
            self.assertEqual({types[index] for index in batch.indices}, {body["data_type"]})
            self.assertNotIn("data_type", body["data"][0])
            self.assertLessEqual(len(batch.indices), size)
            self.assertGreaterEqual(len(batch.indices), min(3, totals[batch.data_type]))
        for data_type, total in totals.items():
            # No more requests than needed.
            count = sum(batch.data_type == data_type for batch in batches)
            self.assertEqual(count, -(-total // size))

    def test_small_batches_stay_within_their_size(self) -> None:
        for size in (3, 4):
            for count in range(1, 30):
                lengths = [len(batch.indices) for batch in split(numbered(["steps"] * count), size)]
                self.assertEqual(sum(lengths), count)
                self.assertLessEqual(max(lengths), size)

    def test_takes_no_more_of_its_source_than_it_needs(self) -> None:
        taken = 0

        def endless() -> Iterator[dict[str, object]]:
            nonlocal taken
            while True:
                taken += 1
                yield {"data_type": "steps", "value": taken}

        batches = split(endless(), 100)
        for number in range(1, 50):
            next(batches)
            self.assertEqual(taken, 100 * number + 3)

    def test_the_same_sample_is_the_same_bytes(self) -> None:
        one, other = {"data_type": "steps", "a": 1, "b": "ü"}, {"b": "ü", "a": 1, "data_type": "steps"}
        self.assertEqual(next(split([one], 5)).body, next(split([other], 5)).body)

    def test_instants_are_written_with_their_zone(self) -> None:
        zone = timezone(timedelta(hours=4))
        sample = {"data_type": "steps", "start_date": datetime(2024, 5, 1, 8, tzinfo=zone)}
        body = json.loads(next(split([sample], 5)).body)
        self.assertEqual(body["data"][0]["start_date"], "2024-05-01T08:00:00+04:00")

    def test_what_cannot_be_sent_is_named_by_its_place(self) -> None:
        bad: list[Any] = [
            {"value": 1},
            {"data_type": 5},
            "steps",
            {"data_type": "steps", "value": float("nan")},
            {"data_type": "steps", "start_date": datetime(2024, 5, 1)},
            {"data_type": "steps", "value": object()},
        ]
        for sample in bad:
            with self.subTest(sample=sample), self.assertRaises(BadSample) as caught:
                list(split([*numbered(["steps", "steps"]), sample], 5))
            self.assertEqual(caught.exception.index, 2)
