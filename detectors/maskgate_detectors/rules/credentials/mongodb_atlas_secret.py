"""MongoDB Atlas service account secret."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def mongodb_atlas_secret() -> Rule:
    """https://www.mongodb.com/docs/atlas/api/service-accounts-overview/"""
    return Rule(
        id="mongodb-atlas-secret",
        entity=SECRET,
        label="MongoDB Atlas service account secret",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>mdb_sa_sk_[A-Za-z0-9_-]{40})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"mdb_sa_sk_[A-Za-z0-9_-]{40}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦mdb_sa_sk_{u40}⟧",
            "auth=⟦mdb_sa_sk_{u40}⟧;",
        ),
        ignores=("mdb_sa_sk_x",),
    )
