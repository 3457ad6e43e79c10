"""Mexican tax number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import words


@detector
def mx_rfc() -> Rule:
    """https://www.sat.gob.mx/"""
    return Rule(
        id="mx-rfc",
        entity="MX_RFC",
        label="Mexican tax number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>[A-ZÑ&]{3,4}\d{6}[A-Z0-9]{3})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("mx.rfc"),
        valid_score=0.9,
        needs_context=True,
        context=words("registro federal", "rfc, registro federal de contribuyentes"),
        keys=words("rfc, registro federal de contribuyentes"),
        key_decides=True,
        key_pattern=r"(?i)[A-ZÑ&]{3,4}[ -]?\d{6}[ -]?[A-Z0-9]{3}",
        numbers=True,
        alone=r"[A-ZÑ&]{3,4}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[A-Z0-9]{3}",
        countries=("MX",),
        matches=(
            "rfc: ⟦BZXQ800101802⟧",
            "rfc ⟦BZXQ800101802⟧",
        ),
        ignores=("order BZXQ800101802", "rfc: RFC 8949 section 3.4.5", "rfc: section 12 of RFC 9110"),
    )
