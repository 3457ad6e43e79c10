"""Italian driving licence number."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def it_driver_license() -> Rule:
    """https://www.ilportaledellautomobilista.it/"""
    return Rule(
        id="it-driver-license",
        entity="IT_DRIVER_LICENSE",
        label="Italian driving licence number",
        pattern=(
            r"(?:^|[^\w.+$/-]|[=:_])(?P<value>(?i:[A-Z]{2}\d{7}[A-Z]|U1[A-Z0-9]{7}[A-Z]))(?:$|[^\w.-]"
            r"|[.-](?:$|[^\w]))"
        ),
        needs_context=True,
        context=words(
            "driver licence, driving licence, driver license, patente",
            "patente, patente di guida, numero patente, numero patente di guida",
        ),
        keys=words("patente, numero patente, patente di guida, numero patente di guida"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"U1[A-Z0-9]{7}[A-Z]",
        countries=("IT",),
        matches=(
            "patente: ⟦U16170058K⟧",
            "patente ⟦U16170058K⟧",
        ),
        ignores=("order U16170058K",),
    )
