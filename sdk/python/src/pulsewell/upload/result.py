"""What became of an upload."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..errors import PulsewellError
from ..schema import IngestResult
from .split import Batch

# What is kept of rejected samples, so that an upload of any size takes the same memory.
REJECTED_KEPT = 1000


@dataclass(frozen=True)
class RejectedSample:
    """`index` is the sample's place in the input, from 0."""

    index: int
    field: str
    reason: str


@dataclass
class UploadResult:
    """Counts of samples, and of batches where it says so."""

    samples: int = 0
    """In batches that were acknowledged, in this upload or before it."""
    batches: int = 0
    """Acknowledged in this upload."""
    skipped: int = 0
    """Batches that the record has as acknowledged before: not sent."""
    failed: int = 0
    """Batches that were refused or had no answer. What has no answer may be stored all the same."""
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected_count: int = 0
    """With `lenient`: samples that were refused, while the others of their batch were stored."""
    rejected: list[RejectedSample] = field(default_factory=list)
    """The first 1,000 of them."""

    def count(self, batch: Batch, answer: IngestResult | None) -> None:
        """Adds an acknowledged batch; without an answer, one that was skipped."""
        self.samples += len(batch.samples)
        if answer is None:
            self.skipped += 1
            return
        self.batches += 1
        self.inserted += answer["inserted"]
        self.updated += answer["updated"]
        self.unchanged += answer["unchanged"]
        rejected = rejected_of(batch, answer["rejected"])
        # A sample is listed once for each rule that it breaks.
        self.rejected_count += len({one.index for one in rejected})
        self.rejected += rejected[: REJECTED_KEPT - len(self.rejected)]


class UploadError(PulsewellError):
    """An upload that ended before its end; `__cause__` is why. What was under way has been waited for.

    `result` says what was done until then; `index` is the place in the input of the sample that it failed on, where it
    was one, and `rejected` has all that was said of samples.
    """

    def __init__(self, cause: Exception, result: UploadResult, rejected: list[RejectedSample]) -> None:
        done = f"{result.batches} batches were acknowledged, {result.skipped} skipped, {result.failed} failed"
        super().__init__(f"The upload failed: {_reason(cause, rejected)}; {done}.", code="UPLOAD_FAILED")
        self.result = result
        self.rejected = rejected
        self.index = rejected[0].index if rejected else None
        if isinstance(cause, PulsewellError):
            self.status, self.code, self.details = cause.status, cause.code, cause.details
            self.request_id, self.retry_after = cause.request_id, cause.retry_after


def rejected_of(batch: Batch, details: Any) -> list[RejectedSample]:
    """What the server said of samples, by their place in the input."""
    if not isinstance(details, list):
        return []
    return [
        RejectedSample(batch.indices[one["index"]], str(one["field"]), str(one["reason"]))
        for one in details
        if isinstance(one, dict) and isinstance(one.get("index"), int) and one["index"] < len(batch.indices)
    ]


def _reason(cause: Exception, rejected: list[RejectedSample]) -> str:
    if not rejected:
        return getattr(cause, "message", None) or str(cause) or type(cause).__name__
    first = rejected[0]
    others = f", and {len(rejected) - 1} more" if len(rejected) > 1 else ""
    return f"sample {first.index}: {first.field} {first.reason}{others}"
