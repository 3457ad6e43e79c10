"""How large a YAML document gets when its aliases are written out: ten lines can stand for more than any memory."""

from __future__ import annotations

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

MAX_NODES = 200_000
NOT_READ = (YAMLError, ValueError, OverflowError, RecursionError)
"""What reading YAML raises: beside its own errors those of bytes, dates and numbers, and of what is too deep."""


def problem_of(error: BaseException) -> str:
    """What is wrong with a document that could not be read, without any of its text."""
    if isinstance(error, RecursionError):
        return "nested too deeply, or an alias stands inside of what it names"
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8"
    if not isinstance(error, YAMLError):
        return "a date or number that cannot be"
    return getattr(error, "problem", None) or "cannot be read"


def is_bomb(text: str) -> bool:
    """Whether a document stands for more values than a file of ours can need. Text that is no YAML is none."""
    if "*" not in text or "&" not in text:
        return False
    sizes: dict[str, int] = {}
    open_: list[tuple[str | None, int]] = [(None, 0)]
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            name, anchor = type(event).__name__, getattr(event, "anchor", None)
            if name in ("SequenceStartEvent", "MappingStartEvent"):
                open_.append((anchor, 1))
                continue
            if name in ("SequenceEndEvent", "MappingEndEvent"):
                anchor, size = open_.pop()
            elif name == "AliasEvent":
                size, anchor = sizes.get(str(anchor), 1), None
            elif name == "ScalarEvent":
                size = 1
            else:
                continue
            if anchor:
                sizes[anchor] = size
            outer, so_far = open_[-1]
            open_[-1] = (outer, so_far + size)
            if so_far + size > MAX_NODES:
                return True
    except NOT_READ:
        return False
    return False
