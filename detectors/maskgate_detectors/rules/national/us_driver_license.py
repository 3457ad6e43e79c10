"""US driver's licence number."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def us_driver_license() -> Rule:
    """https://www.ntsi.com/drivers-license-format/"""
    return Rule(
        id="us-driver-license",
        entity="US_DRIVER_LICENSE",
        label="US driver's licence number",
        pattern=(
            r"(?:^|[^\w.+$/-]|[=:_])(?P<value>(?i:[A-Z]\d{3}-?\d{4}-?\d{4,6}|[A-Z]{1,2}\d{5,13}|\d{7,12}"
            r"|[A-Z]\d{3}-\d{3}-\d{2}-\d{3}-\d|[A-Z]\d{2}-\d{2}-\d{4}))(?:$|[^\w.-]|[.-](?:$|[^\w]))"
        ),
        needs_context=True,
        context=words(
            "driver's license, drivers license, driver license, driving license, dl number, dl#",
            "license number, us driver license, driver license us",
        ),
        keys=words("us driver license, driver license us"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("US",),
        matches=(
            "us_driver_license: ⟦36549687⟧",
            "driver's license ⟦36549687⟧",
        ),
        ignores=("order 36549687",),
    )
