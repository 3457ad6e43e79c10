"""German tax number of a tax office."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def de_steuernummer() -> Rule:
    """https://de.wikipedia.org/wiki/Steuernummer"""
    return Rule(
        id="de-steuernummer",
        entity="DE_TAX_NUMBER",
        label="German tax number of a tax office",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{2,3}[/ ]\d{3,4}[/ ]\d{4,5})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("de.stnr"),
        valid_score=0.9,
        needs_context=True,
        context=words("stnr, st.nr., steuer-nr, steuer nr", "steuernummer, steuernr, st.-nr, stnr, st nr"),
        keys=words("steuernummer, steuernr, stnr, st nr"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"\d{2,3}/\d{3,4}/\d{4,5}",
        countries=("DE",),
        matches=(
            "steuernummer: ⟦181/815/08155⟧",
            "steuernummer ⟦181/815/08155⟧",
        ),
        ignores=("order 181/815/08155",),
    )
