"""Austrian social insurance number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def at_vnr() -> Rule:
    """https://www.sozialversicherung.at/cdscontent/?contentid=10007.820902"""
    return Rule(
        id="at-vnr",
        entity="AT_SOCIAL_SECURITY",
        label="Austrian social insurance number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>[1-9]\d{3} ?\d{6})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("at.vnr"),
        valid_score=0.9,
        needs_context=True,
        context=words(
            "sozialversicherung, sozialversicherungsnummer, svnr, sv nummer, sozialversicherungsnr",
            "versicherungsnummer, vsnr",
        ),
        keys=words("sozialversicherungsnummer, svnr, sv nummer, sozialversicherungsnr, versicherungsnummer, vsnr"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"[1-9]\d{3} (?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}",
        countries=("AT",),
        matches=(
            "sozialversicherungsnummer: ⟦6177010180⟧",
            "sozialversicherung ⟦6177010180⟧",
        ),
        ignores=(
            "order 6177010180",
            "sozialversicherung 4881010180",
        ),
    )
