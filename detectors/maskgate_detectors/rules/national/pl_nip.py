"""Polish tax number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def pl_nip() -> Rule:
    """https://www.podatki.gov.pl/nip/"""
    return Rule(
        id="pl-nip",
        entity="PL_NIP",
        label="Polish tax number",
        pattern=(
            r"(?:^|[^\w.+$/-]|[=:_])(?P<value>(?:PL ?)?\d{3}[- ]?(?:\d{3}[- ]?\d{2}|\d{2}[- ]?\d{2})[- "
            r"]?\d{2,3})(?:$|[^\w.-]|[.-](?:$|[^\w]))"
        ),
        validate=stdnum("pl.nip"),
        valid_score=0.9,
        needs_context=True,
        context=words("nip, numer nip, nr nip"),
        keys=words("nip, numer nip, nr nip"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("PL",),
        matches=(
            "nip: ⟦685-590-14-47⟧",
            "nip ⟦685-590-14-47⟧",
        ),
        ignores=(
            "order 685-590-14-47",
            "nip 076-347-53-10",
        ),
    )


@detector
def pl_nip_written() -> Rule:
    """https://www.podatki.gov.pl/nip/"""
    return Rule(
        id="pl-nip-written",
        entity="PL_NIP",
        label="Polish tax number in its usual punctuation",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>\d{3}-\d{3}-\d{2}-\d{2})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"\d{3}-\d{3}-\d{2}-\d{2}",),
        validate=stdnum("pl.nip"),
        valid_score=0.85,
        countries=("PL",),
        matches=(
            "⟦449-457-97-32⟧",
            "ref ⟦449-457-97-32⟧.",
        ),
        ignores=("693-754-31-39",),
    )
