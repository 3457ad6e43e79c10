"""Chilean identity number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def cl_rut() -> Rule:
    """https://www.sii.cl/"""
    return Rule(
        id="cl-rut",
        entity="CL_RUT",
        label="Chilean identity number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{1,2}\.?\d{3}\.?\d{3}-[\dkK])(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("cl.rut"),
        valid_score=0.9,
        needs_context=True,
        context=words("rut, rut numero, rol unico tributario, rut:"),
        keys=words("rut, rut numero, rol unico tributario"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("CL",),
        matches=(
            "rut: ⟦73.757.204-8⟧",
            "rut ⟦73.757.204-8⟧",
        ),
        ignores=(
            "order 73.757.204-8",
            "rut 19.099.703-8",
        ),
    )


@detector
def cl_rut_written() -> Rule:
    """https://www.sii.cl/"""
    return Rule(
        id="cl-rut-written",
        entity="CL_RUT",
        label="Chilean identity number in its usual punctuation",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>\d{1,2}\.\d{3}\.\d{3}-[\dkK])(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"\d{1,2}\.\d{3}\.\d{3}-[\dkK]",),
        validate=stdnum("cl.rut"),
        valid_score=0.85,
        countries=("CL",),
        matches=(
            "⟦31.053.466-8⟧",
            "ref ⟦31.053.466-8⟧.",
        ),
        ignores=("01.225.958-9",),
    )
