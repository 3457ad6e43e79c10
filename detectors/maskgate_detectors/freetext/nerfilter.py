"""What of a model's entities is believed: a name looks like a name, a place like a place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from maskgate_detectors.freetext.entity import Entity
from maskgate_detectors.freetext.famous import is_famous
from maskgate_detectors.freetext.gazetteer import WordClass
from maskgate_detectors.freetext.prose import is_bare_name
from maskgate_detectors.freetext.things import is_thing

_A_NAME = WordClass.FIRST | WordClass.LAST
_EDGE = re.compile(r"^[\s\"'“”‘’«»(\[{<,.;:!?\-–—*#@]+|[\s\"'“”‘’«»)\]}>,;:!?\-–—*#]+$|['’]s$")
_BAD = re.compile(r"[@_/\\={}<>|#%$^~`\[\]+*]|://|\d{3}|[a-z][A-Z].*[A-Z]|\.\w{1,4}\.")
_LETTER = re.compile(r"[^\W\d_]")
_WORDS = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*\.?")
_NOT_ALONE = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun "
    "today tomorrow yesterday hello hi dear thanks thank regards sincerely please note info warning error debug "
    "order invoice ticket payment refund account customer client user admin support team manager agent sales service "
    "email e-mail mail phone tel mobile fax address street city state country zip code id ref re fwd cc subject "
    "api url http https json xml sql html css pdf csv sdk cli gui ui ux db vm aws gcp azure linux windows android ios "
    "docker kafka redis postgres mysql python java javascript node react github gitlab jira slack google amazon "
    "apple microsoft facebook twitter instagram linkedin paypal visa mastercard netflix spotify chrome firefox "
    "bluetooth wifi usb hdmi vpn dns tcp udp ip ssl tls ssh ftp smtp imap oauth jwt sso mfa otp pin cvv ssn iban bic "
    "vat gdpr hipaa pci ok yes no true false null none n/a tbd asap fyi eta eod q1 q2 q3 q4 am pm utc gmt cet "
    "est pst rt lol omg btw the a an this that these those it he she they we you i".split()
)

_THINGS = frozenset(  # software, buttons, wine and cheese: alone they are no names
    "tekton nomad trino consul vault airflow spark iceberg superset presto druid hadoop hive flink beam dagster "
    "prefect grafana prometheus loki jaeger kibana logstash elasticsearch terraform ansible puppet pulumi vagrant "
    "helm istio envoy nginx tomcat jetty gradle maven cucumber spinnaker selenium cypress playwright django flask "
    "celery laravel symfony rails hibernate kotlin groovy golang "
    "download upload settings export import billing cancel confirm submit save edit delete next back search filter "
    "chardonnay merlot bordeaux rioja chianti prosecco riesling camembert gouda cheddar parmesan mozzarella "
    "safari firefox alexa siri cortana "
    "okta auth0 onelogin datadog snowflake databricks crowdstrike zendesk salesforce shopify twilio sentry pagerduty "
    "splunk github gitlab bitbucket esbuild webpack hispanic latino "
    # what forms ask for: contact, telephone, address, name, e-mail
    "連絡先 電話 電話番号 住所 氏名 名前 お名前 担当者 宛先 联系 联系人 联系方式 "
    "聯絡 聯絡人 电话 電話號碼 地址 姓名 邮箱 收件人 "
    "연락처 전화 전화번호 주소 이름 성명 담당자 контакт контакты телефон адрес "
    "имя фамилия почта الاسم العنوان الهاتف".split()
)


def tidy(text: str, entities: Iterable[Entity]) -> Iterator[Entity]:
    """The entities that are believed, with quotes, punctuation and a possessive cut off their edges."""
    bare = is_bare_name(text)
    for item in entities:
        if bare and item.entity == "LOCATION":  # left to the key that it stands under
            continue
        start, end = item.start, item.end
        changed = True
        while changed and start < end:
            changed = False
            for match in _EDGE.finditer(text[start:end]):
                if match.start() == 0 and match.end() > 0:
                    start += match.end()
                else:
                    end -= match.end() - match.start()
                changed = True
                break
        if end - start >= 2 and _believed(text[start:end], item.entity):
            yield item._replace(start=start, end=end)


_CODE = re.compile(r"[@_\\={}<>|#\[\]+*]|\w\.\w+\.\w|\(\)")
_HANDLE = re.compile(r"@ ?\w{2,40}")
_BEFORE_HOST = re.compile(r"[A-Za-z0-9]\Z|[:/]\S{1,200}\Z")  # what stands before ``@`` in an address of a host
_LONGEST_WORD = 200
_EVERYBODY = frozenset(("all", "channel", "everyone", "here", "room", "team"))
_ACCOUNT = re.compile(r"\w{2,40}")
_LONGEST_CODE = 3
_LONG_NUMBER = re.compile(r"[^\W\d_]{1,40} \d{7,40}")
_PIECE = re.compile(r"\w+")
_HEX = re.compile(r"[0-9a-f]{4,64}")
_PATH = re.compile(r"['\"]\s?,|,\s?['\"]|[_@\uff20\uff3f\uff0e]|[a-z]\d?\.\d|/\w{1,40}\.\w")


_SENTENCE = re.compile(r"(?<=[a-zß-ÿ]{4})[.!?]\s+(?=[^\W\d_])")
_LINKS = frozenset(
    "van von der den de del della di da das do dos du la le les el al bin bint ibn ben y e i of und and zu zur vom "
    "ter ten te af av abu ould st st. o d d' l' san santa mac".split()
)
_TRAILING = re.compile(r"\s+([^\W\d_A-ZÀ-ÖØ-Þ][^\W\d_]*)$")


def cut(value: str, classes: Callable[[str], int]) -> str:
    """A person's name without the next sentence and without the words in small letters that follow it.

    Names written in small letters throughout stay; so does a small word that is known as a name and as nothing else.
    """
    if (end := _SENTENCE.search(value)) is not None:
        value = value[: end.start()]
    if not value[:1].isupper():
        return value
    while (last := _TRAILING.search(value)) is not None:
        word = last[1]
        known = classes(word)
        if word in _LINKS or (known & _A_NAME and not known & WordClass.COMMON):
            break
        value = value[: last.start()]
    return value


_A_PLACE = WordClass.CITY | WordClass.PLACE_PART | WordClass.REGION | WordClass.STREET
_LEAST_UNKNOWN = {"PERSON": 0.6, "LOCATION": 0.6}  # fitted on development texts of fourteen languages
_LEAST_RARE, _LEAST_UNTAUGHT = 0.75, 0.96  # of scripts that few labelled texts were in, and of those that none was in
_LEAST_UNLISTED = 0.9  # of a bare name whose surname no list knows
_LEAST_COMMON = 0.9  # of a single word that stands in a dictionary
_LEAST_ONLY_COMMON = 0.75  # of one that nobody is called
_LEAST_SMALL = 0.75  # of a person in small letters that no list knows
_LEAST_DENSE, _LEAST_DENSE_KNOWN = 0.85, 0.6  # of Chinese, Japanese and Korean, where any character may begin a name
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_RARE = re.compile("[\u0370-\u052f]")  # Greek, Cyrillic
_UNTAUGHT = re.compile("[\u0530-\u08ff\u0980-\u1dff]")
_HUMP = re.compile(r"[a-zß-ÿ](?=[A-ZÀ-ÖØ-Þ])")
_HUMPED = frozenset("mc mac de di da du la le lo el al van von st fitz o jo ann mary jean ben abu".split())
_WORD = re.compile(r"[^\W\d_]+")


def likely(entity: str, score: float, value: str, classes: Callable[[str], int]) -> bool:
    """The score suffices for what is known of the words: words that no list of names holds, and names that are
    dictionary words, need more of it.
    """
    words = _WORD.findall(value)
    if entity == "PERSON" and any(_is_code(word, classes) for word in words):
        return False
    least = _LEAST_UNKNOWN.get(entity, 0.0)
    if least and _UNTAUGHT.search(value):
        return score >= _LEAST_UNTAUGHT  # a list of names of such a script holds words of its prose, too
    if entity == "PERSON" and value.islower():
        least = _LEAST_SMALL
    elif least and _RARE.search(value):
        least = _LEAST_RARE
    elif least and _DENSE.search(value):
        if score < _LEAST_DENSE_KNOWN:
            return False
        least = _LEAST_DENSE
    if score >= least:
        return True
    known = [classes(word) for word in words]
    if entity == "LOCATION":
        return any(mask & _A_PLACE and not mask & WordClass.COMMON for mask in known) or any(c.isdigit() for c in value)
    return any(mask & _A_NAME and not mask & WordClass.COMMON for mask in known)


def _of_code(item: Entity, value: str, text: str) -> bool:
    """``value`` is an identifier, a file, part of a path, quoted values, or a word twice as in ``bin/ex ex``.

    A place made of parts of a digest, of lines of figures or of a word with a long number is none.
    """
    if _PATH.search(value) or (item.entity == "LOCATION" and _of_figures(value)):
        return True
    words = value.split(" ")
    if len(words) > 1 and len(words[0]) > 1 and any(one == two for one, two in pairwise(words)):
        return value.islower()
    return value.islower() and "/" in text[max(0, item.start - 1) : item.start] + text[item.end : item.end + 1]


def _is_code_of_place(item: Entity, value: str, text: str) -> bool:
    """Two small letters behind a key, ``region: eu``: a setting, too short to say where anybody is."""
    short = item.entity == "LOCATION" and len(value) <= _LONGEST_CODE and value.islower() and value.isascii()
    return short and text[: item.start].rstrip()[-1:] in (":", "=")


def _of_figures(value: str) -> bool:
    if _LONG_NUMBER.fullmatch(value):
        return True
    pieces = _PIECE.findall(value)
    if any(char.isdigit() for char in value) and all(_HEX.fullmatch(piece) for piece in pieces):
        return len(pieces) > 1 or not pieces[0].isdigit()
    return len(pieces) > 1 and all(piece.isdigit() for piece in pieces)


def _is_code(word: str, classes: Callable[[str], int]) -> bool:
    """``word`` has a hump (``ClassVar``) that is not one of names (``McAdam``, ``LeBron``, ``MaryAnn``)."""
    hump = _HUMP.search(word)
    if hump is None or classes(word) & _A_NAME:
        return False
    first, second = word[: hump.end()], word[hump.end() :]
    return first.lower() not in _HUMPED and not (classes(first) & _A_NAME and classes(second) & _A_NAME)


def within_lines(
    text: str, entities: Iterable[Entity], classes: Callable[[str], int] | None = None
) -> Iterator[Entity]:
    """The entities without spaces and commas at their edges; persons without code, cut at line ends.

    Of a card, a signature or a log line only the lines that are words remain. With the ``classes`` of words, a
    person's name ends where :func:`cut` ends it.
    """
    bare = classes is not None and is_bare_name(text)
    for item in entities:
        value = text[item.start : item.end]
        if bare and not _is_listed(item, text, classes):
            continue
        if item.entity == "PERSON" and _is_handle(text, item, value):
            yield item._replace(entity="USERNAME")
            continue
        if classes is not None and not likely(item.entity, item.score, value, classes):
            continue
        if classes is not None and item.score < _LEAST_COMMON and _is_plain_word(item, value, text, classes):
            continue
        if _is_code_of_place(item, value, text):
            continue
        if item.entity == "PERSON" and (_is_host(text, item.start) or is_thing(item.start, value, text, classes)):
            continue
        if _of_code(item, value, text) or (not _LETTER.search(value) and _is_of_figures(text)):
            continue
        if item.entity != "PERSON":
            yield from _trimmed(item, value, item.start)
            continue
        at = item.start
        many = "\n" in value
        for line in value.split("\n"):
            if not _CODE.search(line) and not (many and (":" in line or any(char.isdigit() for char in line))):
                yield from _trimmed(item, line if classes is None else cut(line, classes), at)
            at += len(line) + 1


def _is_listed(item: Entity, text: str, classes: Callable[[str], int] | None) -> bool:
    """Without a sentence round it only the lists can tell Marek Tolliver from Lipid Panel: a name, then no word of a
    dictionary. Places are left to the key that they stand under.
    """
    if classes is None or item.entity != "PERSON" or item.end - item.start < len(text):
        return item.entity not in ("PERSON", "LOCATION")
    words = _WORD.findall(text)
    first, last = classes(words[0]), classes(words[-1])
    if (first | last) & WordClass.COMMON:
        return False
    return bool(first & _A_NAME and (last & _A_NAME or item.score >= _LEAST_UNLISTED))


def _is_plain_word(item: Entity, value: str, text: str, classes: Callable[[str], int]) -> bool:
    """A single word of the dictionary that is written like one, or begins a sentence, where every word is large:
    "fields agreed", "Fields checked"; or one that neither a place nor a person is called: "a New device".
    """
    if not value.isalpha() or not classes(value) & WordClass.COMMON:
        return False
    if item.entity == "LOCATION" or item.score < _LEAST_ONLY_COMMON:
        return not classes(value) & (WordClass.CITY | WordClass.REGION if item.entity == "LOCATION" else _A_NAME)
    if item.entity != "PERSON":
        return False
    before = text[: item.start].rstrip()
    alone = value == text.strip()  # left to the lists of names
    return not alone and (value.islower() or not before or before[-1] in ".!?:;\n")


def _is_handle(text: str, item: Entity, value: str) -> bool:
    """The name of an account in a post, ``@`` and a word, which corpora write apart."""
    if value.strip("@ ").lower() in _EVERYBODY or text[item.end : item.end + 1] in ("/", "("):
        return False
    at = item.start
    if _HANDLE.fullmatch(value) is None:
        at = len(text[:at].rstrip(" ")) - 1
        if item.start - at > 2 or text[at] != "@" or _ACCOUNT.fullmatch(value) is None:
            return False
    return not _is_host(text, at + 1)


def _is_host(text: str, start: int) -> bool:
    """Behind an account and ``@``, as in an address: no handle."""
    return (
        text[start - 1 : start] == "@"
        and _BEFORE_HOST.search(text, max(0, start - _LONGEST_WORD), start - 1) is not None
    )


def _is_of_figures(text: str) -> bool:
    """A table of numbers: more of its characters are digits than letters."""
    return sum(map(str.isdigit, text)) > sum(map(str.isalpha, text))


def _trimmed(item: Entity, value: str, at: int) -> Iterator[Entity]:
    inner = value.strip(' \t\r\n\xa0,;:"、。，：「」『』（）।')
    if inner.isupper() and inner.lower() in _NOT_ALONE:  # MFA, VPN
        return
    if (len(inner) > 1 or "\u3400" <= inner <= "\ud7af") and inner.lower() not in _THINGS and not is_famous(inner):
        start = at + value.index(inner)
        yield item._replace(start=start, end=start + len(inner))


def _believed(value: str, entity: str) -> bool:
    if len(value) > 80 or "\n\n" in value:
        return False
    if entity not in ("PERSON", "LOCATION"):
        return True
    if _BAD.search(value):
        return False
    words = _WORDS.findall(value)
    if (
        not words
        or all(word.lower().rstrip(".") in _NOT_ALONE for word in words)
        or value.lower() in _THINGS
        or is_famous(value)
    ):
        return False
    if entity == "PERSON":
        if any(char.isdigit() for char in value) or len(words) > 6:
            return False
        if len(words) == 1 and (len(value) < 3 or (value.isupper() and len(value) < 5) or not value[0].isupper()):
            return False
    return True
