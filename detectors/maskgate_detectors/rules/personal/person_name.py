"""Names of people, by the key they stand under."""

from __future__ import annotations

import re

from maskgate_detectors.freetext.famous import VENDORS
from maskgate_detectors.freetext.listed import is_of_a_role, is_of_words
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import TYPE_WORDS, words

_PARTS = words(
    "fst nm, lst nm, mid nm, emplname, empfname,",
    "f name, l name, frst nm, first nm, last nm, fst name, lst name, sname, given nm, nm first",
    "nm last, name part, second surname, first surname, middle, call name",
    "first name, firstname, fname, forename, given name, givenname, given names, middle name",
    "middlename, middle initial, mname",
    "last name, lastname, lname, surname, family name, familyname, second name, maiden name",
    "birth name, nick name, nickname",
    "preferred name, legal name first, legal first name, legal last name, mothers maiden name",
    "mother maiden name, name first, name last",
    "name given, name family, name middle, name prefix name, father name, fathers name, mother name",
    "mothers name, patronymic",
    "vorname, nachname, familienname, geburtsname, rufname, zuname, prenom, nom de famille",
    "nom de naissance, nom usuel",
    "primer nombre, segundo nombre, apellido, apellidos, primer apellido, segundo apellido, nombre de pila, cognome",
    "primeiro nome, sobrenome, ultimo nome, apelido, nome proprio, voornaam, voornamen, achternaam",
    "tussenvoegsel, roepnaam",
    "imie, nazwisko, drugie imie, imiona, nazwisko rodowe, fornamn, efternamn, tilltalsnamn, fornavn",
    "efternavn, etternavn, mellomnavn",
    "etunimi, sukunimi, jmeno a prijmeni, prijmeni, krestni jmeno, meno, priezvisko, keresztnev",
    "vezeteknev, utonev, prenume, nume de familie",
    "soyad, soyadi, soyisim, prezime, priimek, ime in priimek, vards, uzvards, vardas, pavarde, eesnimi, perekonnanimi",
    "имя, фамилия, отчество, ім'я, прізвище, όνομα, επώνυμο, 姓, 名, 姓名, 氏名, お名前, フリガナ, 이름, 성명, الاسم",
    "שם פרטי, שם משפחה, ชื่อ, नाम",
)
_WHOLE = words(
    "emp nm, empl nm, mbr nm, pat nm, patient nm, client nm, contact nm",
    "cust name, cust nm, customer nm, emp name, pt name, pat name, mbr name, acct holder",
    "contact full name, fullnm, full nm, person, passenger nm, payee nm, name kana",
    "name katakana, furigana, name en, name latin, name native, english name, chinese name",
    "local name, stage name, former name, previous name, other names, greeting name",
    "maiden, name full, complete name, person full name, first and last name, name surname",
    "recipient full name, attn, attention to, in care of, care of",
    "full name, fullname, legal name, real name, person name, customer name",
    "client name, contact name, patient name, employee name",
    "staff name, worker name, cardholder, cardholder name, card holder, card holder name",
    "name on card, account holder, account holder name, account owner",
    "account owner name, holder name, recipient, recipient name, sender name, receiver name, receiver",
    "addressee, consignee, passenger name, passenger, guest name",
    "driver name, doctor name, physician, physician name, nurse name, student name, teacher name",
    "pupil name, author name, owner name, beneficiary name",
    "beneficiary, spouse, spouse name, emergency contact name, emergency contact, next of kin",
    "signatory, signed by, signer name, billing name, shipping name, buyer name",
    "ship to name, bill to name, attendee, attendee name, manager name, supervisor, supervisor name",
    "agent name, member name, user full name, caller name, applicant name",
    "candidate name, tenant name full, debtor name, creditor name, payee name, payer name",
    "policyholder, policy holder, policyholder name, insured name, claimant, claimant name",
    "witness, victim name, defendant, plaintiff, reporter name, assignee name, reviewer name",
    "requester name, customer full name, employer contact, attending physician",
    "referring physician, primary care physician, parent name, guardian, guardian name, child name",
    "resident name, visitor name, subscriber name, donor name, instructor",
    "customer, patient, passenger, cardholder, assignee, reported by, requested by person",
    "contact person, point of contact, salesperson, sales rep, sales rep name",
    "kundenname, kunde name, ansprechpartner, ansprechperson, kontoinhaber, karteninhaber, empfaenger",
    "empfaenger name, versicherter, versicherungsnehmer, mitarbeiter name",
    "patientenname, vollstaendiger name, vor und nachname, sachbearbeiter, nom complet, nom client",
    "nom du client, titulaire, titulaire du compte, destinataire, beneficiaire",
    "nom du patient, nombre completo, nombre y apellidos, nombre cliente, nombre del cliente, titular",
    "titular de la cuenta, destinatario, nombre paciente, nombre del paciente",
    "nome completo, nome cliente, nome e cognome, intestatario, nome do cliente, nome paciente",
    "titular da conta, volledige naam, klantnaam, klant naam, rekeninghouder, contactpersoon",
    "geadresseerde, imie i nazwisko, imie nazwisko, nazwa klienta, odbiorca, posiadacz rachunku",
    "fullstandigt namn, kundnamn, mottagare, kontohavare, kundenavn, fulde navn, fullt navn",
    "koko nimi, asiakkaan nimi, cele jmeno, jmeno klienta, teljes nev, ugyfel neve, nume complet",
    "nume client, ad soyad, adi soyadi, musteri adi, ime i prezime, фио, клиент, 顧客名, 客户姓名, 고객명",
)
_PARENTS = (
    "customer, client, user, person, patient, employee, contact, recipient, sender, receiver, "
    "passenger, guest, driver, doctor, physician, nurse, student, "
    "teacher, owner, author, buyer, payer, payee, applicant, candidate, insured, beneficiary, "
    "cardholder, holder, participant, attendee, member, profile, lead, "
    "subscriber, claimant, spouse, partner, reporter, assignee, reviewer, requester, manager, "
    "supervisor, traveler, traveller, resident, tenant, visitor, donor, "
    "caller, child, parent, mother, father, guardian, address, shipping, billing, shipping address, "
    "billing address, ship to, bill to, emergency contact, account "
    "holder, debtor, creditor, party, signer, witness, player, follower, friend, sibling, "
    "maintainer, committer, organizer, founder, director, people, persons, colleague, trainer, "
    "coach, tutor, landlord, lender, borrower, kunde, "
    "mitarbeiter, patientin, cliente, paciente, usuario, empleado, utente, "
    "klant, klient, kund, asiakas, utilisateur, salarie, employe, dipendente, funcionario, "
    "medewerker, pracownik, pacjent"
)


_NOT_NAMES = frozenset(
    [
        "pepper",
        "martens",
        "office",
        "excel",
        "word",
        "teams",
        "windows",
        "sir",
        "madam",
        "who",
        "what",
        "how",
        "support",
        "service",
        "team",
        "customer",
        "president",
        "chairman",
        "chairwoman",
        "secretary",
        "speaker",
        "minister",
        "prime",
        "general",
        "data",
        "engineer",
        "user",
        "admin",
        "manager",
        "doctor",
        "professor",
        "or",
        "and",
        "the",
        "sql",
        "paint",
        "outlook",
        "store",
        "access",
        "project",
        "sharepoint",
        "edge",
        "exchange",
    ]
)


def _capital_words(text: str) -> bool:
    """Whether the first word behind the title is no product, office or form of address."""
    first, *more = text.split()
    if not more and first.isupper() and len(first) <= 3:  # Pan OS
        return False
    return first.casefold().strip(".,") not in _NOT_NAMES


def _no_type(text: str) -> bool:
    """Whether the value does not begin with the word of a signature or of a help text."""
    return text.split(maxsplit=1)[0].casefold().strip(".,;") not in TYPE_WORDS


@detector
def person_name_part() -> Rule:
    """https://schema.org/Person"""
    return Rule(
        id="person-name-part",
        entity="PERSON",
        label="First, middle or last name, by its key",
        pattern=(
            r"(?i)\b(?:first[ _]?name|last[ _]?name|surname|given[ _]?name|family[ _]?name|vorname|nachname"
            r"|pr[ée]nom|nombre"
            r"|apellidos?|cognome|voornaam|achternaam|imi[ęe]|nazwisko|f[öo]rnamn|efternamn)"
            r"\s?[:=]\s?(?P<value>\p{L}[\p{L}\p{M}'’-]{1,40})"
        ),
        triggers=(
            r"(?i)(?:first[ _]?name|last[ _]?name|surname|given[ _]?name|family[ _]?name|vorname|nachname"
            r"|nombre|apellidos?"
            r"|cognome|voornaam|achternaam|nazwisko|efternamn)\s?[:=]\s?[^\x00-@\[-`{-\x7f]",
            r"(?i)(?:pr[^\x00-\x60]{1,2}nom|imi(?:e|[^\x00-\x7f]{1,2})|f(?:o"
            r"|[^\x00-\x7f]{1,2})rnamn)\s?[:=]\s?[^\x00-@\[-`{-\x7f]",
        ),
        score=0.85,
        validate=_no_type,
        valid_score=0.85,
        keys=(
            *_PARTS,
            "!agent family",
            "!user agent family",
            *(
                f"{parent.strip()} {part}"
                for parent in _PARENTS.split(",")
                for part in ("given", "family", "first", "last")
            ),
        ),
        key_decides=True,
        key_pattern=r"[\p{L}\p{M}'’`(.*][\p{L}\p{M}'’`.,()\-\s\p{N}·・^*]{0,99}",
        key_score=0.95,
        matches=(
            "first_name: ⟦Anna⟧",
            "lastName: ⟦O'Neill-García⟧",
            "Vorname: ⟦Jürgen⟧",
            "user_surname: ⟦SMITH⟧",
            "first_name=⟦Peter⟧&x=1",
        ),
        ignores=(
            "filename: Anna",
            "first_name: https://x.example/a",
            "hostname=web1",
            "name of the product",
            "the first_name: string member",
        ),
    )


def _of_nobody_else(text: str) -> bool:
    """Whether it is no role (``workspace-admin``), no host, no service and not made of a dictionary's words alone."""
    if is_of_a_role(text) or is_of_words(text) or text.casefold() in VENDORS:
        return False
    return _HOST.fullmatch(text) is None


_HOST = re.compile(r"[a-z\d-]+(?:\.[a-z\d-]+)+|(?:AWS|Azure|GCP|Google|Amazon) \w+")


@detector
def person_name_whole() -> Rule:
    """https://schema.org/name"""
    return Rule(
        id="person-name",
        entity="PERSON",
        label="Whole name of a person, by its key or title",
        pattern=(
            r"(?:^|[^\p{L}])(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sir|Madam|Herrn?|Frau|Monsieur|Madame|Mme|Mlle"
            r"|Señora?|Sra?|Sig|Signora?|Dott|Dhr|Mevr|Pan|Pani)\.?(?: (?:Dr|Prof|med)\.)*[ \x{a0}]"
            r"(?P<value>\p{Lu}[\p{L}\p{M}'’-]{1,30}(?:(?: (?:van|von|der|de|den|del|della|da|di|dos|la|le|bin|al"
            r"|el|zu|ter|ten)){0,2} (?:\p{Lu}\.|\p{Lu}[\p{L}\p{M}'’-]{1,30})){0,2})"
        ),
        triggers=(
            r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sir|Madam|Herrn?|Frau|Monsieur|Madame|Mme|Mlle|Señora?|Sra?"
            r"|Sig|Signora?|Dott|Dhr|Mevr|Pani?)\.?(?: |[^\x00-\x7f]{1,2})[^\x00-@\[-\x7f]",
        ),
        score=0.75,
        validate=_capital_words,
        valid_score=0.8,
        keys=(*_WHOLE, *(f"{parent.strip()} name" for parent in _PARENTS.split(","))),
        key_decides=True,
        key_pattern=r"[\p{L}\p{M}][\p{L}\p{M}'’`.,()\- +\x{a0}\t·・&^]{0,100}",
        key_check=_of_nobody_else,
        key_score=0.9,
        matches=(
            "customer_name: ⟦Anna Maria Schmidt⟧",
            "cardholder: ⟦JOHN Q PUBLIC⟧",
            "contact_name: ⟦Ørsted, Åse⟧",
            "spoke with Mrs. ⟦Margaret Hale⟧ today",
            "spoke with Mr ⟦Okafor⟧ from the shop",
            "Mr ⟦Jan van der Berg⟧ called",
            "Sehr geehrter Herr ⟦Müller⟧,",
        ),
        ignores=(
            "product_name: Anna Chair",
            "customer: cus_{an14}",
            "Dr Pepper 330 ml",
            "Sir or Madam",
            "Ms Office 2021",
        ),
    )


@detector
def passenger_name() -> Rule:
    """https://en.wikipedia.org/wiki/Passenger_name_record"""
    return Rule(
        id="passenger-name",
        entity="PERSON",
        label="Name as airlines write it: SURNAME/FIRST MR",
        pattern=(
            r"(?:^|[^\w/.])(?P<value>[A-Z]{2,30}/[A-Z]{2,30}(?: [A-Z]{2,30}){0,2} (?:MR|MRS|MS|MISS|MSTR|DR))"
            r"(?:$|[^\w/])"
        ),
        triggers=(r"[A-Z]{2} (?:MR|MS|MISS|MSTR|DR)",),
        near=("/",),
        score=0.8,
        matches=("⟦SMITH/JOHN MR⟧", "PAX 1 ⟦DOE/JANE ANN MRS⟧, seat 4A", "⟦OKAFOR/ADAMR MR⟧"),
        ignores=("GET/POST", "A/B TEST MR", "TCP/IP MR1", "/USR/LOCAL DR"),
    )
