"""Attacks as functions that answer whether the attacker won, each with what takes its defence out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from maskgate.base.errors import MaskgateError

Patch = Callable[[pytest.MonkeyPatch], None]
Run = Callable[[], bool]


@dataclass(frozen=True)
class Attack:
    """``run`` answers whether the attacker got what they wanted; ``without`` takes the defence out."""

    run: Run
    without: tuple[Patch, ...]


class Book(dict[str, Attack]):
    """Attacks by the name of their function."""

    def attack(self, *without: Patch) -> Callable[[Run], Run]:
        """Register an attack by its function's name."""

        def register(run: Run) -> Run:
            self[run.__name__] = Attack(run, without)
            return run

        return register

    def must_fail(self, name: str) -> None:
        assert self[name].run() is False

    def must_succeed_without_its_defence(self, name: str, patch: pytest.MonkeyPatch) -> None:
        for take_out in self[name].without:
            take_out(patch)
        try:
            assert self[name].run() is True
        except MaskgateError as error:  # an attack answers, it does not raise
            pytest.fail(f"the attack ended in {type(error).__name__}")


def put(owner: Any, name: str, value: Any) -> Patch:
    return lambda patch: patch.setattr(owner, name, value)


def nothing(*_: Any, **__: Any) -> None:
    return None
