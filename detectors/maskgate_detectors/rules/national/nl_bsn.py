"""Dutch citizen service number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def nl_bsn() -> Rule:
    """https://www.rvig.nl/en/bsn"""
    return Rule(
        id="nl-bsn",
        entity="NL_BSN",
        label="Dutch citizen service number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{4}[. ]?\d{2}[. ]?\d{3})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("nl.bsn"),
        valid_score=0.9,
        needs_context=True,
        context=words(
            "bsn, burgerservicenummer, sofinummer, bsn nummer, burger service nummer, sofi nummer, bsnnummer"
        ),
        keys=words("bsn, bsn nummer, burgerservicenummer, burger service nummer, sofinummer, sofi nummer, bsnnummer"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"\d{4}\.\d{2}\.\d{3}",
        countries=("NL",),
        matches=(
            "bsn: ⟦062909587⟧",
            "bsn ⟦062909587⟧",
        ),
        ignores=(
            "order 062909587",
            "bsn 704588162",
        ),
    )
