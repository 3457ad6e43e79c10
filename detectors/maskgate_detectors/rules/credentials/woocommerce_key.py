"""WooCommerce consumer key or secret."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def woocommerce_key() -> Rule:
    """https://woocommerce.github.io/woocommerce-rest-api-docs/#authentication"""
    return Rule(
        id="woocommerce-key",
        entity=SECRET,
        label="WooCommerce consumer key or secret",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>c[ks]_[0-9a-f]{40})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"c[ks]_[0-9a-f]{40}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦cs_{x40}⟧",
            "auth=⟦cs_{x40}⟧;",
        ),
        ignores=("cs_test",),
    )
