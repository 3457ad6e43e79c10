"""Italian fiscal code."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def it_fiscal_code() -> Rule:
    """https://www.agenziaentrate.gov.it/portale/web/english/nse/individuals/tax-identification-number-for-foreign-citizens"""
    return Rule(
        id="it-fiscal-code",
        entity="IT_FISCAL_CODE",
        label="Italian fiscal code",
        pattern=(
            r"(?:^|[^\w.+-]|[=:_])(?P<value>(?i:[A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}[A-Z"
            r"][0-9LMNPQRSTUV]{3}[A-Z]))(?:$|[^\w.-]|[.-](?:$|[^\w]))"
        ),
        triggers=("(?i:[A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z])",),
        validate=stdnum("it.codicefiscale"),
        valid_score=0.85,
        context=words("codice fiscale, c.f., codicefiscale, cod fiscale, cod fisc, fiscal code"),
        keys=words("codice fiscale, codicefiscale, cod fiscale, cod fisc, fiscal code"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("IT",),
        matches=(
            "codice_fiscale: ⟦IWALWA80S01H353C⟧",
            "codice fiscale ⟦IWALWA80S01H353C⟧",
            "⟦IWALWA80S01H353C⟧",
        ),
        ignores=("QVYSCR80L01H471Q",),
    )
