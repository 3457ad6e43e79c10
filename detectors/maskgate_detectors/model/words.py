"""Write lists of key names and context words compactly."""

from __future__ import annotations


def words(*lines: str) -> tuple[str, ...]:
    """The comma-separated entries of all lines, in order, each once."""
    return tuple(dict.fromkeys(entry.strip() for line in lines for entry in line.split(",") if entry.strip()))


# The value of a field whose key says that it is an official number: letters and digits in groups, at least six of them,
# one of them a digit; masked digits (*, X) count.
ID_VALUE = r"(?:\p{L}{1,8}[ ./-]?){0,2}[\d*X](?:[ ./()+-]{0,2}[\p{L}\d*]){5,29}\)?"

TYPE_WORDS = frozenset(  # what stands for a value in a signature, a schema or a help text
    "string number str int optional required boolean none null undefined any all".split()
)
