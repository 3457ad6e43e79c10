"""Dates of birth, and other dates that a key or the text ties to a person."""

from __future__ import annotations

from maskgate_detectors.model import negative_patterns as unlike
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import words

_DATE = (
    r"(?:\d{4}[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}日?|\d{1,2}[-/.]\s?\d{1,2}[-/.]\s?(?:\d{4}|\d{2})|\d{8}"
    r"|\d{1,2}(?:st|nd|rd|th|er|º|\.)?(?: of| de| den)?[ -]\p{L}{3,12}\.?(?: de| del|,)?[ -]\d{4}"
    r"|\p{L}{3,12}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4})(?:T00:00(?::00(?:\.0+)?)?(?:Z|\+00:00)?)?"
)


@detector
def date_of_birth() -> Rule:
    """https://schema.org/birthDate"""
    return Rule(
        id="date-of-birth",
        entity="DATE_TIME",
        label="Date of birth",
        pattern=rf"(?:^|[^\p{{L}}\p{{N}}])(?P<value>{_DATE})(?:$|[^\p{{N}}\p{{L}}])",
        validate=unlike.dated,
        valid_score=0.85,
        needs_context=True,
        context=words(
            "born, date of birth, birth date, birthdate, dob, d.o.b, birthday, geboren, geburtsdatum, geb.",
            "geburtstag, né le, née le, date de naissance",
            "nacido, nacida, nació, fecha de nacimiento, nato il, nata il, data di nascita, nascido, nascida",
            "data de nascimento, geboortedatum, geboren op",
            "urodzony, urodzona, data urodzenia, född, födelsedatum, født, fødselsdato, syntynyt, syntymäaika",
            "narozen, datum narození, született, doğum tarihi, дата рождения, 生年月日, 出生, 생년월일",
        ),
        context_score=0.85,
        keys=words(
            "b day, dt of birth, dob dt, birth month, yob, date birth, birth date time, patient dob, geb",
            "date of birth, dateofbirth, dob, birth date, birthdate, birthday, birth day, bday, birth, born",
            "born on, d o b, birth dt, birth year, year of birth, person dob",
            "ne le, nee le, nato il, nata il, geboren, geboren am, geboren op, nacido, nacido el,",
            "geburtsdatum, geburtstag, geb datum, geburtsjahr, date de naissance, date naissance, naissance",
            "fecha de nacimiento, fecha nacimiento, fec nac, nacimiento",
            "data di nascita, data nascita, nascita, data de nascimento, data nascimento, nascimento",
            "geboortedatum, geboorte datum, data urodzenia, fodelsedatum, fodd",
            "fodselsdato, fodselsdag, syntymaaika, syntymapaiva, datum narozeni, datum narodenia",
            "szuletesi datum, szuletesi ido, data nasterii, dogum tarihi, datum rodenja",
            "дата рождения, ημερομηνια γεννησης, 生年月日, 出生日期, 생년월일, تاريخ الميلاد, תאריך לידה",
        ),
        key_decides=True,
        key_pattern=r"(?:\p{L}{1,12},? )?[\p{L}\d][\p{L}\p{M}\d ./,:年月日T+Z-]{1,34}",
        key_check=unlike.dated,
        key_score=0.95,
        numbers=True,
        matches=(
            "dob: ⟦1984-02-29⟧",
            "birth_date: ⟦29.02.1984⟧",
            "She was born on ⟦12 March 1984⟧ in Leeds",
            "Geburtsdatum: ⟦1. März 1984⟧",
            "DOB ⟦03/12/1984⟧ confirmed",
        ),
        ignores=(
            "created: 1984-02-29",
            "1984-02-29",
            "released 12 March 1984",
            "dob: null",
            "dob: must be in the past",
            "dob: 0000-00-00",
        ),
    )
