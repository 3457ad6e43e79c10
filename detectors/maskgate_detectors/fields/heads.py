"""Whose name stands under ``name``: the noun before the word decides.

``user_agent.name``, ``os_name`` and ``repository.full_name`` are names of things, ``user.name`` is a person's, and
``client.name`` may be either. Words that hold other things (``data``, ``attributes``) are looked through, and what a
``parent`` or a ``source`` is depends on the noun around it: ``process.parent.name``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import IntEnum

from maskgate_detectors.fields.keywords import BARE_NAMES, PERSON_WORDS


class Whose(IntEnum):
    """Whose name a key holds, as far as the keys say."""

    NO_NAME = 0  # the key is none of a name
    UNSAID = 1
    PERSON = 2
    MAYBE = 3  # of a person, an organisation or a program
    THING = 4


THINGS = frozenset(
    "company organization organisation org business brand product produkt produit producto produto prodotto item "
    "article artikel file fichier archivo datei folder directory host hostname server service event evento project "
    "proyecto projekt task job step workflow model device app application table column database db schema field metric "
    "class package module game team group role plan policy campaign city ville ciudad cidade country pais land state "
    "province region county street calle rue bank banco banque school escuela university hospital clinic store shop "
    "market marketplace vendor supplier manufacturer hotel restaurant venue site place building room channel "
    "topic category tag label collection album song track movie book course subject template theme font color colour "
    "feature flag test suite build branch repo repository image container node cluster pod namespace zone bucket queue "
    "index stream dataset drug medication medicine disease condition procedure species breed ship vessel aircraft "
    "airline station map weapon character level skill list report dashboard chart page section block widget button "
    "form domain display network interface metadata resource artifact function method variable parameter param "
    "attribute property key environment env pipeline stage action trigger rule alert monitor check sensor deployment "
    "release version license licence plugin extension library framework language currency unit type object component "
    "layer tool command script process program procedure workspace department division warehouse courier "
    "insurance airport port os platform browser engine runtime sdk kernel firmware driver "
    "machine instance vm volume disk image snapshot subnet vpc gateway router switch balancer listener endpoint route "
    "api scope permission privilege entitlement claim grant consent secret token certificate credential authenticator "
    "factor provider idp realm connection connector integration webhook hook subscription product price tier discount "
    "coupon promotion gift shipping method rate tax fee carrier invoice receipt order line sku variant option "
    "ruleset rulegroup acl firewall filter detector detection threat malware signature technique tactic incident issue "
    "ticket case milestone sprint epic board card column cwe cve vulnerability advisory package ecosystem runner agent "
    "workflow check run commit tree ref revision diff patch code coding concept system valueset measure unit quantity "
    "observation specimen panel result finding symptom allergy vaccine dose device location facility ward "
    "policyholder_type program trial study cohort arm protocol survey question answer choice quiz lesson module "
    "span trace scope library meter gauge counter histogram logger log level exporter collector signal "
    "isp asn asnum carrier operator registrar registry nameserver tld cdn cache proxy vpn "
    "sheet spreadsheet document doc slide drive calendar meeting conference playlist podcast episode show series genre "
    "network ssid wifi bssid app bundle activity screen view window tab menu theme icon asset fund security ticker "
    "exchange market portfolio mandate scheme bic branch atm merchant mcc network pool set segment audience list "
    "experiment cohort goal funnel source medium content term keyword creative ad adgroup adset placement "
    "pet dog cat animal haustier mascota team league club stadium tournament match round car vehicle make trim "
    "fork forkee bot robot topping dish recipe ingredient menu food drink wine beer brewery museum park camp "
    "crystal mineral element isotope planet star galaxy storm hurricane earthquake "
    "perusahaan empresa entreprise societe firma azienda kota jalan kelas toko loja negozio sucursal cabang tipo jenis "
    "kategori gruppe grup merk marca marke tarif tariff paket".split()
) - {"operator", "driver", "source"}  # fmt: skip
_MAYBE = frozenset(
    "agent client consumer party lead player worker driver account tenant provider source host publisher producer "
    "operator handler partner seller merchant principal identity entity subscriber sponsor broker carrier insurer "
    "issuer from to cc bcc supplier vendor target subject".split()
)
_PERSONS = PERSON_WORDS | frozenset(
    "by profile address shipping billing follower founder director persons trainer coach tutor maintainer moderator "
    "followee creator editor  commenter poster mentor mentee inspector technician "
    "practitioner individual human interviewer cardmember shareholder signee invited blocked banned sponsorable".split()
)
_RELATIONS = frozenset(
    "parent child children sibling ancestor descendant leader root base head prev previous next old new current "
    "original".split()
)
_NEUTRAL = frozenset(
    "data attributes attrs properties props payload body details detail info meta response result results content "
    "contents value values raw fields params parameters args arguments after before object objects json message record "
    "records row rows entry entries".split()
)
_FORMS = frozenset(  # a field has a name, too, but a full name there is what was filled in
    f"{word}{plural}"
    for word in "question answer field form variable parameter param attribute property section page option key column "
    "choice survey element metadata".split()
    for plural in ("", "s")
) | {"properties"}
_KINDS = frozenset(
    "full display short long legal real common friendly preferred simple qualified canonical original new old "
    "formatted pretty unique internal external official normalized public primary secondary english local native "
    "latin screen".split()
)
_ENDS = BARE_NAMES | {"nickname", "nick", "display", "displayname", "login", "handle"}


_ACCOUNTS = frozenset(("login", "handle"))
_NO_ACCOUNTS = frozenset(
    "organization organisation org team enterprise company group app bot repository project product collection blog "
    "page receipt article item variant category file socket window event error thread message queue version scope "
    "post".split()
)


def is_of_name(words: Sequence[str]) -> bool:
    """The key may be one of a name."""
    return words[-1] in _ENDS or singular(words[-1]) in _ENDS


def whose(parts: Sequence[Sequence[str]], plain: Callable[[Sequence[str]], list[str] | None]) -> Whose:
    """Whose name the last of the keys holds; ``parts`` are their words, ``plain`` translates them."""
    own = plain(parts[-1]) or parts[-1]
    if not is_of_name(own):
        return Whose.NO_NAME
    before = [word for word in own[:-1] if word not in _KINDS]
    open_to_all = _NEUTRAL | _FORMS if len(own) > 1 else _NEUTRAL
    related = ""
    for part in (before, *((plain(part) or part) for part in reversed(parts[:-1]))):
        words = list(part)
        while words and (words[-1] in open_to_all or singular(words[-1]) in _RELATIONS):
            word = singular(words.pop())
            related = word if word in _RELATIONS else related
        if words and own[-1] in _ACCOUNTS and singular(words[-1]) in _NO_ACCOUNTS:
            return Whose.THING
        if words and own[-1] == "login":
            return Whose.PERSON
        if words:
            return of_words(words)
    return Whose.PERSON if related in PERSON_WORDS else Whose.UNSAID


_SAYS_NOTHING = frozenset(
    "col column field fld attr attribute arg argument param value val vals item elem element cell prop property var "
    "slot custom cf udf str string text key data entry content obj misc extra other tmp unnamed unknown "
    "answer input output".split()
)


_SILENT = _NEUTRAL | _FORMS | _SAYS_NOTHING


def is_of_nothing(words: Sequence[str]) -> bool:
    """The key does not say what the value is."""
    return all(len(word) == 1 or word in _SAYS_NOTHING for word in words)


def says_nothing(parts: Sequence[Sequence[str]]) -> bool:
    """The keys do not say what the value is: ``f3``, ``col_7``, ``attrs[].value``; nothing around it names a thing."""
    if not is_of_nothing(parts[-1]):
        return False
    for part in reversed(parts[:-1]):
        words = [word for word in part if len(word) > 1 and word not in _SILENT and singular(word) not in _SILENT]
        if words:
            return of_words(words) is not Whose.THING
    return True


def of_words(words: Sequence[str]) -> Whose:
    """Whose name it is that these words stand before: the last of them decides, unless it may be both."""
    head = singular(words[-1])
    before = singular(words[-2]) if len(words) > 1 else ""
    if head in _MAYBE:
        if before in THINGS or (head, before) == ("agent", "user") or before in _PROTOCOLS:
            return Whose.THING
        return Whose.PERSON if before in _PERSONS else Whose.MAYBE
    if head in _PERSONS:
        return Whose.PERSON
    return Whose.THING if head in THINGS else Whose.UNSAID


def of_kind(text: str) -> Whose:
    """Whose name stands beside a kind that reads ``text``: ``User``, ``AppInstance``, ``Patient/42``."""
    if not text.isascii() or len(text) > 80:
        return Whose.UNSAID
    words = [word.lower() for word in _CAMEL.findall(text.partition("/")[0])]
    return of_words(words) if 0 < len(words) <= 4 else Whose.UNSAID


_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def singular(word: str) -> str:
    """``users`` is ``user``, ``policies`` is ``policy``, ``children`` stays."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    for end in ("ses", "xes", "ches", "shes"):
        if word.endswith(end):
            return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


_PROTOCOLS = frozenset("http https oauth oauth2 oidc saml mqtt ai monitoring elastic fleet".split())
