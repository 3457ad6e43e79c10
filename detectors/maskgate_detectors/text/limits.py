"""Every limit of detection and how it ends: in a finding of the whole leaf, or in an error that holds the record.

One table: the scanner reads its values here, the documentation prints it, and a test puts data behind each limit.
What bytes and the time budget bound anyway has no limit of its own.
"""

from __future__ import annotations

from typing import NamedTuple

from maskgate_detectors.model.config import EngineConfig

UNREADABLE = "UNREADABLE"  # the kind of a leaf that was not read to its end


class Limit(NamedTuple):
    """A limit: its name in findings (``limit-<name>``) or the setting that holds it, and the end of what is behind."""

    name: str
    value: float
    unit: str
    ends: str  # UNREADABLE or a code of ``Scan.error``


_CONFIG = EngineConfig()

DEPTH = Limit("depth", 16, "encodings inside each other", UNREADABLE)
TEXT = Limit("text", 4 << 20, "characters of all texts that one leaf unpacks to, beside four times its own", UNREADABLE)
NESTED_DEPTH = Limit("nested-depth", 200, "levels of JSON inside a string", UNREADABLE)
NESTED_NODES = Limit("nested-nodes", 100_000, "values of JSON inside a string", UNREADABLE)
PAIR_VALUE = Limit(
    "pair-value", 8192, "characters between the quotes of a value that the key before it decides", UNREADABLE
)
NEEDLES = Limit("needles", 5_000, "values of a record that are looked for in the rest of it", "too_many_twins")
TWINS = Limit("twins", 20_000, "places of a record at which such values stand again", "too_many_twins")
LIMITS = (
    DEPTH,
    TEXT,
    NESTED_DEPTH,
    NESTED_NODES,
    PAIR_VALUE,
    Limit("max_record_bytes", _CONFIG.max_record_bytes, "bytes of a record", "too_large"),
    Limit("max_depth", _CONFIG.max_depth, "levels of a record", "too_deep"),
    Limit("max_nodes", _CONFIG.max_nodes, "values of a record", "too_many_nodes"),
    NEEDLES,
    TWINS,
    Limit(
        "time_budget_max_s", _CONFIG.time_budget_max_s, "seconds of computing for the rules of one record", "timeout"
    ),
)


def table() -> str:
    """The limits as a table in Markdown."""
    rows = ["| limit | value | of what | what lies behind it |", "| --- | --- | --- | --- |"]
    for limit in LIMITS:
        ends = (
            f"the whole leaf is a finding `{UNREADABLE}`"
            if limit.ends == UNREADABLE
            else f"the record is held: `{limit.ends}`"
        )
        rows.append(f"| `{limit.name}` | {limit.value:,} | {limit.unit} | {ends} |")
    return "\n".join(rows)
