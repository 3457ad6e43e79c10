"""Belgian national register number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def be_nn() -> Rule:
    """https://www.ibz.rrn.fgov.be/"""
    return Rule(
        id="be-nn",
        entity="BE_NATIONAL_NUMBER",
        label="Belgian national register number",
        pattern=(
            r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{2}[. ]?\d{2}[. ]?\d{2}[ -]?\d{3}[. ]?\d{2})(?:$|[^\w.-]"
            r"|[.-](?:$|[^\w]))"
        ),
        validate=stdnum("be.nn", "be.bis"),
        valid_score=0.9,
        needs_context=True,
        context=words(
            "numéro national, numero national, registre national",
            "insz, niss, rrn, rijksregisternummer, numero national, numero de registre national",
            "rijksregister, nationaal nummer, registre national",
        ),
        keys=words(
            "rijksregisternummer, numero national, numero de registre national, rijksregister, insz, niss",
            "nationaal nummer, registre national",
        ),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{5}",
        countries=("BE",),
        matches=(
            "rijksregisternummer: ⟦80010172955⟧",
            "insz ⟦80010172955⟧",
        ),
        ignores=(
            "order 80010172955",
            "insz 80010143340",
        ),
    )


@detector
def be_nn_written() -> Rule:
    """https://www.ibz.rrn.fgov.be/"""
    return Rule(
        id="be-nn-written",
        entity="BE_NATIONAL_NUMBER",
        label="Belgian national register number in its usual punctuation",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}",),
        validate=stdnum("be.nn", "be.bis"),
        valid_score=0.85,
        countries=("BE",),
        matches=(
            "⟦80.01.01-341.55⟧",
            "ref ⟦80.01.01-341.55⟧.",
        ),
        ignores=("80.01.01-501.79",),
    )
