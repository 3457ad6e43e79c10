"""German numbers of doctors, of their practices, and of entries in the commercial register."""

from __future__ import annotations

from maskgate_detectors.checks import national as national_checks
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def de_lanr() -> Rule:
    """https://www.kbv.de/html/2848.php"""
    return Rule(
        id="de-lanr",
        entity="MEDICAL_LICENSE",
        label="Lifelong number of a doctor in Germany (LANR)",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{9})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=national_checks.german_doctor,
        valid_score=0.9,
        needs_context=True,
        context=words("lanr, arztnummer, arzt-nr, arztnr, lebenslange arztnummer"),
        keys=words("lanr, arztnummer, arzt nr, lebenslange arztnummer"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("DE",),
        matches=("lanr: ⟦123456601⟧", "Arztnummer ⟦123456601⟧", "⟦123456601⟧ ist die LANR"),
        ignores=("order 123456601", "LANR 123456001"),
    )


@detector
def de_bsnr() -> Rule:
    """https://www.kbv.de/html/2848.php"""
    return Rule(
        id="de-bsnr",
        entity="MEDICAL_LICENSE",
        label="Number of a doctor's practice in Germany (BSNR)",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>(?:0[1-3]|17|20|38|46|5[1-2]|7[1-3]|78|8[38]|9[38])\d{7})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        needs_context=True,
        context=words("bsnr, betriebsstättennummer, betriebsstaettennummer, nbsnr"),
        keys=words("bsnr, betriebsstattennummer, betriebsstaettennummer, nbsnr"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("DE",),
        matches=("bsnr: ⟦381234501⟧", "Betriebsstättennummer ⟦021234567⟧"),
        ignores=("order 381234501", "bsnr 991234501"),
    )


@detector
def de_handelsregister() -> Rule:
    """https://www.handelsregister.de/"""
    return Rule(
        id="de-handelsregister",
        entity="DE_COMMERCIAL_REGISTER",
        label="Number in the German commercial, partnership or associations register",
        pattern=r"(?:^|[^\w])(?P<value>(?:HR ?[AB]|PR|VR|GnR) ?\d{1,6}(?: ?[A-Z]{1,3})?)(?:$|[^\w])",
        needs_context=True,
        context=words("handelsregister, amtsgericht, registergericht, registernummer, hrb, hra"),
        alone=r"HR[AB] ?\d{2,6}(?: [A-Z]{1,2})?",
        keys=words("handelsregister, handelsregisternummer, registernummer, hrb, hra"),
        key_decides=True,
        key_pattern=ID_VALUE,
        countries=("DE",),
        matches=("Amtsgericht München, ⟦HRB 86891⟧", "handelsregisternummer: ⟦HRB 86891⟧", "f3: ⟦HRB 123456 B⟧"),
        ignores=("VR 360 headset", "HR A 12 meeting"),
    )
