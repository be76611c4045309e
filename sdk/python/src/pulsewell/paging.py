"""Lists that are read page by page, while one goes through them."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from .schema import Pagination
from .transport import Transport

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

# The largest that the server gives: a walk through all takes the fewest requests.
_LARGEST = 100


class HasData(Protocol[T_co]):
    """What a page has at least."""

    @property
    def data(self) -> Sequence[T_co]: ...


class Listing(ABC, Generic[T]):
    """Goes through the elements of all pages, with `for` or `async for`; a page is asked for when its turn comes.

    Each walk begins anew. With `async for`, requests are made in a thread, and the event loop goes on.
    """

    @abstractmethod
    def pages(self) -> Iterator[HasData[T]]:
        """One page after the other. Raises PulsewellError where a page cannot be had."""

    def __iter__(self) -> Iterator[T]:
        for page in self.pages():
            yield from page.data

    async def __aiter__(self) -> AsyncIterator[T]:
        pages = self.pages()
        while (page := await asyncio.to_thread(lambda: next(pages, None))) is not None:
            for element in page.data:
                yield element


@dataclass(frozen=True)
class Page(Generic[T]):
    """`pagination` has `page`, `per_page`, `total`, `total_pages`, `has_next` and `has_prev`."""

    data: list[T]
    pagination: Pagination


class Pager(Listing[T]):
    """A list of the house API. Nothing is asked until it is gone through, or `data` or `pagination` is read.

    `data` and `pagination` are of the page that was asked for, the first unless `page` said otherwise. Going through it
    gives that page's elements and those of all pages after it, 100 a request unless `page` or `per_page` was given.
    Pages are by number: of what is added or removed meanwhile, something may be missed or come twice.
    """

    def __init__(self, transport: Transport, path: str, query: Mapping[str, object]) -> None:
        self._transport = transport
        self._path = path
        self._query = query
        self._first: Page[T] | None = None

    @property
    def data(self) -> list[T]:
        """The elements of one page."""
        return self._page().data

    @property
    def pagination(self) -> Pagination:
        """Where in the list the page is, and how long the list is."""
        return self._page().pagination

    def pages(self) -> Iterator[Page[T]]:
        sizes = {} if self._query.get("page") or self._query.get("per_page") else {"per_page": _LARGEST}
        page: Page[T] = self._ask(sizes)
        yield page
        while page.pagination["has_next"]:
            page = self._ask({**sizes, "page": page.pagination["page"] + 1})
            yield page

    def _page(self) -> Page[T]:
        if self._first is None:
            self._first = self._ask({})
        return self._first

    def _ask(self, more: Mapping[str, object]) -> Page[T]:
        answer = self._transport.get(self._path, {**self._query, **more})
        return Page(answer["data"], answer["pagination"])


@dataclass(frozen=True)
class CursorPage(Generic[T]):
    """`next_cursor` is where the next page begins, None after the last."""

    data: list[T]
    next_cursor: str | None


class CursorPager(Listing[T]):
    """A list that is read with a cursor: stable, whatever is added meanwhile."""

    def __init__(self, transport: Transport, path: str, query: Mapping[str, object]) -> None:
        self._transport = transport
        self._path = path
        self._query = query

    def pages(self) -> Iterator[CursorPage[T]]:
        query = self._query
        while True:
            answer = self._transport.get(self._path, query)
            page: CursorPage[T] = CursorPage(answer["data"], answer["next_cursor"])
            yield page
            if page.next_cursor is None:
                return
            query = {**self._query, "cursor": page.next_cursor}
