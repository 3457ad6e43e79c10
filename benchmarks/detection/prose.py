"""Families of events with free text; names and addresses of all Latin-script locales in English sentences, and others."""
# ruff: noqa: E501  (a record or a sentence reads best on one line)

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from benchmarks.detection.structured import _hex, _time
from benchmarks.detection.values import Person

Family = Callable[[random.Random, Person], Any]

SUPPORT = (
    "Hi, this is {m_name}. My order still has not arrived, please call me back on {m_intl_phone} or "
    "write to {m_email}.",
    "{m_first} {m_last} called about the invoice. She asked us to send it to {m_street}, {m_city} instead.",
    "Customer {m_name} reports that the card ending in 4242 was charged twice. Reach him at {m_email}.",
    "Spoke with {m_first}, who moved to {m_city} last month. New address: {m_address}.",
    "I forgot my password. My account is under {m_email} and I was born on {m_dob}. Thanks, {m_first}",
    "Refund of 35.00 issued to {m_name} (IBAN {m_iban}). Nothing else to do.",
    "The parcel was handed to a neighbour, {m_name}, at the front door. Signature on file.",
    "Please update the delivery contact from {m_name} to {m_first} {m_last}, phone {m_intl_phone}.",
)
NOTES = (
    "Patient {m_name}, MRN {m_mrn}, seen today for follow-up. Blood pressure stable. Daughter {m_first} present.",
    "{m_name} was admitted on Monday with chest pain. Contact {m_email} for records.",
    "Interviewed {m_name} for the backend role. {m_first} has eight years of experience and lives in {m_city}.",
    "Meeting with {m_name} moved to 3 pm. Dial in at {m_intl_phone}.",
    "Dr. {m_last} referred the patient to cardiology. Next of kin is {m_name}.",
    "Performance review: {m_first} exceeded the goals of the quarter. Manager {m_name} agrees.",
    "Tenant {m_name} of {m_street} reported a leak in the kitchen. Plumber is booked for tomorrow.",
    "Claimant {m_name} states that the driver, {m_name}, failed to stop. Plate {m_plate}.",
)
CHAT = (
    "hey {m_first}, can you resend the invoice to {m_email}? thx",
    "ask {m_name} about it, he is at {m_intl_phone}",
    "{m_first} said the demo went fine, no blockers",
    "my new place is {m_street} in {m_city}, come by on Friday!",
    "meet {m_name}, our new designer. She starts on Monday",
    "who approved this? I think it was {m_first} {m_last} from finance",
    "the login is {m_email} and the password is {m_password}",
    "just talked to {m_name}; the contract is signed",
)
LOGS = (
    "user login ok user={m_user} ip={m_ip} agent=curl/8.1",
    "failed to send mail to {m_email}: 550 mailbox unavailable",
    "payment declined for card {m_card} code=51",
    "created account for {m_name} <{m_email}> in 34 ms",
    "connection from {m_ip} closed after 12 requests",
    "sms queued to {m_intl_phone} provider=twilio status=202",
    "exporting row 18 of 200: {m_name};{m_email};{m_intl_phone}",
    "Authorization: Bearer {m_api_key} rejected: expired",
)
GERMAN = (
    "Guten Tag, hier ist {m_name}. Bitte rufen Sie mich unter {m_intl_phone} zurück.",
    "Frau {m_last} hat die Rechnung nicht erhalten, bitte an {m_email} senden.",
    "Der Termin mit Herrn {m_last} ist auf Dienstag verschoben.",
    "Lieferung an {m_name}, {m_street}, {m_city}.",
)
FRENCH = (
    "Bonjour, je suis {m_name}. Merci de me rappeler au {m_intl_phone}.",
    "Madame {m_last} n'a pas reçu sa facture, envoyez-la à {m_email}.",
    "Le colis de {m_name} a été livré à {m_city}.",
)
SPANISH = (
    "Hola, soy {m_name}. Por favor llámeme al {m_intl_phone}.",
    "La señora {m_last} pide la factura en {m_email}.",
    "El paciente {m_name} vive en {m_city} desde 2019.",
)


def fill(r: random.Random, p: Person, templates: tuple[str, ...], count: int = 1) -> str:
    """Some of the sentences with the person's values, marked."""
    out = []
    for template in r.sample(templates, count):
        text = template
        while "{m_" in text:
            start = text.index("{m_")
            end = text.index("}", start)
            text = text[:start] + getattr(p, text[start + 1 : end]) + text[end + 1 :]
        out.append(text)
    return " ".join(out)


def support(r: random.Random, p: Person) -> Any:
    return {
        "ticket": {"id": int(p.digits(6)), "subject": "Question about my order", "body": fill(r, p, SUPPORT, 2), "lang": "en"},
        "customer": {"first_name": p.m_first, "last_name": p.m_last, "email": p.m_email}, "opened_at": _time(r), "queue": "tier-1",
    }  # fmt: skip


def notes(r: random.Random, p: Person) -> Any:
    return {
        "note_id": _hex(r, 24),
        "author": {"name": p.m_name},
        "text": fill(r, p, NOTES, 2),
        "created": _time(r),
        "pinned": False,
    }


def chat(r: random.Random, p: Person) -> Any:
    return {
        "channel": "C0" + p.digits(7), "ts": "1735689600.000200", "messages": [{"seq": n, "text": fill(r, p, CHAT)} for n in range(3)],
        "thread": {"reply_count": 3},
    }  # fmt: skip


def log_lines(r: random.Random, p: Person) -> Any:
    return {
        "host": "web-3",
        "level": "WARN",
        "message": fill(r, p, LOGS),
        "context": {"line": fill(r, p, LOGS), "trace": _hex(r, 32)},
    }


def agent(r: random.Random, p: Person) -> Any:
    return {
        "run_id": _hex(r, 16), "messages": [{"role": "user", "content": fill(r, p, SUPPORT)}, {"role": "tool", "name": "crm_lookup",
        "content": {"result": {"contact_name": p.m_name, "email": p.m_email}}}, {"role": "assistant", "content": fill(r, p, NOTES)}],
        "tokens": r.randint(10, 900),
    }  # fmt: skip


def review(r: random.Random, p: Person) -> Any:
    return {"product": "Trail Runner 5", "stars": r.randint(1, 5), "review": fill(r, p, CHAT) + " The shoes are light and the colour is nice.",
            "reviewer": {"display_name": p.m_name}}  # fmt: skip


def german_text(r: random.Random, p: Person) -> Any:
    return {"Vorgang": p.digits(7), "Notiz": fill(r, p, GERMAN, 2), "Status": "offen"}


def french_spanish_text(r: random.Random, p: Person) -> Any:
    return {
        "dossier": p.digits(7),
        "commentaire": fill(r, p, FRENCH),
        "comentario": fill(r, p, SPANISH),
        "statut": "ouvert",
    }


SPLITS: dict[str, tuple[Family, ...]] = {
    "train": (support, notes),
    "dev": (chat, log_lines),
    "test": (agent, review),
    "other_languages": (german_text, french_spanish_text),
}
