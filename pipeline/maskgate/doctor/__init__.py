"""Checks of a set-up: each says what is, whether that is good, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal, NamedTuple

from maskgate.base.config import Settings
from maskgate.base.errors import MaskgateError

Status = Literal["ok", "warn", "fail", "skip"]
ALL_ROLES = ("mask", "gate", "lineage", "watch", "console")


class Line(NamedTuple):
    """One finding of the doctor."""

    check: str
    status: Status
    text: str
    do: str = ""


class Scope(NamedTuple):
    """What is looked at: the settings, and the roles that run on this host."""

    settings: Settings
    roles: tuple[str, ...]


Check = Callable[[Scope], Iterator[Line]]


def run(scope: Scope, checks: Sequence[tuple[str, Check]]) -> Iterator[Line]:
    """Every line of every check; a check that breaks is a line, too."""
    for name, check in checks:
        try:
            yield from check(scope)
        except MaskgateError as error:
            if "AUTHORIZATION" in str(error) or "no right" in str(error):
                yield Line(
                    name, "skip", "this user has no right to look", "run doctor as an administrator of the broker"
                )
            else:
                yield Line(name, "fail", str(error))
        except Exception as error:
            yield Line(name, "fail", f"the check itself broke: {type(error).__name__}", "report this with --json")
