"""Telling a member that is left out from one that is set to null."""

from __future__ import annotations

from enum import Enum
from typing import Final


class NotGiven(Enum):
    """The type of `NOT_GIVEN`."""

    NOT_GIVEN = "NOT_GIVEN"

    def __repr__(self) -> str:
        return "NOT_GIVEN"


# What is left as it is, where None would clear it.
NOT_GIVEN: Final = NotGiven.NOT_GIVEN


def given(**members: object) -> dict[str, object]:
    """The members that were given, None among them."""
    return {name: value for name, value in members.items() if value is not NOT_GIVEN}


def present(**members: object) -> dict[str, object]:
    """The members that are not None: for those that have no null."""
    return {name: value for name, value in members.items() if value is not None}
