"""Numbers that somebody writes out digit by digit, in words: "four one one one …"."""

from __future__ import annotations

from itertools import pairwise

from maskgate_detectors.checks import checksums
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import words

_DIGITS = (
    "zero null nul nulla cero oh o|one ein eins un une uno uma um een|two zwei zwo deux dos due dois duas twee"
    "|three drei trois tres tre três drie|four vier quatre cuatro quattro quatro|five fünf fuenf cinq cinco cinque vijf"
    "|six sechs six seis sei zes|seven sieben sept siete sette sete zeven|eight acht huit ocho otto oito"
    "|nine neun neuf nueve nove negen"
)
_VALUE = {word: str(digit) for digit, group in enumerate(_DIGITS.split("|")) for word in group.split()}
_WORD = "(?:" + "|".join(sorted(_VALUE, key=len, reverse=True)) + ")"
_GAP = r"(?:[ ,.\-]{1,3})"
_START = "(?:zero|null|cero|one|eins|uno|two|zwei|deux|dos|due|dois|three|drei|trois|tres|tre|four|vier|quatre|cuatro"
_START += "|quattro|quatro|five|f[^ ]{1,3}nf|cinq|cinco|cinque|six|sechs|seis|seven|sieben|sept|siete|sette|eight|acht"
_START += "|huit|ocho|otto|oito|nine|neun|neuf|nueve|nove|een|twee|drie|vijf|zes|zeven|negen|un|um|uma)"


def _digits(text: str) -> str:
    return "".join(_VALUE.get(word, "") for word in text.casefold().replace(",", " ").replace("-", " ").split())


def _card(text: str) -> bool:
    """Whether the words spell the number of a payment card."""
    return checksums.payment_card(_digits(text.replace(".", " ")))


def _not_counting(text: str) -> bool:
    """Whether the words do more than count up or down."""
    digits = _digits(text.replace(".", " "))
    steps = {int(b) - int(a) for a, b in pairwise(digits)}
    return len(digits) >= 7 and len(steps) > 2


@detector
def spelled_card() -> Rule:
    """https://www.iso.org/standard/70484.html"""
    return Rule(
        id="credit-card-in-words",
        entity="CREDIT_CARD",
        label="Payment card number written out in words",
        pattern=rf"(?i)(?:^|[^\p{{L}}\p{{N}}])(?P<value>{_WORD}(?:{_GAP}{_WORD}){{13,18}})(?:$|[^\p{{L}}\p{{N}}])",
        triggers=(rf"(?i){_START}{_GAP}{_START}{_GAP}{_START}{_GAP}{_START}",),
        validate=_card,
        valid_score=0.95,
        matches=(
            "it is ⟦four one one one one one one one one one one one one one one one⟧ ok",
            "Karte ⟦vier eins eins eins eins eins eins eins eins eins eins eins eins eins eins eins⟧",
        ),
        ignores=("one two three four five six seven eight nine", "one one one one"),
    )


@detector
def spelled_ssn() -> Rule:
    """https://www.ssa.gov/employer/randomization.html"""
    return Rule(
        id="us-ssn-in-words",
        entity="US_SSN",
        label="US social security number written out in words",
        pattern=rf"(?i)(?:^|[^\p{{L}}\p{{N}}])(?P<value>{_WORD}(?:{_GAP}{_WORD}){{8}})(?:$|[^\p{{L}}\p{{N}}])",
        triggers=(rf"(?i){_START}{_GAP}{_START}{_GAP}{_START}{_GAP}{_START}",),
        context=words("ssn, social, social security"),
        needs_context=True,
        context_score=0.95,
        countries=("US",),
        matches=("my ssn is ⟦five three six nine zero four three nine nine⟧",),
        ignores=("five three six nine zero four three nine nine", "ssn one two three"),
    )


@detector
def spelled_phone() -> Rule:
    """https://www.itu.int/rec/T-REC-E.164"""
    return Rule(
        id="phone-in-words",
        entity="PHONE_NUMBER",
        label="Telephone or other number of a person written out in words",
        pattern=(
            rf"(?i)(?:^|[^\p{{L}}\p{{N}}])(?P<value>(?:(?:plus|\+){_GAP}?)?{_WORD}(?:{_GAP}{_WORD}){{6,14}})"
            r"(?:$|[^\p{L}\p{N}])"
        ),
        triggers=(rf"(?i){_START}{_GAP}{_START}{_GAP}{_START}{_GAP}{_START}",),
        validate=_not_counting,
        valid_score=0.8,
        matches=(
            "call me on ⟦two zero one seven seven four seven seven three six⟧",
            "ruf an: ⟦null drei null neun null eins acht zwei null⟧",
        ),
        ignores=("one two three four five six seven eight nine", "ten nine eight seven six five four three two one"),
    )
