"""Names of people under keys that name a role, and before mailboxes."""

from __future__ import annotations

from maskgate_detectors.fields.keywords import NAME_WORDS, PERSON_WORDS
from maskgate_detectors.freetext.listed import is_dictionary_word, is_full_name, is_given_name
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import words

_THINGS = frozenset(
    [
        "team",
        "group",
        "inc",
        "llc",
        "ltd",
        "gmbh",
        "ag",
        "corp",
        "corporation",
        "company",
        "co",
        "bank",
        "support",
        "service",
        "services",
        "system",
        "systems",
        "admin",
        "bot",
        "department",
        "dept",
        "university",
        "college",
        "school",
        "hospital",
        "clinic",
        "store",
        "shop",
        "market",
        "online",
        "center",
        "centre",
        "office",
        "sales",
        "marketing",
        "finance",
        "engineering",
        "security",
        "platform",
        "payments",
        "operations",
        "ops",
        "help",
        "desk",
        "customer",
        "info",
        "billing",
        "account",
        "accounts",
        "data",
        "product",
        "products",
        "development",
        "research",
        "media",
        "news",
        "press",
        "studio",
        "studios",
        "digital",
        "global",
        "international",
        "solutions",
        "technologies",
        "lamp",
        "table",
        "chair",
        "desk",
        "set",
        "kit",
        "shirt",
        "shoes",
        "boots",
        "jacket",
        "bag",
        "phone",
        "case",
        "glass",
        "frame",
        "bed",
        "scarf",
        "tray",
        "clock",
        "backpack",
        "helmet",
        "polo",
        "bottle",
        "bacon",
        "tin",
        "blade",
        "board",
        "bar",
        "export",
        "import",
        "job",
        "build",
        "test",
        "tests",
        "check",
        "checks",
        "checkout",
        "pipeline",
        "workflow",
        "nightly",
        "daily",
        "weekly",
        "report",
        "release",
        "update",
        "backup",
        "sync",
        "deploy",
        "run",
        "runner",
        "worker",
        "set",
        "up",
        "api",
        "app",
        "web",
        "mobile",
        "server",
        "client",
        "database",
        "queue",
        "cache",
        "new",
        "old",
        "default",
        "main",
        "master",
        "root",
        "public",
        "private",
        "general",
        "unknown",
        "anonymous",
        "street",
        "road",
        "avenue",
        "city",
        "north",
        "south",
        "map",
        "game",
        "edition",
        "operators",
        "administrators",
        "notifications",
        "azure",
        "column",
        "sql",
        "guide",
        "book",
        "license",
        "font",
        "oil",
        "serum",
        "wear",
        "collection",
        "black",
        "white",
        "red",
        "blue",
        "green",
        "gold",
        "silver",
        "large",
        "medium",
        "small",
        "pro",
        "max",
        "plus",
        "mini",
        "ultra",
    ]
)


_SURNAMES = frozenset("black white green gold silver brown gray grey rose max small street".split())


def _of_a_person(text: str) -> bool:
    """Whether none of the words is of a company, a department, a product or a process, and not all of a dictionary."""
    found = [word.casefold().strip(".,’'") for word in text.replace("+", " ").split()]
    if any(word in _THINGS and not (word in _SURNAMES and is_full_name(text)) for word in found):
        return False
    return not text.isascii() or is_full_name(text) or not all(map(is_dictionary_word, found))


@detector
def person_role() -> Rule:
    """https://schema.org/agent"""
    return Rule(
        id="person-role",
        entity="PERSON",
        label="Name of two to four words under a key that names a role",
        pattern=(
            r"^\s{0,3}(?P<value>(?:\p{Lu}[\p{L}\p{M}'’.-]{0,30},? )(?:(?:van|von|der|de|den|del|della|da|di"
            r"|dos|du|la|le|bin|al|el|zu|ter|ten) ){0,3}"
            r"(?:\p{Lu}[\p{L}\p{M}'’.-]{0,30})(?: \p{Lu}[\p{L}\p{M}'’.-]{0,30}){0,2}|\p{Han}{2,4}"
            r"|\p{Hangul}{3,4})\s{0,3}$"
        ),
        validate=_of_a_person,
        valid_score=0.8,
        needs_context=True,
        keys=words(
            "contact, by, from name, to name, assigned, referrer, referred by, referee, co, c o, cc name, nominated by",
            "holder, owner, author, authors, assignee, reporter, reviewer, approver, requester",
            "requestor, created by, updated by, modified by, submitted by, approved by, uploaded by",
            "opened by, closed by, assigned to, handled by, processed by, served by, performed by",
            "prepared by, ordered by, sold to, bill to, ship to, deliver to, sender, user",
            "member, contact, employee, driver, rider, guest, doctor, pcp, nurse",
            "therapist, teacher, student, tutor, coach, manager, mgr, supervisor, rep",
            "representative, broker, lawyer, attorney, judge, participant, participants, members, guests",
            "passengers, travelers, travellers, names, people, employees, players, speakers, organizer",
            "organiser, interviewer, candidate, lessee, tenant, landlord, editor, maintainer, committer",
            "approvers, reviewers, watchers, mentor, parent, mother, father, child, children, wife, husband",
            "partner, friend, sibling, heir, trustee, director, kunde, mitarbeiter, bearbeiter, absender",
            "buyer, seller, subscriber, client, applicant, payee, payer, insured, purchaser, shopper, visitor",
            "resident, signatory, signer, worker, borrower, lender, donor, renter, trainer, traveler, traveller",
            "vertreter, betreuer, arzt, fahrer, interlocuteur, responsable, auteur, autor, autore",
            "proprietaire, propietario, medico, medecin, conductor, conducteur, eigenaar",
            *sorted(
                PERSON_WORDS
                - {"agent", "consumer", "party", "lead", "player", "me", "self", "who", "individual", "relative", "son"}
            ),
        ),
        matches=(
            "owner: ⟦Anna Schmidt⟧",
            "created_by: ⟦Schmidt, Anna⟧",
            "participants: ⟦Lucas van der Berg⟧",
            "assignee: ⟦José María García⟧",
            "buyer: ⟦Tomasz Wójcik⟧",
        ),
        ignores=(
            "owner: Platform Team",
            "author: Acme Corp",
            "client: Mobile Safari",
            "owner: payments",
            "assignee: jsmith",
            "title: Anna Schmidt",
            "company_name: Johnson Controls",
            "from: New York",
            "provider: Google Cloud",
            "product.name: Florence Vase",
        ),
    )


_NAME = (
    r"\p{Lu}[\p{L}\p{M}'’.-]{0,40},?(?:(?:[ \x{a0}+]|%20)(?:\p{L}{1,3} ){0,3}\p{Lu}[\p{L}\p{M}'’.-]{0,40}){1,3}"
    r"|\p{L}[\p{L}\p{M}'’-]{1,40}(?: \p{L}[\p{L}\p{M}'’-]{1,40}){1,2}"
)


def _full_name(text: str) -> bool:
    """Whether the lists of names know it, and no word of it is of a company, a product or a process."""
    return is_full_name(text) and _of_a_person(text)


def _shown_name(text: str) -> bool:
    return is_given_name(text) if " " not in text else _full_name(text)


@detector
def name_by_lists() -> Rule:
    """https://schema.org/name"""
    return Rule(
        id="name-by-lists",
        entity="PERSON",
        label="Whole name under a key that does not say whose name it is: by the lists of names",
        pattern=r"^(?P<value>" + _NAME + r")$",
        validate=_full_name,
        valid_score=0.8,
        needs_context=True,
        keys=words(*sorted(NAME_WORDS - {"ad", "imya"}), "nev, bare value"),
        matches=("f3: ⟦Anna Schmidt⟧", "name: ⟦Anna Schmidt⟧", "name: ⟦Tomasz Wójcik⟧", "name: ⟦Emma Green⟧"),
        ignores=(
            "f3: Lipid Panel",
            "name: Full Access Key",
            "name: British Columbia",
            "name: Lipid Panel",
            "name: Anna",
            "name: Azure SQL Database",
            "product.name: Florence Vase",
        ),
    )


@detector
def shown_name() -> Rule:
    """https://www.rfc-editor.org/rfc/rfc5322#section-3.4"""
    return Rule(
        id="shown-name",
        entity="PERSON",
        label="Name shown to others, perhaps a given name alone: by the lists of names",
        pattern=r"^(?P<value>" + _NAME + r"|\p{Lu}\p{Ll}[\p{L}\p{M}'’-]{1,40})$",
        validate=_shown_name,
        valid_score=0.8,
        needs_context=True,
        keys=words(
            "shown name, display name, display, sender, from, from name, to name, author, owner, assignee, by",
            "created by, updated by, modified by, submitted by, approved by, uploaded by, opened by, closed by",
            "handled by, requester, requestor, reviewer, approver, reporter, nick, nickname, preferred name, attendee",
            "organizer, organiser, host, caller, callee, speaker, commenter, chatter, poster, greeting name, mention",
        ),
        matches=("displayName: ⟦Anna Berg⟧", "display_name: ⟦Solveig⟧", "sender: ⟦Haruka⟧"),
        ignores=(
            "displayName: Azure SQL Database",
            "display_name: Backup Operators",
            "displayName: Pro Plan (monthly)",
            "display_name: Okta Dashboard",
            "sender: Billing",
            "from: New York",
        ),
    )


@detector
def mailbox_name() -> Rule:
    """https://www.rfc-editor.org/rfc/rfc5322#section-3.4"""
    return Rule(
        id="mailbox-name",
        entity="PERSON",
        label="Display name before an address in angle brackets",
        pattern=(
            r"(?:^|[^\p{L}\p{N}.-])(?P<value>\p{Lu}[\p{L}\p{M}'’.-]{0,30}(?:,? (?:(?:van|von|der|de|den|del"
            r"|da|di|la|le|bin|al|el) ){0,2}\p{Lu}[\p{L}\p{M}'’.-]{0,30}){1,3})"
            r"[\"']? ?<(?:sips?:|mailto:|xmpp:|tel:)?[^\s<>@]{1,64}@[^\s<>@]{3,200}>"
        ),
        triggers=(
            r"(?:[^\x00-@\[-`{-\x7f]|\.)[\\\"']{0,2} ?(?:<|\\u003c)(?:sips?:|mailto:|xmpp:"
            r"|tel:)?[A-Za-z0-9._%+'-]{1,64}@",
        ),
        validate=_of_a_person,
        valid_score=0.85,
        matches=(
            "From: ⟦Emma Johansson⟧ <emma.j@example.se>",
            '"⟦Johansson, Emma⟧" <e@example.se>',
            "to ⟦Tomáš Dvořák⟧ <td@dev.example>",
            '"⟦Danuta Weiß⟧" <sip:+492@voip.example.net>;tag=a7',
        ),
        ignores=("Support Team <help@example.com>", "noreply <noreply@example.com>", "List<String> a@b.co"),
    )
