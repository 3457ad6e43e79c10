"""Malaysian identity card number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def my_nric() -> Rule:
    """https://www.jpn.gov.my/"""
    return Rule(
        id="my-nric",
        entity="MY_NRIC",
        label="Malaysian identity card number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{6}-\d{2}-\d{4}|\d{12})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("my.nric"),
        valid_score=0.9,
        needs_context=True,
        context=words("mykad, kad pengenalan, nric, my kad, ic number, no kad pengenalan, nric my, ic no"),
        keys=words("mykad, my kad, ic number, no kad pengenalan, nric my, ic no"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])-\d{2}-\d{4}",
        countries=("MY",),
        matches=(
            "mykad: ⟦800101-14-2247⟧",
            "mykad ⟦800101-14-2247⟧",
        ),
        ignores=("order 800101-14-2247",),
    )
