"""Numbers of patients and insured people."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import words


@detector
def medical_record_number() -> Rule:
    """https://www.hhs.gov/hipaa/for-professionals/special-topics/de-identification/"""
    return Rule(
        id="medical-record-number",
        entity="MEDICAL_RECORD_NUMBER",
        label="Medical record or patient number",
        pattern=(
            r"(?i)(?:^|[^\w.+$/-])(?:MRN|medical record(?: number| no\.?)?|patient (?:id|number|no\.?)"
            r"|hospital number|NHS)(?: ?[:#=]| is)? ?(?P<value>[A-Z]{0,4}-?\d{4,12}(?:-\d{1,4})?)(?:$|[^\w.-]"
            r"|[.-](?:$|[^\w]))"
        ),
        triggers=(r"(?i)(?:MRN|record|number|no\.?|id)(?: ?[:#=]| is)? ?[A-Z]{0,4}-?\d{4}",),
        score=0.8,
        keys=words(
            "mrn, medical record number, medical record, medical record no, patient id, patient number",
            "patient no, patient identifier, hospital number, chart number, hospital id, medical id",
            "patientennummer, patienten id, numero de dossier medical, numero dossier patient",
            "numero de historia clinica, historia clinica, cartella clinica, prontuario, patientnummer",
            "patientnr, numer pacjenta",
        ),
        key_decides=True,
        key_pattern=r"[A-Za-z]{0,6}[ #:/-]{0,2}[\dA-Za-z][\dA-Za-z-]{2,24}",
        numbers=True,
        matches=("mrn: ⟦{d8}⟧", "with MRN: ⟦{d7}⟧ admitted", "patient_id: ⟦P-{d6}⟧"),
        ignores=("error no 12345678", "medical: true", "record number 5"),
    )


@detector
def health_insurance() -> Rule:
    """https://www.hhs.gov/hipaa/for-professionals/special-topics/de-identification/"""
    return Rule(
        id="health-insurance-number",
        entity="HEALTH_INSURANCE_NUMBER",
        label="Health insurance or plan member number",
        pattern=(
            r"(?i)(?:^|[^\w.+$/-])(?P<value>[A-Z]{1,4}-?\d{6,12}(?:-\d{1,3})?|\d{8,14})(?:$|[^\w.-]|[.-](?:$"
            r"|[^\w]))"
        ),
        needs_context=True,
        context=words(
            "health insurance, insurance number, insurance id, member id, policy number, insurance policy",
            "subscriber id, health plan, krankenversicherung, assurance maladie, seguro médico",
            "tessera sanitaria, zorgverzekering, ubezpieczenia",
        ),
        context_score=0.75,
        keys=words(
            "insurance number, insurance id, insurance policy, insurance policy number, policy number",
            "policy no, subscriber id, health plan number, plan member id, coverage member id, insurance member number",
            "health insurance number, health insurance id, health id, health card, ehic, health member id",
            "group number insurance, insured id, insurance member id, beneficiary id",
            "versichertennummer, versicherungsnummer, versicherten nr, numero assure, numero d assure",
            "numero de poliza, poliza, tarjeta sanitaria, numero tarjeta sanitaria, tessera sanitaria",
            "numero tessera, polizza, apolice, numero de utente, cartao nacional de saude, cns, polisnummer",
            "verzekeringsnummer, zorgverzekeringsnummer, numer polisy",
        ),
        key_decides=True,
        key_pattern=r"[A-Za-z]{0,6}[ #/-]{0,2}[\dA-Za-z]{2,}[\dA-Za-z -]{2,24}",
        numbers=True,
        matches=("insurance_number: ⟦XYZ{d9}⟧", "policyNumber: ⟦{d9}⟧", "member ID ⟦W{d9}⟧ on file"),
        ignores=("W{d9}", "policy: default"),
    )
