"""Where in a YAML text the entries stand, so that an error can name the line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML

from maskgate.base.yaml_size import NOT_READ

Place = tuple[str, ...]


def lines_of(text: str) -> dict[Place, int]:
    """The line of every member and list entry, by its path; empty where the text is no YAML."""
    try:
        return dict(_walk(YAML(typ="safe", pure=True).compose(text), ()))
    except NOT_READ:
        return {}


def line_at(lines: dict[Place, int], place: Place) -> int | None:
    """The line of a path, or of the nearest entry around it."""
    return next((lines[place[:n]] for n in range(len(place), 0, -1) if place[:n] in lines), None)


def _walk(node: Any, at: Place) -> Iterator[tuple[Place, int]]:
    if type(node).__name__ == "MappingNode":
        for key, value in node.value:
            place = (*at, str(key.value))
            yield place, key.start_mark.line + 1
            yield from _walk(value, place)
    elif type(node).__name__ == "SequenceNode":
        for number, value in enumerate(node.value):
            place = (*at, str(number))
            yield place, value.start_mark.line + 1
            yield from _walk(value, place)
