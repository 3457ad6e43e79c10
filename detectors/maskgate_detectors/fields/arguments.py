"""Strings that are credentials by what stands beside them in an array, or by the object that they are a member of.

``["mysql", "-uroot", "-p…"]``, ``["--password", "…"]``, ``["curl", "-u", "name:…"]``: the element before, or the
program, says what an argument is. The lines between ``-----BEGIN … PRIVATE KEY-----`` and its end are the key. Every
member of ``data`` and ``stringData`` of a Kubernetes ``Secret`` is one, whatever it is called: alone, in a list, in a
list's items without a kind of their own, and as the object of an audit event.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from maskgate_detectors.fields.context import KeyHints, KeyInfo
from maskgate_detectors.model.rule import SECRET
from maskgate_detectors.reader.lexer import STRING, Leaf, decode

_OPTION = re.compile(rb'"-{1,2}[A-Za-z]|"-----BEGIN ')
_SECRETS = re.compile(rb'"(?:kind|resource)"[ \t\r\n]*+:[ \t\r\n]*+"(?:Secret|SecretList|secrets)"')
_ELEMENT = re.compile(r"(.*)/\d{1,7}")
_NAMED = re.compile(r"--?([A-Za-z][\w.-]{1,60})")
_PEM_BEGIN = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY")
_LOGIN = re.compile(r"[^\s:]++:\S++")
_SECRET_KIND = re.compile(r"(.*)/kind")
_REFERENCE = re.compile(r"(.*)/objectRef/resource")
_MEMBER = r"(?:/items/\d+)?/(?:data|stringData)/[^/]+"

# Options whose argument is a password, by the program: glued to the option, or the next element.
_CLIENTS: dict[str, str] = {
    **dict.fromkeys(("mysql", "mysqldump", "mysqladmin", "mariadb", "mongo", "mongosh", "mongodump"), "-p"),
    **dict.fromkeys(("sshpass", "docker", "podman", "7z", "7za", "htpasswd"), "-p"),
    **dict.fromkeys(("zip", "unzip", "sqlcmd", "bcp"), "-P"),
    **dict.fromkeys(("redis-cli",), "-a"),
    **dict.fromkeys(("ldapsearch", "ldapmodify", "ldapadd"), "-w"),
}
_GLUED = frozenset(("mysql", "mysqldump", "mysqladmin", "mariadb", "sshpass", "7z", "7za"))
_LOGIN_ONLY = frozenset(("docker", "podman"))  # elsewhere -p is a port
_WEB = frozenset(("curl", "wget", "http", "https", "xh", "httpie"))


def may_be_said(text: bytes) -> bool:
    """:func:`may_stand` may be true of one of the records of ``text``."""
    return b'"-' in text or b'"Secret' in text or b'"secrets"' in text


def may_stand(text: bytes) -> bool:
    """Options, lines of a key or an object of Kubernetes may stand in the record."""
    if b'"-' in text and _OPTION.search(text) is not None:
        return True
    return (b'"Secret' in text or b'"secrets"' in text) and _SECRETS.search(text) is not None


def find(record: bytes, leaves: Sequence[Leaf], hints: KeyHints, infos: dict[int, KeyInfo]) -> bool:
    """Add to ``infos`` what is a credential by what stands beside it; whether values had a say (they always have)."""
    if not may_stand(record):
        return False
    for group in _arrays(leaves):
        texts = [decode(record[leaf.start : leaf.end]) for leaf in (leaves[at] for at in group)]
        for at, rule in _arguments(texts, hints):
            infos[group[at]] = _deciding(rule, hints)
    if _SECRETS.search(record) is not None:
        _members(record, leaves, hints, infos)
    return True


def _deciding(rule: str, hints: KeyHints) -> KeyInfo:
    found = (hints.rules[rule],) if rule in hints.rules else ()
    return KeyInfo("  ", deciders=found, asked=found)


def _arrays(leaves: Sequence[Leaf]) -> Iterator[list[int]]:
    """The strings of each array that has two or more in a row."""
    group: list[int] = []
    of = ""
    for at, leaf in enumerate(leaves):
        match = _ELEMENT.fullmatch(leaf.path) if leaf.kind == STRING and leaf.key_start < 0 else None
        if match is None or (group and match[1] != of):
            if len(group) > 1:
                yield group
            group = []
        if match is not None:
            of = match[1]
            group.append(at)
    if len(group) > 1:
        yield group


def _arguments(texts: Sequence[str], hints: KeyHints) -> Iterator[tuple[int, str]]:
    """The elements that are credentials, with the rule that says so."""
    programs = {text.rsplit("/", 1)[-1].removesuffix(".exe") for text in texts[:4] if len(text) < 200}
    if "login" not in texts:
        programs -= _LOGIN_ONLY
    clients = {_CLIENTS[name]: name in _GLUED for name in programs & _CLIENTS.keys()}
    web = not programs.isdisjoint(_WEB)
    in_key = False
    for at, text in enumerate(texts):
        if in_key:
            yield at, "private-key-pem"
            in_key = not text.startswith("-----END ")
            continue
        if _PEM_BEGIN.match(text) is not None:
            in_key = "-----END " not in text
            continue
        if text[:1] != "-":
            continue
        following = texts[at + 1] if at + 1 < len(texts) else ""
        lone = following and following[0] != "-" and not following.startswith("$")
        if web and text in ("-u", "--user", "--proxy-user", "-U", "-a", "--auth") and _LOGIN.fullmatch(following):
            yield at + 1, "curl-user-password"
        elif web and text[:2] == "-u" and _LOGIN.fullmatch(text, 2):
            yield at, "curl-user-password"
        elif text in clients and lone:
            yield at + 1, "client-password"
        elif text[:2] in clients and clients[text[:2]] and len(text) > 2:
            yield at, "client-password"
        elif lone and (option := _NAMED.fullmatch(text)) is not None and _is_secret(option[1], following, hints):
            yield at + 1, "command-line-password"


def _is_secret(option: str, value: str, hints: KeyHints) -> bool:
    """The option names a credential, and the value may be one."""
    data = value.encode("utf-8", "replace")
    for rule in hints.for_keys([option]).deciders:
        if rule.entity == SECRET:
            return len(value) >= 4 and (rule.key_check is None or rule.key_check(data.decode()))
    return False


def _members(record: bytes, leaves: Sequence[Leaf], hints: KeyHints, infos: dict[int, KeyInfo]) -> None:
    """Mark the members of objects of Kubernetes that hold secrets."""
    roots: list[str] = []
    for leaf in leaves:
        if leaf.kind != STRING or leaf.key_start < 0 or leaf.end - leaf.start > 12:
            continue
        if (match := _SECRET_KIND.fullmatch(leaf.path)) is not None:
            if record[leaf.start : leaf.end] in (b"Secret", b"SecretList"):
                roots.append(re.escape(match[1]))
        elif (match := _REFERENCE.fullmatch(leaf.path)) is not None and record[leaf.start : leaf.end] == b"secrets":
            roots.append(re.escape(match[1]) + "/(?:requestObject|responseObject)")
    if not roots:
        return
    member = re.compile(rf"(?:{'|'.join(roots)}){_MEMBER}")
    for at, leaf in enumerate(leaves):
        if leaf.kind == STRING and member.fullmatch(leaf.path) is not None:
            infos[at] = _deciding("kubernetes-secret", hints)
