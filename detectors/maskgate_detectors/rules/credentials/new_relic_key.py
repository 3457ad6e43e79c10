"""New Relic key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def new_relic_key() -> Rule:
    """https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/"""
    return Rule(
        id="new-relic-key",
        entity=SECRET,
        label="New Relic key",
        pattern=(
            "(?:^|[^A-Za-z0-9])(?P<value>(?:NRAK-[A-Z0-9]{27}|NRJS-[0-9a-f]{19}|NRII-[A-Za-z0-9_-]{32}"
            "|NRRA-[0-9a-f]{42}|[0-9a-f]{36}NRAL))(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=("(?:NR(?:AK|JS|II|RA)-[A-Za-z0-9_-]{19}|[0-9a-f]{36}NRAL)",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦NRAK-{AN27}⟧",
            "⟦NRJS-{x19}⟧",
            "⟦{x36}NRAL⟧",
            "auth=⟦NRAK-{AN27}⟧;",
        ),
        ignores=("NRAK-",),
    )
