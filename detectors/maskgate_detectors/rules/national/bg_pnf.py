"""Bulgarian number of a foreigner."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def bg_pnf() -> Rule:
    """https://www.mvr.bg/"""
    return Rule(
        id="bg-pnf",
        entity="BG_PNF",
        label="Bulgarian number of a foreigner",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{10})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("bg.pnf"),
        valid_score=0.9,
        needs_context=True,
        context=words("lnch, лнч, pnf, lichen nomer na chuzhdenets"),
        keys=words("pnf, lnch, lichen nomer na chuzhdenets, лнч"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("BG",),
        matches=(
            "pnf: ⟦3277758685⟧",
            "lnch ⟦3277758685⟧",
        ),
        ignores=(
            "order 3277758685",
            "lnch 8297237415",
        ),
    )
