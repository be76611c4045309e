"""When a request is sent again, and how long is waited before."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime


@dataclass(frozen=True)
class RetryPolicy:
    """`attempts` counts the first; waits are in seconds: `base`, doubled each time, up to `longest`.

    A `Retry-After` of more than `patience` is not waited for: the error is raised at once.
    """

    attempts: int = 5
    base: float = 0.5
    longest: float = 20.0
    patience: float = 90.0

    def __post_init__(self) -> None:
        if self.attempts < 1 or self.base < 0 or self.longest < 0 or self.patience < 0:
            raise ValueError("a RetryPolicy has at least one attempt, and no negative wait")

    def wait_before(self, attempt: int, retry_after: float | None) -> float | None:
        """Seconds to wait before this attempt, the second being 2; None where it is not made."""
        if attempt > self.attempts or (retry_after is not None and retry_after > self.patience):
            return None
        # Jitter, so that clients that failed together do not come back together.
        backoff = min(self.longest, self.base * 2.0 ** (attempt - 2)) * random.uniform(0.5, 1)
        # On top of what was asked for: all who were refused at once were told the same moment.
        return backoff if retry_after is None else retry_after + min(backoff, 0.1 * retry_after)


def is_worth_repeating(status: int, retry_after: float | None, *, is_repeatable: bool, has_key: bool) -> bool:
    """Whether an answer is one to ask again after.

    429 says that nothing was done, so everything may be sent again. After a 5xx only what does no harm when it is done
    twice. A 409 with Retry-After says that the request with this Idempotency-Key is still under way.
    """
    if status == 429:
        return True
    if status == 409:
        return has_key and retry_after is not None
    return is_repeatable and status >= 500 and status != 501


def read_retry_after(value: str | None, now: datetime | None = None) -> float | None:
    """Seconds that a `Retry-After` header asks for: a number of them, or a date. None where it is neither."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        date = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=timezone.utc)
    return max(0.0, (date - (now or datetime.now(timezone.utc))).total_seconds())
