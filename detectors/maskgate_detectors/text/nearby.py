"""Words that a rule wants near what its pattern fits: in the key, before it, or behind it."""

from __future__ import annotations

import re

from maskgate_detectors.fields.context import KeyInfo
from maskgate_detectors.model.rule import Rule
from maskgate_detectors.model.words import normalise


def context_in_path(rule: Rule, info: KeyInfo) -> bool:
    """The key asks for the rule, or (for a rule with triggers) a context word of it stands in the path."""
    known = info.context.get(rule.id)
    if known is None:
        known = any(rule.id == asked.id for asked in info.asked) or (
            bool(rule.triggers) and not info.veto and any(f" {normalise(word)} " in info.words for word in rule.context)
        )
        info.context[rule.id] = known
    return known


def context_before(rule: Rule, text: str, start: int) -> str | None:
    """The context word of the rule that stands as a whole word within 60 characters before ``start``."""
    window = text[max(0, start - 60) : start].lower()
    for word in rule.context:
        at = window.rfind(word)
        while at >= 0:
            end = at + len(word)
            first = at == 0 or not window[at - 1].isalnum() or word[0] >= _NO_BLANKS
            if first and (end == len(window) or not window[end].isalnum() or word[-1] >= _NO_BLANKS):
                return word
            at = window.rfind(word, 0, end - 1)
    return None


_NO_BLANKS = "\u0e00"  # from here on scripts have no blanks between words, or endings behind them
_BEHIND = 64  # characters
_TO_WORD = re.compile(r"[\]\)\"'»” ]{0,3}(?:[^\W\d_]{1,12}[ '’]{1,2}){1,5}|[は이가은는 ]{1,2}")


def context_after(rule: Rule, text: str, end: int) -> str | None:
    """The context word of the rule that says behind ``end`` what stands before it: ``… is my hetu``.

    Up to five short words of the same sentence may stand between, and no number follows that the word could be of.
    """
    window = text[end : end + _BEHIND].lower()
    if not window or window[0] not in " )]\"'»”は이가은는":
        return None
    for word in rule.context:
        at = window.find(word)
        if at <= 0 or not _TO_WORD.fullmatch(window, 0, at):
            continue
        rest = text[end + at + len(word) : end + at + len(word) + 24]
        whole = word[-1] >= _NO_BLANKS or not rest[:1].isalnum()
        if whole and not _NEXT_NUMBER.match(rest):
            return word
    return None


_NEXT_NUMBER = re.compile(r"[^\d.;,]{0,16}\d|\s?[:=#]")
