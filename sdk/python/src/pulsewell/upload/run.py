"""Sending batches in parallel, no more at once than asked for, and stopping in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace

from ..errors import PulsewellError
from ..schema import IngestResult
from .record import UploadRecord, id_of
from .result import RejectedSample, UploadError, UploadResult, rejected_of
from .split import BadSample, Batch

_Pending = dict["Future[IngestResult | None]", Batch]


class Upload:
    """One upload, run once. `send` takes a batch's JSON and returns once it is stored; it is called by several threads.

    `scope` is where the batches go: those that went elsewhere are others to the record.
    """

    def __init__(
        self,
        send: Callable[[bytes], IngestResult],
        *,
        concurrency: int,
        scope: Sequence[object],
        record: UploadRecord | None,
        on_progress: Callable[[UploadResult], None] | None,
    ) -> None:
        self._send = send
        self._concurrency = concurrency
        self._scope = scope
        self._record = record
        self._on_progress = on_progress
        self._result = UploadResult()

    def run(self, batches: Iterator[Batch]) -> UploadResult:
        """Raises UploadError, once nothing is under way any more."""
        pending: _Pending = {}
        with ThreadPoolExecutor(self._concurrency, thread_name_prefix="pulsewell-upload") as threads:
            try:
                for batch in batches:
                    self._settle(pending, self._concurrency - 1)
                    pending[threads.submit(self._send_new, batch)] = batch
                self._settle(pending, 0)
            except Exception as error:
                self._drain(pending)
                cause = error.error if isinstance(error, _BatchFailed) else error
                raise UploadError(cause, self._result, _rejected_by(error)) from cause
        return self._result

    def _send_new(self, batch: Batch) -> IngestResult | None:
        """In a thread: recorded as soon as it is acknowledged, whatever others wait for. None where it was skipped."""
        body = batch.body
        if self._record is None:
            return self._send(body)
        id = id_of(self._scope, body)
        if id in self._record:
            return None
        answer = self._send(body)
        self._record.add(id)
        return answer

    def _settle(self, pending: _Pending, most: int) -> None:
        """Counts what is done, and waits until no more than this are under way. Raises _BatchFailed."""
        while pending:
            timeout = None if len(pending) > most else 0
            done, _ = wait(pending, timeout, FIRST_COMPLETED)
            if not done:
                return
            for future in done:
                self._count(pending.pop(future), future)
                if self._on_progress is not None:
                    self._on_progress(replace(self._result, rejected=[*self._result.rejected]))

    def _drain(self, pending: _Pending) -> None:
        """Waits for what is under way, and counts it; the first failure is the one that is told."""
        for future, batch in pending.items():
            try:
                self._count(batch, future)
            except _BatchFailed:
                pass

    def _count(self, batch: Batch, future: Future[IngestResult | None]) -> None:
        try:
            answer = future.result()
        except Exception as error:
            self._result.failed += 1
            raise _BatchFailed(batch, error) from error
        self._result.count(batch, answer)


class _BatchFailed(Exception):
    def __init__(self, batch: Batch, error: Exception) -> None:
        super().__init__(str(error))
        self.batch = batch
        self.error = error


def _rejected_by(error: Exception) -> list[RejectedSample]:
    if isinstance(error, BadSample):
        return [RejectedSample(error.index, "sample", error.reason)]
    if isinstance(error, _BatchFailed) and isinstance(error.error, PulsewellError):
        return rejected_of(error.batch, error.error.details)
    return []
