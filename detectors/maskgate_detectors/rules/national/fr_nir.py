"""French social security number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def fr_nir() -> Rule:
    """https://www.insee.fr/fr/metadonnees/definition/c1409"""
    return Rule(
        id="fr-nir",
        entity="FR_NIR",
        label="French social security number",
        pattern=(
            r"(?:^|[^\w.+$/-]|[=:_])(?P<value>[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[AB]) ?\d{3} "
            r"?\d{3} ?\d{2})(?:$|[^\w.-]|[.-](?:$|[^\w]))"
        ),
        validate=stdnum("fr.nir"),
        valid_score=0.9,
        needs_context=True,
        context=words(
            "sécurité sociale, nir, numéro de sécu, n° sécu, n° de sécu, sécu",
            "numero de securite sociale, n secu, no secu",
            "numero securite sociale",
            "num secu, securite sociale, numero secu, numero d inscription au repertoire",
        ),
        keys=words(
            "nir, numero de securite sociale, n secu, no secu, numero securite sociale, num secu, securite sociale",
            "numero secu, numero d inscription au repertoire",
        ),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}",
        countries=("FR",),
        matches=(
            "nir: ⟦180017570640284⟧",
            "sécurité sociale ⟦180017570640284⟧",
        ),
        ignores=(
            "order 180017570640284",
            "sécurité sociale 180017591938446",
        ),
    )
