"""Polish driving licence number."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def pl_driver_license() -> Rule:
    """https://www.gov.pl/web/gov/prawo-jazdy"""
    return Rule(
        id="pl-driver-license",
        entity="PL_DRIVER_LICENSE",
        label="Polish driving licence number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{5}/\d{2}/\d{4})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        needs_context=True,
        context=words("prawo jazdy, prawa jazdy, numer prawa jazdy, nr prawa jazdy"),
        keys=words("prawo jazdy, numer prawa jazdy, nr prawa jazdy"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("PL",),
        matches=(
            "prawo_jazdy: ⟦76026/10/1465⟧",
            "prawo jazdy ⟦76026/10/1465⟧",
        ),
        ignores=("order 76026/10/1465",),
    )
