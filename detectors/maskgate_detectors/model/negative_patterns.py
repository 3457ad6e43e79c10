"""What speaks against a finding: words that stand for a value, and words around a number that say it is a count.

Under ``password`` stands a password, but also ``must have 8 characters``, ``required|min:8``, ``vault:app#pw`` or
``[FILTERED]``. Here is what such texts have in common, so that a key does not decide about them.
"""
# ruff: noqa: E501  (lists of words read best in full lines)

from __future__ import annotations

import re
from typing import Final

_REFERENCE: Final = re.compile(
    r"""
    (?:ref\+|vault[+:]|secrets?:|env:|ssm:|awssm:|awsps:|gcp-?sm:|sm://|kms:|sops:|op://|bws:|file:|keyring:|arn:aws
     |akv:|doppler:|conjur:|k8s:|!\w|[$%]env\(|\$\(|\$\{|\$\w+$|%\(?\w+\)?[%s]?$|\{\{|\{%|<%|\#\{|\$\{\{|@\{|~/|\./|\.\./
     |@Microsoft\.KeyVault\(|ENC\(\$|projects/[^/]+/secrets/|[A-Za-z]:\\|/(?:etc|run|var|opt|home|mnt|srv|usr|secrets)/
     |/[a-z]+(?:[/-][a-z]+)*$|https?://[^\s@]+$|ref:|(?:hmac-)?(?:sha\d{1,3}|md5|blake2b):[0-9a-f]+$|%\{|[#.]\w+$|\w+\($
     |[a-z]+\(\d*\)$|(?:[a-z]+\.){2,}[a-zA-Z]+$)
    """,
    re.VERBOSE,
)
_EMPTIED: Final = re.compile(
    r"<[^<>]{0,60}>|\d{1,3} (?:of|/) \d{1,3}|[\[(<{*#_-]+[ ]?(?:unchanged|same|keep|redacted|masked|filtered|hidden|removed|secret|sensitive(?: value)?|encrypted|omitted|scrubbed"
    r"|protected|private|password|passwd|token|not set|unset|empty|none|null|data|value|deleted|anonymi[sz]ed)[ ]?[\])>}*#_-]+"
    r"|[*xX.•#?_-]{3,}\w{0,4}",
    re.IGNORECASE,
)
_STATES: Final = frozenset(
    "unchanged changed expired locked unlocked active inactive disabled enabled drop deny denied allow allowed mask redact "
    "hash hashed tokenize encrypt encrypted write-only read-only writeonly readonly writable private public friends keep "
    "inherit inherited prompt ask set unset not-set provided present absent ok failed failure success valid invalid strong "
    "weak medium reset rotated revoked pending required optional missing incorrect wrong md5 bcrypt argon2 argon2id argon2i "
    "sha1 sha256 sha512 scrypt pbkdf2 plain plaintext basic bearer saml oauth oauth2 oidc ldap sso totp string text null "
    "none true false yes no on off bytea blob clob inet jsonb timestamptz nvarchar tinytext longtext bpchar citext secretstr salasana "
    "heslo hasło jelszó şifre parola lozinka adgangskode passord lösenord wachtwoord senha contraseña clave passwort kennwort пароль bytes binary varchar char uuid integer number boolean object array any unknown default "
    "fake remove password passwd passphrase passcode secret token username confirmed nullable encrypted. n/a tbd todo".split()
)
_TYPE: Final = re.compile(
    r"(?i)(?:var)?char\(\d+\)|(?:string|text|bytes|str)(?:\?|\[\]|\s?\|\s?(?:null|none|undefined))|optional\[\w+\]|secretstr"
    r"|(?:required|nullable|sometimes|string|optional|bail|confirmed|min:\d+|max:\d+)(?:[|,][\w:^.]+)+|(?:min|max):\d+"
)
_SAYS: Final = re.compile(
    r"(?i)\b(?:must|should|cannot|can't|please|enter|choose|confirm|repeat|forgot|required|invalid|incorrect|wrong|missing"
    r"|expired|characters?|minimum|at least|too (?:short|long|weak|common)|not (?:match|valid|set|allowed|found|empty|be)"
    r"|blank|empty|mandatory|optional|mismatch|passwords?|passwort|kennwort|mot de passe|contraseña|senha|wachtwoord|hasło"
    r"|lösenord|erforderlich|ungültig|muss|mindestens|zeichen|bitte|eingeben|requis|obligatoire|invalide|doit|caractères"
    r"|saisir|requerid[oa]|obligatori[oa]|debe|caracteres|introduzca|non valido|deve|caratteri|verplicht|moet|tekens"
    r"|wymagane|należy)\b"
)
_ASKED: Final = re.compile(
    r"(?i)[<\[{(]?\s?(?:your|my|the|insert|enter|replace|put|add|paste|some|example|sample|dummy|fake|goes)[-_ ]?"
    r"(?:[a-z]+[-_ ])*(?:password|passwd|pass|passphrase|secret|token|key|here|me|it|value|credentials?)"
    r"(?:[-_ ](?:here|goes[-_ ]here|value))?\s?[>\]})]?"
    r"|(?:replace|change|fill)[-_ ]?(?:me|this|it)[-_ ]?(?:in[-_ ]?prod(?:uction)?|please|now)|replace[-_ ]?me"
    r"|(?:password|secret|token|key)[-_ ]?(?:goes)?[-_ ]?here"
)
_PIECES: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+|[^\W\d_]+")
_STANDS_FOR: Final = frozenset(
    "your example examples placeholder changeme change insert replace here dummy fake redacted sample enter todo notreal goes put "
    "paste changeit replaceme mustchange".split()
)
_BESIDE_IT: Final = frozenset(
    "my the a an me it this with in of for prod production please now some real not value string token tokens key keys api app "
    "secret secrets password passwd passphrase pass credential credentials access auth client server user username name account "
    "private public personal id bot live test proj org service webhook admin db database generated long random text own sk pk rk "
    "ghp gho xoxb xoxp akia is go from to and or no foo bar baz".split()
)


def placeholder(text: str) -> bool:
    """Whether the text is made of words that stand for a value: ``sk-your-key-here``, ``changeme``, ``<token>``, ``ghp_xxxx``.

    Being known from a documentation makes nothing a placeholder: what is not all words is taken for a value.
    """
    if "***" in text:
        return True
    stands = False
    pieces = _PIECES.findall(text) if len(text) <= 200 else ()
    for piece in pieces:
        word = piece.casefold()
        if word in _STANDS_FOR or (len(word) >= 4 and len(set(word)) == 1 and not word.isdigit()):
            stands = True
        elif word not in _BESIDE_IT and not (word.isdigit() and (len(word) <= 2 or len(set(word)) == 1)):
            return False
    return stands


def own_value(text: str) -> bool:
    """Whether a text under a key for credentials is one, and not a message, a reference, a state or a placeholder."""
    if len(text) < 3:
        return True
    lowered = text.casefold()
    if lowered in _STATES or _REFERENCE.match(text) or _EMPTIED.fullmatch(text) or _TYPE.fullmatch(text):
        return False
    if _ASKED.fullmatch(text) or placeholder(text):
        return False
    if text.startswith("-----BEGIN "):
        return "PRIVATE KEY" in text[:60] or "Static key" in text[:60]
    scheme, _, rest = text.partition(" ")
    if rest and scheme.casefold() in ("bearer", "basic", "token", "apikey"):
        return own_value(rest.strip())
    return not said(text)


def said(text: str) -> bool:
    """Whether several words make a message or a label, by a word with which people are asked for a value."""
    words = text.split()
    if len(words) < 2 or any(char.isdigit() and not word.strip("().,").isdigit() for word in words for char in word):
        return False
    if len(words) in (12, 15, 18, 21, 24) and all(word.isalpha() and word.islower() for word in words):
        return False  # a seed phrase
    return _SAYS.search(text) is not None


def dated(text: str) -> bool:
    """Whether a text under a key for a date has figures of a date: a digit, and not zeros alone."""
    if text[:3].casefold() == "now":
        return False
    return any(char.isdigit() and char != "0" for char in text) or not any(char.isascii() for char in text)


_NUMBERED: Final = re.compile(
    r"(?i)(?:^|[^a-z])(?:(?:part|serial|article|item|order|ref|reference|invoice|ticket|case|drawing|model|sku|lot|batch|build"
    r"|po|p\.o|tracking|version|rev|catalog|catalogue|isbn|ean|upc|asset|stock|product|parcel|shipment|delivery"
    r"|transaction|txn|trace|job|run|seq|sequence|revision|chapter|section|figure|fig|page|table|patent|licence plate"
    r"|bestell|auftrags?|rechnungs?|artikel|teile|serien|sendungs?|beleg|vorgangs?|commande|facture|pedido|factura|fattura"
    r"|ordine|bestelling|factuur|zamówieni[ea]|faktur[ay])[ -]?(?:no|nr|num|number|numbers|id|code|nummer|numéro|n°|nº|ids)?"
    r"|commande n°|article n°|offset|blk_|pid|checksum|hash|p/n|s/n|pn|sn|rma|wo|quote|dwg|zeichnung|charge|lieferschein|projekt"
    r"|project|contract|vertrag|file|docket|style|mold|mould|bin|voucher|kit|kit p/n|seal|rack|angebot|devis|presupuesto)[.:#=]{0,2}\s{0,2}[\"'#(\[]?$"
)
_COUNTED: Final = re.compile(
    r"(?i)^\s?(?:ns|ms|µs|us|sec|secs|seconds|bytes|kb|mb|gb|kib|mib|rows|records|events|requests|calls|times|users|messages|items"
    r"|pages?|views|hits|tokens|km|points|entries|objects|files|keys|samples|packets|transactions|impressions|sessions|units"
    r"|iterations|steps|lines|mobile|steps|nodes|errors|queries|ops|cycles|blocks|zeilen|einträge|fois|veces)\b"
)


def numbered(text: str, start: int, end: int) -> bool:
    """Whether the word before a number or behind it says that it is no person's: ``part 555-01-2345``, ``5550123456 ns``."""
    if _NUMBERED.search(text, max(0, start - 32), start) is not None:
        return True
    return text[start:end].isdigit() and _COUNTED.match(text[end : end + 16]) is not None
