"""Texts written by hand for development, in no template's words: what stands between ⟦ and ⟧ is labelled."""

from __future__ import annotations

import re
from pathlib import Path

from training.generate import Example

_MARK = re.compile(r"⟦([PL]):(.*?)⟧")
_LABELS = {"P": "PERSON", "L": "LOCATION"}


def examples() -> list[Example]:
    """Return the texts with their spans. In ``⟦P:Mrs Day|P:Day⟧`` only the part after the bar is labelled."""
    out = []
    for line in (Path(__file__).parent / "texts.txt").read_text().splitlines():
        text, spans, at = "", [], 0
        source = line.replace("\\n", "\n")
        for mark in _MARK.finditer(source):
            text += source[at : mark.start()]
            whole, _, core = mark[2].partition("|P:")
            core = core or whole
            start = len(text) + whole.index(core)
            text += whole
            spans.append((start, start + len(core), _LABELS[mark[1]]))
            at = mark.end()
        out.append(Example(text + source[at:], spans, "probe"))
    return out
