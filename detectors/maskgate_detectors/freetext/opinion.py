"""What of a general model's entities is believed: the packed model weighs them.

A newspaper model calls commands, headlines, products and firms persons and places, and many persons firms. The packed
model has seen such texts, knows a quarter of a million words by class and costs a tenth: it is asked how likely each
span is a name, whatever the general model called it. What the general model did not mark stays unmarked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from maskgate_detectors.freetext.entity import Entity
from maskgate_detectors.freetext.nerfilter import likely

_NAMES = ("PERSON", "LOCATION")
LEAST = 0.5  # of the spans that the packed model would not mark itself, eight in ten are things below it


def weighed(tagger: Any, texts: Sequence[str], candidates: Sequence[Sequence[Entity]]) -> list[list[Entity]]:
    """The candidates that ``tagger`` believes in, by its names and with its borders where it has any.

    A candidate that is neither PERSON nor LOCATION is one too where the tagger says so; other entities stay.
    """
    out: list[list[Entity]] = [[] for _ in texts]
    asked = [at for at, items in enumerate(candidates) if items]
    answers = tagger.weigh([texts[at] for at in asked], [[(c.start, c.end) for c in candidates[at]] for at in asked])
    for at, (own, shares) in zip(asked, answers, strict=True):
        for candidate, share in zip(candidates[at], shares, strict=True):
            marked = [e for e in own if e.label in _NAMES and e.start < candidate.end and e.end > candidate.start]
            if not marked:
                out[at] += _by_share(candidate, share)
            for e in marked:
                if likely(e.label, e.score, texts[at][e.start : e.end], tagger.classes):
                    out[at].append(candidate._replace(start=e.start, end=e.end, entity=e.label))
    return out


def _by_share(candidate: Entity, share: tuple[float, ...]) -> Iterator[Entity]:
    chance, entity = max(zip(share, _NAMES, strict=False))
    if chance >= LEAST:
        yield candidate._replace(entity=entity)
    elif candidate.entity not in (*_NAMES, ""):
        yield candidate
