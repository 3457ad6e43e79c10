"""Swedish personal number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def se_personnummer() -> Rule:
    """https://www.skatteverket.se/privat/folkbokforing/personnummer.4.3810a01c150939e893f18c29.html"""
    return Rule(
        id="se-personnummer",
        entity="SE_PERSONNUMMER",
        label="Swedish personal number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>(?:19|20)?\d{6}[-+]?\d{4})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("se.personnummer"),
        valid_score=0.9,
        needs_context=True,
        context=words("personnummer, samordningsnummer, pnr, personnr, person nummer, personal identity number"),
        keys=words("personnummer, personnr, person nummer, samordningsnummer, personal identity number"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{4}",
        countries=("SE",),
        matches=(
            "personnummer: ⟦800101-9523⟧",
            "personnummer ⟦800101-9523⟧",
        ),
        ignores=(
            "order 800101-9523",
            "personnummer 800101-5225",
        ),
    )


@detector
def se_personnummer_written() -> Rule:
    """https://www.skatteverket.se/privat/folkbokforing/personnummer.4.3810a01c150939e893f18c29.html"""
    return Rule(
        id="se-personnummer-written",
        entity="SE_PERSONNUMMER",
        label="Swedish personal number in its usual punctuation",
        pattern=(
            r"(?:^|[^\w.+-]|[=:_])(?P<value>(?:19|20)?\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d"
            r"|3[01])[-+]\d{4})(?:$|[^\w.-]|[.-](?:$|[^\w]))"
        ),
        triggers=(r"(?:19|20)?\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[-+]\d{4}",),
        validate=stdnum("se.personnummer"),
        valid_score=0.85,
        countries=("SE",),
        matches=(
            "⟦19800101-6073⟧",
            "ref ⟦19800101-6073⟧.",
        ),
        ignores=("19800101-2937",),
    )
