"""The change feed: every event, in an order that never changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .paging import CursorPage, Listing
from .schema import Change, ChangePage
from .transport import Transport


class ChangeFeed(Listing[Change]):
    """Goes through what there is, and ends. `cursor` is where to go on: store it, and read on from it later.

    It moves on once all of a page has been gone through. Going on from it after a crash may repeat a page's changes,
    and misses none. Going through the feed again goes on at `cursor`, and gives what came meanwhile.
    """

    def __init__(self, transport: Transport, cursor: str | None, query: Mapping[str, object]) -> None:
        self._transport = transport
        self._query = query
        self.cursor = cursor

    def pages(self) -> Iterator[CursorPage[Change]]:
        while True:
            answer: ChangePage = self._transport.get("/changes", {**self._query, "cursor": self.cursor})
            yield CursorPage(answer["data"], answer["next_cursor"] if answer["has_more"] else None)
            self.cursor = answer["next_cursor"]
            if not answer["has_more"]:
                return


class Changes:
    """`client.changes`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def read(
        self,
        cursor: str | None = None,
        *,
        user_id: str | None = None,
        type: str | None = None,
        limit: int | None = None,
    ) -> ChangeFeed:
        """Every event after `cursor`, from the oldest kept without one. `limit` is the size of a page.

        `type` is an event's, such as `devices.health-data`.
        """
        return ChangeFeed(self._transport, cursor, {"userId": user_id, "type": type, "limit": limit})
