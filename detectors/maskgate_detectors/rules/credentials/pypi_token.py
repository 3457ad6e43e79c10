"""PyPI or TestPyPI upload token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def pypi_token() -> Rule:
    """https://pypi.org/help/#apitoken"""
    return Rule(
        id="pypi-token",
        entity=SECRET,
        label="PyPI or TestPyPI upload token",
        pattern=(
            "(?:^|[^A-Za-z0-9])(?P<value>pypi-(?:AgEIcHlwaS5vcmc"
            "|AgENdGVzdC5weXBpLm9yZw)[A-Za-z0-9_-]{50,})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=("pypi-AgE[A-Za-z0-9_-]{50}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦pypi-AgEIcHlwaS5vcmc{u120}⟧",
            "auth=⟦pypi-AgEIcHlwaS5vcmc{u120}⟧;",
        ),
        ignores=("pypi-server",),
    )
