"""Values that are split over several fields: an operator sees the whole value, each field gets its part of the result.

A part alone says little and can be tried out: four digits of a card have ten thousand values. So nothing that is kept,
hashed, encrypted or drawn comes from a part by itself, and `partial` keeps the ends of the whole value only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from maskgate.masking.bound import Bound
from maskgate.masking.layers import OPAQUE
from maskgate.operators.keyed import CannotMask
from maskgate_detectors import Finding
from maskgate_detectors.fields.parts import MOST_PARTS, NAME_PART, filled, is_part, place_in_subject

_SURNAME = 2  # the place of a surname in a name
_GIVEN = "A"  # stands before a surname that is alone
_DAY = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")
_DATES = frozenset(("generalize", "date_shift", "pseudonym"))
_NO_DIGITS = frozenset(("fpe", "generalize", "date_shift"))


@dataclass(frozen=True, slots=True)
class Part:
    """One part with the value that it is of."""

    texts: tuple[str, ...]  # of all parts in their order, as they stand in the record
    index: int
    kind: str  # "name", "surname" (alone), "email", "date", or "": the parts stand one behind the other
    whole: str  # the value as one field would have it
    end: int  # of the part in it

    @property
    def text(self) -> str:
        """The part itself."""
        return self.texts[self.index]

    def mask(self, bound: Bound, subject: str) -> str:
        """What stands in place of the part, if it is a text.

        Raises:
            CannotMask: the operator's result has no parts.
        """
        if self.kind == "surname":
            return self._surname(bound, subject)
        if self.kind == "many" and bound.action.parts != "each":
            raise CannotMask("more parts than one value has")
        if bound.action.parts == "whole":
            return bound.mask(self.whole, subject)
        if bound.action.parts == "cut":
            return self._cut(bound.mask(self.whole, subject))
        return bound.mask(self.text, subject) if bound.tied is None else bound.tied(self.text, self.whole)

    def number(self, bound: Bound, subject: str) -> str:
        """What stands in place of the part, if it is a JSON number."""
        action = bound.action
        if action.parts == "each":
            return bound.number(self.text, subject)
        if not action.keep_type:
            return json.dumps(self.mask(bound, subject), ensure_ascii=False)
        if self.kind == "date" and action.name in _DATES:
            return str(int(self._cut(bound.mask(self.whole, subject))))
        if self.kind == "many" or action.name in _NO_DIGITS or not (self.text.isascii() and self.text.isdigit()):
            raise CannotMask("the result has no parts that are numbers")
        # Digits drawn for the whole value: those of a part alone could be looked up after ten thousand tries.
        digits = [at for at, char in enumerate(self.whole) if char.isascii() and char.isdigit()]
        drawn = bound.number("1" + "".join(self.whole[at] for at in digits), subject)
        end = 1 + sum(at < self.end for at in digits)
        own = drawn[end - len(self.text) : end]
        return own if own[0] != "0" or len(own) == 1 else "1" + own[1:]

    def _cut(self, masked: str) -> str:
        if self.kind == "name":
            return self._name(masked)
        if self.kind == "email":
            local, at, domain = masked.rpartition("@")
            if not at:
                raise CannotMask("the result is no address")
            return (local, "@" * self.text.startswith("@") + domain)[self.index]
        match = _DAY.fullmatch(masked) if self.kind == "date" else None
        if match is None and len(masked) != len(self.whole):
            raise CannotMask("the result has no parts of the same lengths")
        own = masked[self.end - len(self.text) : self.end] if match is None else match[self.index + 1]
        if own is None:
            raise CannotMask("nothing is left of this part")
        return str(int(own)) if match is not None and len(self.text) == 1 else own

    def _surname(self, bound: Bound, subject: str) -> str:
        """A stand-in is the surname of a name of two words; what else is done is done to the surname."""
        if bound.action.name != "pseudonym":
            return bound.mask(self.whole, subject)
        name = bound.mask(f"{_GIVEN} {self.whole}", subject).split()[-1]
        like = self.text
        return name.upper() if like.isupper() and len(like) > 1 else name.lower() if like.islower() else name

    def _name(self, masked: str) -> str:
        """The words of a name, at least one for each part; the first part takes what is over."""
        words = masked.split()
        if len(words) < len(self.texts):
            raise CannotMask("fewer words than parts")
        own = [1] * len(self.texts)
        left = len(words) - len(own)
        for at, text in enumerate(self.texts):
            more = min(left, len(text.split()) - 1) if at < len(own) - 1 else left
            own[at] += more
            left -= more
        start = sum(own[: self.index])
        name = " ".join(words[start : start + own[self.index]])
        like = self.text
        return name.upper() if like.isupper() and len(like) > 1 else name.lower() if like.islower() else name


def parts_of(findings: Sequence[Finding], text_of: Callable[[Finding], str]) -> dict[tuple[int, int], Part]:
    """The parts among the findings by leaf and start; a value of which one part was found has no other."""
    groups: dict[tuple[str, str], list[tuple[int, Finding]]] = {}
    for finding in findings:
        if finding.where != "value" or not OPAQUE.isdisjoint(finding.layers):
            continue  # a whole encoded run is masked as one
        if not is_part(finding.detector) and finding.detector != NAME_PART:
            continue
        place = place_in_subject(finding.path, finding.detector)
        kind = NAME_PART if finding.detector == NAME_PART else ""
        groups.setdefault((finding.subject, finding.entity + kind), []).append((place, finding))
    parts: dict[tuple[int, int], Part] = {}
    for (_, entity), found in groups.items():
        found.sort(key=lambda item: (item[0], item[1].leaf_start, item[1].start))
        if entity.endswith(NAME_PART) and len(found) < 2:
            place, finding = found[0]
            if place == _SURNAME:
                text = text_of(finding)
                parts[finding.leaf_start, finding.start] = Part((text,), 0, "surname", text, len(text))
            continue
        members = [finding for _, finding in found]
        if len(members) > MOST_PARTS:
            for finding in members:
                text = text_of(finding)
                parts[finding.leaf_start, finding.start] = Part((text,), 0, "many", text, len(text))
            continue
        texts = tuple(text_of(finding).strip() for finding in members)
        kind, glue, pieces = _pieces(members, texts)
        whole, end = glue.join(pieces), 0
        for index, (finding, piece) in enumerate(zip(members, pieces, strict=True)):
            end += len(piece) + (len(glue) if index else 0)
            parts[finding.leaf_start, finding.start] = Part(texts, index, kind, whole, end)
    return parts


def _pieces(members: Sequence[Finding], texts: tuple[str, ...]) -> tuple[str, str, Sequence[str]]:
    """What kind of value it is, what stands between its parts, and the parts as they stand in it."""
    detector, entity = members[0].detector, members[0].entity
    if detector == NAME_PART:
        return "name", " ", texts
    if detector.startswith("email") and len(texts) == 2:
        return "email", "@", (texts[0], texts[1].removeprefix("@"))
    if detector.startswith("date-of-birth"):
        numbers = [text.rstrip(".") for text in texts]
        if len(texts) == 3 and all(n.isascii() and n.isdigit() for n in numbers) and len(numbers[0]) == 4:
            return "date", "-", (numbers[0], numbers[1].zfill(2), numbers[2].zfill(2))
        return "", "\x1f", texts
    if detector == "phone-country-part" and not texts[0].startswith(("+", "00")):
        return "", "", ("+" + texts[0], *texts[1:])
    return "", "", filled(entity, texts)
