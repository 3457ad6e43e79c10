"""How a name is given a value in settings, programs, commands and markup.

Between the two stands a sign (``=``, ``:``, ``::=``, ``?=``, ``.=``, ``||=``, ``<-`` …), with a type before it in a
declaration (``var apiKey: string =``), and around the value stand quotes, a call or ``CDATA``. Signs and types that
programs alone use count for credentials only: ``user.name == "open"`` says nothing of a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_QUOTED_NEXT = r"(?=[ \t]{0,3}(?:[\w:.]{0,30}\(|[@$%]\w?|[fbruLN]{1,2})?\\?[\"'`({\[|])"
_TYPE = (
    r"(?:const\s)?[&*]{0,2}(?:'\w{1,20}\s)?[A-Za-z_][\w.]{0,40}(?:[<\[][\w<>\[\], .|]{0,40}[>\]])?[?!]?"
    r"(?:\s?\|\s?(?:null|None|undefined|string))?"
)
_TYPE_BEHIND = r"(?:As[ \t]{1,3})?(?:[Ss]tring|\[\]byte|NSString|SecretStr|SecureString|text|varchar)\b\??"
_PAIR = re.compile(
    rf"""[^\W\d_][0-9]?(?=["'`\])\s=:>|?!.+&<\[{{])(?:
      >(?=[^<>]|<!\[CDATA)
    | (?P<tag>["'](?:\s[^<>\n]{{0,160}})?>
      |\s(?!(?:name|key|id)=)[\w:.-]{{1,40}}=["'](?:(?!\s(?:name|key|id)=)[^<>\n]){{0,160}}>)(?=[^<>]|<!\[CDATA)
    | ["'`]?[\])]?[ \t]{{0,40}}(?P<odd>
        :{{2,3}}=|(?:\?\?|[?.+])=
      | (?P<quoted>\|\|=|===?|!==?|<-|\|\||(?:\[[0-9]{{0,4}}\][ \t]{{0,3}}|{_TYPE_BEHIND}[ \t]{{0,3}})=
        | \??[ \t]{{0,3}}:[ \t]{{0,3}}{_TYPE}[ \t]{{0,3}}=){_QUOTED_NEXT}
      | \{{(?=["']))
    | ["'`]?\]?(?:\s|[ \t]{{2,40}})?(?::=|=>|=|:(?!//))
    )""",
    re.VERBOSE,
)
_TAG_START = re.compile(r"<(?:[\w.\-]{1,40}:)?\Z")
_NAMED_TAG = re.compile(
    r"(?i)<(?:\w{1,20}:)?(?:property|entry|string|param|parameter|setting|item|variable|env|prop|add|constant|attribute"
    r"|field|value|data|secret|credential|config|env-entry)\s(?:[^<>]{0,80}\s)?(?:name|key|id)=[\"']\Z"
)
_TAG_VALUE = re.compile(r"\s*+(?:<!\[CDATA\[\s*+)?([^<>\n]*[^<>\s\]])\s*+(?:\]\]>\s*+)?</")
_PAIR_KEY = re.compile(r"[\w.\-\[]{1,40}+(?: [\w.\-]{1,40}+){0,3}+")  # read from right to left
_MAKERS = (
    r"(?:(?:new )?(?:String::from|SecretStr|SecretString(?:::from|::new)?|Secret(?:::new)?|SecureString|String|str"
    r"|bytes|(?:[\w.]{1,30}\.)?(?:b64decode|fromBase64|decodeString)|Buffer\.from|atob))\((?=\\?[\"'])"
)
_PAIR_VALUE = re.compile(
    rf"""\s{{0,3}}(?:[|>][+-]?[ \t]{{0,3}}\n[ \t]{{1,40}})?(?:\*{{2}}\s?)?
    (?:@(?=["])|\$(?=['])|[fbruLN]{{1,2}}(?=["'])|{_MAKERS}|%[qQ]?[({{\[|<](?=[!-~]{{6}}))?(?:\\?"{{2}}(?="[^"]))?\\?
    (?:"([^"\n\\]{{1,8192}}+)\\?"|'([^'\n]{{1,8192}}+)'|`([^`\n]{{1,8192}}+)`|([^\n]{{1,200}}))""",
    re.VERBOSE,
)


class Pair(NamedTuple):
    """A name before a sign: where the name ends, where the value begins, and how sure the sign is."""

    key_end: int
    start: int
    markup: bool  # the value is the content of an element
    secrets_only: bool  # a sign of programs: no kind but credentials


def pairs(text: str) -> Iterator[Pair]:
    """The signs in ``text`` before which a name may stand, left to right."""
    for match in _PAIR.finditer(text):
        markup = match["tag"] is not None or (text[match.end() - 1] == ">" and text[match.end() - 2] != "=")
        yield Pair(match.start() + 1, match.end(), markup, match["odd"] is not None or match["tag"] is not None)


def key_before(text: str, end: int) -> str:
    """The words before ``end``, as many as a key may have."""
    if text[end : end + 1].isdigit():
        end += 1
    match = _PAIR_KEY.match(text[max(0, end - 120) : end][::-1])
    return match[0][::-1] if match else ""


def content(text: str, pair: Pair, key: str) -> re.Match[str] | None:
    """The text (group 1) of the element that ``key`` names, by its tag or by its attribute ``name``."""
    before = text[max(0, pair.key_end - 200) : pair.key_end]
    before = before[: before.rfind(key)]
    named = text[pair.key_end : pair.key_end + 1] in "\"'"
    if (_NAMED_TAG if named else _TAG_START).search(before) is None:
        return None
    return _TAG_VALUE.match(text, pair.start)


def value_at(text: str, start: int) -> re.Match[str] | None:
    """What stands at ``start``: groups 1 to 3 in quotes, group 4 the rest of the line."""
    return _PAIR_VALUE.match(text, start)
