"""Registration plates whose form tells their country."""
# ruff: noqa: E501  (a pattern reads best whole)

from __future__ import annotations

from maskgate_detectors.checks import national as national_checks
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import words

_WORDS = words(
    "plate, plate number, license plate, licence plate, vehicle, vehicle registration, registration, plaka, plakası, araç, kennzeichen, kfz-kennzeichen, nummernschild, autokennzeichen, reg no"
)


@detector
def tr_plate() -> Rule:
    """https://www.mevzuat.gov.tr/mevzuat?MevzuatNo=8182&MevzuatTur=7&MevzuatTertip=5"""
    return Rule(
        id="tr-plate",
        entity="LICENSE_PLATE",
        label="Turkish registration plate",
        pattern=r"(?:^|[^\w.+$/-])(?P<value>\d{2} ?(?:[A-Z] ?\d{4,5}|[A-Z]{2} ?\d{3,4}|[A-Z]{3} ?\d{2,3}))(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=national_checks.turkish_plate,
        valid_score=0.85,
        needs_context=True,
        context=_WORDS,
        alone=r"\d{2} (?:[A-Z] \d{4,5}|[A-Z]{2} \d{3,4}|[A-Z]{3} \d{2,3})",
        countries=("TR",),
        matches=("plaka ⟦34 ABC 123⟧", "f3: ⟦06 AB 1234⟧", "⟦35 A 12345⟧ is the license plate"),
        ignores=("10 JAN 24", "99 ABC 123", "order 34 ABC 123"),
    )


@detector
def ng_plate() -> Rule:
    """https://frsc.gov.ng/"""
    return Rule(
        id="ng-plate",
        entity="LICENSE_PLATE",
        label="Nigerian registration plate",
        pattern=r"(?:^|[^\w.+$/-])(?P<value>[A-Z]{3}[- ]?\d{3}[- ]?[A-Z]{2})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        needs_context=True,
        context=_WORDS,
        alone=r"[A-Z]{3}-\d{3}[A-Z]{2}",
        countries=("NG",),
        matches=("plate number ⟦KJA-452XY⟧", "f3: ⟦ABC-123DE⟧"),
        ignores=("order KJA-452XY", "KJA-452"),
    )


@detector
def uk_plate() -> Rule:
    """https://www.gov.uk/vehicle-registration"""
    return Rule(
        id="uk-plate",
        entity="LICENSE_PLATE",
        label="British registration plate of today's form",
        pattern=r"(?:^|[^\w.+$/-])(?P<value>[A-HK-PR-Y][A-HJ-PR-Y][0-7]\d ?[A-HJ-PR-Z]{3})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        needs_context=True,
        context=_WORDS,
        alone=r"[A-HK-PR-Y][A-HJ-PR-Y][0-7]\d [A-HJ-PR-Z]{3}",
        countries=("GB",),
        matches=("f3: ⟦AB12 CDE⟧", "vehicle ⟦BD51SMR⟧ was seen"),
        ignores=("order AB12 CDE", "AB12 and CDE"),
    )


@detector
def de_plate() -> Rule:
    """https://www.gesetze-im-internet.de/fzv_2023/anlage_1.html"""
    return Rule(
        id="de-plate",
        entity="LICENSE_PLATE",
        label="German registration plate",
        pattern=r"(?:^|[^\w.+$/-])(?P<value>[A-ZÄÖÜ]{1,3}[- ][A-Z]{1,2} ?\d{1,4}[EH]?)(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        needs_context=True,
        context=_WORDS,
        alone=r"[A-ZÄÖÜ]{1,3}-[A-Z]{1,2} \d{1,4}[EH]?",
        countries=("DE",),
        matches=("f3: ⟦B-MW 1234⟧", "Kennzeichen ⟦HH-XY 99E⟧"),
        ignores=("order B-MW 1234", "A-B testing 12"),
    )
