"""Gates for the tests."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "fakes"))

from gate_run import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A gate that runs."""
    made = World(tmp_path)
    yield made
    made.stop()


@pytest.fixture
def make_world(tmp_path: Path) -> Iterator[Callable[..., World]]:
    """Worlds with options of the gate."""
    made: list[World] = []

    def make(**options: Any) -> World:
        made.append(World(tmp_path, **options))
        return made[-1]

    yield make
    for one in made:
        one.stop()
