"""Globs over names and paths."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maskgate.policy.globs import PathIndex, matches

PART = st.sampled_from(["a", "b", "ab", "0", "*", "**", "a*", "*b", "a*b"])


def plain(glob: str, path: str) -> bool:
    """The meaning of a path glob, as a regular expression."""

    def one(part: str) -> str:
        return "(/[^/]*)*" if part == "**" else "/" + "[^/]*".join(map(re.escape, part.split("*")))

    return re.fullmatch("".join(map(one, glob.split("/")[1:])), path) is not None


@given(st.lists(PART, max_size=4), st.lists(st.sampled_from(["a", "b", "ab", "aab", "0", ""]), max_size=5))
def test_paths_match_as_their_regular_expressions_do(glob_parts: list[str], path_parts: list[str]) -> None:
    """The index finds a glob exactly where its regular expression matches."""
    glob, path = "".join("/" + p for p in glob_parts), "".join("/" + p for p in path_parts)
    assert (PathIndex([(1, glob)]).find(path) == {1}) == plain(glob, path)


def test_many_globs_are_found_together() -> None:
    """The numbers of all globs that fit are found."""
    index = PathIndex([(1, "/a/**"), (2, "/a/*/c"), (3, "/**/c"), (4, "/x"), (5, "#header/user"), (6, "#key/**")])
    assert index.find("/a/b/c") == {1, 2, 3}
    assert index.find("/x") == {4}
    assert index.find("#header/user") == {5}
    assert index.find("#key/a/b") == {6}
    assert index.find("#key") == {6}
    assert index.find("") == set()


@given(st.text("ab*", max_size=6), st.text("ab", max_size=8))
def test_names_match_as_their_regular_expressions_do(glob: str, text: str) -> None:
    """A star stands for any characters, everything else for itself."""
    assert matches(glob, text) == (re.fullmatch(".*".join(map(re.escape, glob.split("*"))), text) is not None)


@pytest.mark.parametrize("glob", ["/" + "**/" * 30 + "x", "/" + "*a" * 30])
def test_hostile_paths_take_no_time(glob: str) -> None:
    """Many wildcards against a long path stay quick."""
    index = PathIndex([(1, glob)])
    started = time.process_time()
    index.find("/a" * 2000)
    matches("*a" * 30 + "b", "a" * 20_000)
    assert time.process_time() - started < 1.0
