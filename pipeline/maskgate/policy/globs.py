"""Globs over paths, all of them matched at once in linear time whatever the input is."""

from __future__ import annotations

from collections.abc import Iterable

from maskgate.base.globs import matches


class _State:
    """A place in the tree of all path globs."""

    __slots__ = ("anywhere", "ends", "floats", "globs", "literal")

    def __init__(self, floats: bool = False) -> None:
        self.floats = floats  # reached by a ``**``: it may eat any further part and stay here
        self.literal: dict[str, _State] = {}
        self.globs: dict[str, _State] = {}
        self.anywhere: _State | None = None  # what follows a ``**``
        self.ends: list[int] = []


class PathIndex:
    """Many path globs at once: which of them fit a path.

    A glob is a JSON Pointer in which a part may hold ``*`` (any characters of that part) and ``**`` stands for any
    number of parts. The time depends on the path's depth and on the wildcards, not on the number of globs.
    """

    def __init__(self, globs: Iterable[tuple[int, str]]) -> None:
        self._root = _State()
        for number, glob in globs:
            state = self._root
            for part in _parts(glob):
                if part == "**":
                    state.anywhere = state.anywhere or _State(floats=True)
                    state = state.anywhere
                elif "*" in part:
                    state = state.globs.setdefault(part, _State())
                else:
                    state = state.literal.setdefault(part, _State())
            state.ends.append(number)

    def find(self, path: str) -> set[int]:
        """Numbers of the globs that fit."""
        states = _closure([self._root])
        for part in _parts(path):
            following = [state for state in states if state.floats]
            for state in states:
                after = state.literal.get(part)
                if after is not None:
                    following.append(after)
                following.extend(s for glob, s in state.globs.items() if matches(glob, part))
            states = _closure(following)
            if not states:
                break
        return {number for state in states for number in state.ends}


def _parts(path: str) -> list[str]:
    return (path[1:] if path.startswith("/") else path).split("/") if path else []


def _closure(states: list[_State]) -> list[_State]:
    """The states and what ``**`` reaches without eating a part."""
    out: dict[int, _State] = {}
    stack = list(states)
    while stack:
        state = stack.pop()
        if id(state) not in out:
            out[id(state)] = state
            if state.anywhere is not None:
                stack.append(state.anywhere)
    return list(out.values())
