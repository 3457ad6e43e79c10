"""United States social security numbers."""

from __future__ import annotations

from maskgate_detectors.checks import checksums
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import words


@detector
def us_ssn() -> Rule:
    """https://www.ssa.gov/employer/randomization.html"""
    return Rule(
        id="us-ssn",
        entity="US_SSN",
        label="US social security number",
        pattern=r"(?:^|[^\w.,+/-]|[=:_/]|\p{L}-)(?P<value>\d{3}(?:-\d{2}-|[ ./]\d{2}[ ./])\d{4})(?:$|[^\w-]"
        r"|[-_](?:$|\D))",
        triggers=(r"\d{3}[-./ ]\d{2}[-./ ]\d{4}",),
        validate=checksums.us_ssn,
        valid_score=0.85,
        context=words("ssn, social security, ss number"),
        countries=("US",),
        matches=("⟦536-90-4399⟧", "My SSN: ⟦219-09-9998⟧", "ssn is ⟦536 90 4399⟧"),
        ignores=("000-12-3456", "666-12-3456", "900-12-3456", "123-45-67890", "1536-90-4399", "666-05-1120"),
    )


@detector
def us_ssn_by_context() -> Rule:
    """https://www.ssa.gov/employer/randomization.html"""
    return Rule(
        id="us-ssn-context",
        entity="US_SSN",
        label="US social security number named by its key or text",
        pattern=r"(?:^|[^\w.,+/-]|(?i:ssn|social|ss#)[#:_]?)(?P<value>\d{3}[-_ ]?(?:\r?\n)?\d{2}[-_ ]?(?:\r?\n)?\d{4}"
        r"|\d(?: ?[ -] ?\d){8})(?:$|[^\w-]|-(?:$|\D))",
        validate=checksums.us_ssn,
        valid_score=0.9,
        needs_context=True,
        context_score=0.9,
        context=words("ssn, social, soc sec, social security, social security number, ss number, ss#, social sec"),
        keys=words(
            "ssn, social security, social security number, social security no, social sec no, ss number",
            "ssnumber, ssn number, us ssn, national id ssn, tax payer ssn",
        ),
        key_decides=True,
        key_pattern=r"\d{3}[- .]?\d{2}[- .]?\d{4}|[*xX#]{3}-?[*xX#]{2}-?\d{4}",
        key_score=0.95,
        numbers=True,
        countries=("US",),
        matches=(
            "ssn: ⟦536904399⟧",
            "socialSecurityNumber: ⟦536-90-4399⟧",
            "her social security number is ⟦536904399⟧",
        ),
        ignores=("536904399", "ssn: pending", "invoice 536904399"),
    )


@detector
def us_ssn_last_digits() -> Rule:
    """https://www.ssa.gov/employer/randomization.html"""
    return Rule(
        id="us-ssn-last-digits",
        entity="US_SSN",
        label="Last four digits of a US social security number",
        pattern=(
            r"(?i)\b(?:ssn|social(?: security)?(?: number| no\.?)?)(?: ending(?: in| with)?| last (?:4"
            r"|four)(?: digits)?"
            r"|, last (?:4|four)(?: digits)?)(?: is| are|:)? ?(?P<value>\d{4})(?:$|[^\w-])"
        ),
        triggers=(r"(?i)(?:ending|last (?:4|four))[a-z :]{1,20}\d{4}",),
        near=("ssn", "social"),
        score=0.85,
        keys=words("ssn last, last ssn, ssn last four, last four ssn, ssn last digits, ssn four, ssn suffix, ssn tail"),
        key_decides=True,
        key_pattern=r"(?:[*xX#]{3}-?[*xX#]{2}-?)?\d{4}",
        numbers=True,
        countries=("US",),
        matches=(
            "ssn ending ⟦4399⟧",
            "ssn_last4: ⟦4399⟧",
            "last4_ssn: ⟦4399⟧",
            "social security number last four: ⟦4399⟧",
        ),
        ignores=("card ending 4399", "ssn last updated 2024", "last4: 4399"),
    )
