"""Numbers that are written without their country, behind their own word."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import words


@detector
def fr_siren() -> Rule:
    """https://www.insee.fr/fr/information/6675111"""
    return Rule(
        id="fr-siren",
        entity="FR_SIREN",
        label="French SIREN or SIRET (also of sole traders)",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{3} ?\d{3} ?\d{3}(?: ?\d{5})?)(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("fr.siren", "fr.siret"),
        valid_score=0.9,
        needs_context=True,
        context=words("siren, siret, rcs, numéro siren, numero siren, numéro siret"),
        countries=("FR",),
        matches=("SIREN ⟦732 829 320⟧", "⟦732829320⟧ est mon numéro siren"),
        ignores=("order 732829320", "siren 732829321"),
    )


@detector
def gr_afm() -> Rule:
    """https://www.aade.gr/"""
    return Rule(
        id="gr-afm",
        entity="GR_VAT_CODE",
        label="Greek tax number without the country",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{9})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("gr.vat"),
        valid_score=0.9,
        needs_context=True,
        context=words("αφμ, α.φ.μ., afm, a.f.m."),
        countries=("GR",),
        matches=("ΑΦΜ ⟦094259216⟧", "my AFM: ⟦094259216⟧"),
        ignores=("order 094259216", "AFM 094259217"),
    )


@detector
def it_vat_plain() -> Rule:
    """https://www.agenziaentrate.gov.it/"""
    return Rule(
        id="it-vat-plain",
        entity="IT_VAT_CODE",
        label="Italian VAT number without the country",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{11})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("it.iva"),
        valid_score=0.9,
        needs_context=True,
        context=words("partita iva, p.iva, p. iva, p iva, piva"),
        countries=("IT",),
        matches=("partita iva ⟦05758820269⟧", "la P.IVA: ⟦05758820269⟧"),
        ignores=("order 05758820269", "partita iva 05758820260"),
    )


@detector
def in_gstin_told() -> Rule:
    """https://www.gst.gov.in/"""
    return Rule(
        id="in-gstin-told",
        entity="IN_GSTIN",
        label="Indian goods and services tax number behind its word, also mistyped",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>(?:[0-2]\d|3[0-8])[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[0-9A-Z])(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        needs_context=True,
        context=words("gstin, gst number, gst no, gst, gstin number"),
        countries=("IN",),
        matches=("My GSTIN number is ⟦27ABCDE1234F1Z5⟧ for the invoice",),
        ignores=("order 27ABCDE1234F1Z5",),
    )
