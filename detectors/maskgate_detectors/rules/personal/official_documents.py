"""Passports, identity cards, licences and tax numbers of any country, by key and context."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


def _has_digit_run(text: str) -> bool:
    """Whether five or more characters are digits."""
    return sum(c.isdigit() for c in text) >= 5


def _like_a_passport(text: str) -> bool:
    """Five digits, or the capitals and digits of a Dutch one."""
    digits = sum(c.isdigit() for c in text)
    return digits >= 5 or (digits >= 3 and text.isupper() and len(text) == 9)


@detector
def passport() -> Rule:
    """https://www.icao.int/publications/doc-series/doc-9303"""
    return Rule(
        id="passport",
        entity="PASSPORT",
        label="Passport number of any country",
        pattern=(
            r"(?i)(?:^|[^\w.+$/-])(?P<value>[A-Z]{0,3}\d{6,9}[A-Z]?|[A-Z]\d{2}[A-Z0-9]{6}"
            r"|\d{2}[A-Z]{2}\d{5}|[A-Z]{2}[A-Z0-9]{6}\d)(?:$|[^\w.-]|[.-](?:$|[^\w]))"
        ),
        validate=_like_a_passport,
        valid_score=0.8,
        needs_context=True,
        context=words(
            "pasaport, pasaport no, pasaportum, pasaport numaram, pasaport numarası",
            "passport, passport no, passport number, reisepass, pass nr, passeport, pasaporte, passaporto",
            "passaporte, paspoort, paszport, paszportu, pas, útlevél, паспорт, パスポート, 护照, 여권",
        ),
        keys=words(
            "pass no, passport nr, passport document number, identity document no, kyc doc number",
            "identity doc number, holder document number, passenger document number, document passport number",
            "applicant document number",
            "kyc document number",
            "passport, passport number, passport no, passport num, passport id, travel document",
            "travel document number, document passport, reisepassnummer, passeport, numero de passeport",
            "pasaporte",
            "numero de pasaporte, passaporto, numero passaporto, passaporte, numero do passaporte, paspoort",
            "paspoortnummer, paszport, numer paszportu, passnummer, passinumero, pasnummer, cislo pasu",
            "utlevelszam, pasaport no, 护照号, 旅券番号",
        ),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        matches=(
            "passport_number: ⟦X{d7}⟧",
            "passport no ⟦C01X00T47⟧ was shown",
            "paspoort ⟦NXK3R12B4⟧",
            "travelDocument: ⟦{d9}⟧",
        ),
        ignores=("order {d9}", "passport.js version 0.6.0", "passport: valid"),
    )


@detector
def driver_license() -> Rule:
    """https://www.aamva.org/"""
    return Rule(
        id="driver-license",
        entity="DRIVER_LICENSE",
        label="Driving licence number of any country",
        pattern=(
            r"(?i)(?:^|[^\w.+$/-])(?P<value>[A-Z]{0,5}[- ]?\d{4,12}(?:[- ]\d{2,6}){0,4}[A-Z]{0,2}"
            r"|[A-Z0-9]{9,18})(?:$|[^\w.-]|[.-](?:$|[^\w]))"
        ),
        validate=_has_digit_run,
        valid_score=0.75,
        needs_context=True,
        context=words(
            "driver's license, drivers license, driver license, driving licence, driving license",
            "driver's licence, führerschein, fuehrerschein, permis de conduire, carnet de conducir",
            "permiso de conducir, patente di guida, carta de condução, rijbewijs, prawo jazdy, körkort",
            "kørekort, førerkort, ajokortti",
        ),
        keys=words(
            "dl, license no, licence no, driving licence no, driving license no, drivers lic, driver lic no, dl nr",
            "driver license, driver license number, drivers license, drivers license number, driving licence",
            "driving licence number, driving license, driving license number, driver licence",
            "driver licence number, drivers licence, license number, licence number, dl number, dl no",
            "driver license no, fuhrerschein, fuehrerschein, fuhrerscheinnummer, fuehrerscheinnummer",
            "permis de conduire, numero de permis, carnet de conducir, permiso de conducir, carta de conducao",
            "carteira de motorista, cnh, rijbewijs, rijbewijsnummer, korkort, korkortsnummer, korekort",
            "forerkort, ajokortti, ridicsky prukaz, ehliyet no",
        ),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        matches=("drivers_license: ⟦D{d7}⟧", "driver's license ⟦S{d12}⟧", "Führerscheinnummer: ⟦B{d9}⟧"),
        ignores=("license MIT 20240101", "license: Apache-2.0", "license_key: none"),
    )


@detector
def national_id() -> Rule:
    """https://en.wikipedia.org/wiki/National_identification_number"""
    return Rule(
        id="national-id",
        entity="NATIONAL_ID",
        label="National identity number of any country",
        pattern=(
            r"(?i)(?:^|[^\w.+$/-])(?P<value>[A-Z]{0,3}-?\d{5,14}(?:[ ./-]?[A-Z0-9]{1,4})?|\d{3}[-. ]\d{3}[-. "
            r"]\d{3}(?:[-. ]\d{1,3})?|\d{6}-\d{2}-\d{4})(?:$|[^\w.-]|[.-](?:$|[^\w]))"
        ),
        validate=_has_digit_run,
        valid_score=0.75,
        needs_context=True,
        context=words(
            "national id, national identity, identity card, id card, identity number, national identification",
            "personal id, citizen id, personalausweis, carte d'identité, documento de identidad",
            "carta d'identità, bilhete de identidade, identiteitskaart, dowód osobisty, id-kort",
        ),
        keys=words(
            "national id, national id number, national identity number, national identification number",
            "national identifier, nationalid, identity number, identity card, identity card number, id card",
            "id card number, id card no, identity document, identity document number, id document",
            "document id number, citizen id, citizen number, personal id number, personal identity number",
            "personal identification number, person number, government id, gov id, state id, resident id",
            "ausweis, personalausweisnummer, carte identite, numero de carte d identite, piece d identite",
            "documento de identidad, documento identidad, numero de identidad",
            "cedula de ciudadania, carta d identita, documento d identita, bilhete de identidade",
            "registro geral, identiteitskaart, identiteitsnummer, dowod, numer dowodu tozsamosci, id kort",
            "legitimationsnummer, henkilokortti, obcansky prukaz, cislo op, kimlik numarasi",
            "удостоверение личности, 身份证件号",
        ),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        matches=("national_id: ⟦{d10}⟧", "identity card AB ⟦{d7}⟧", "governmentId: ⟦A-{d8}⟧"),
        ignores=("order {d10}", "national_id: none", "id card printer"),
    )


@detector
def tax_id() -> Rule:
    """https://en.wikipedia.org/wiki/Taxpayer_Identification_Number"""
    return Rule(
        id="tax-id",
        entity="TAX_ID",
        label="Tax or VAT number of any country",
        pattern=(
            r"(?i)(?:^|[^\w.+$/-])(?P<value>(?:[A-Z]{2})?[A-Z]?\d{2}[- ]?\d{5,12}[A-Z]{0,2}\d{0,2}|\d{3}[- "
            r"/]\d{3}[- /]\d{3,5})(?:$|[^\w.-]|[.-](?:$|[^\w]))"
        ),
        validate=_has_digit_run,
        valid_score=0.75,
        needs_context=True,
        context=words(
            "tax id, tax number, taxpayer, tax identification, tin:, vat number, vat id, vat no, vat reg",
            "steuernummer, numéro fiscal, numero fiscal, codice fiscale, número de contribuinte",
            "belastingnummer, numer podatkowy",
        ),
        keys=words(
            "tax id, tax id number, tax identification number, tax number, tax no, taxpayer number",
            "taxpayer identification, tin, vat, vat number, vat id, vat no, vat code, vat reg no",
            "vat registration, vat registration number, vatin, tax registration number, tax file",
            "fiscal number, fiscal id",
            "identifiant fiscal, numero d identification fiscale, siren, siret",
            "numero de identificacion tributaria, numero identificacion fiscal, partita",
            "numero de identificacao fiscal, fiscaal nummer, fiscaal identificatienummer, belastingnummer",
            "numer identyfikacji podatkowej, skattenummer, verotunniste, vergi no, vergi kimlik no",
            "vergi numarasi, adoszama",
        ),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        matches=("tax_id: ⟦{d9}⟧", "vatNumber: ⟦DE{d9}⟧", "our VAT number ⟦GB{d9}⟧."),
        ignores=("vat: 19.0", "tax: 20", "tax rate {d9}"),
    )


@detector
def social_security() -> Rule:
    """https://en.wikipedia.org/wiki/Social_security_number"""
    return Rule(
        id="social-insurance",
        entity="SOCIAL_INSURANCE_NUMBER",
        label="Social insurance or pension number of any country",
        pattern=(
            r"(?i)(?:^|[^\w.+$/-])(?P<value>[A-Z]{0,2}\d{2}[ /.-]?\d{5,12}[A-Z]?(?:[ /.-]?\d{1,3})?)(?:$"
            r"|[^\w.-]|[.-](?:$|[^\w]))"
        ),
        validate=_has_digit_run,
        valid_score=0.75,
        needs_context=True,
        context=words(
            "social insurance, social security number, seguridad social, sozialversicherung, sécurité sociale",
            "previdenza sociale, segurança social, pension number",
        ),
        keys=words(
            "social insurance, social insurance number, pension number, numero de seguridad social",
            "numero seguridad social, nuss, naf, numero de afiliacion, imss, nss, inss, pis, pasep",
            "nit seguridad social, numero de seguranca social, niss pt, previdenza sociale",
        ),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        matches=(
            "social_insurance_number: ⟦{d10}⟧",
            "numero_seguridad_social: ⟦28 {d10}⟧",
            "seguridad social ⟦28{d10}⟧",
        ),
        ignores=("order {d10}", "social: twitter"),
    )
