"""What is found in one text with one key: the meaning of every rule, shared by all engines.

Order: the key decides (then nothing else is asked) → shapes that hold nothing (UUID, digest, time, version, enum)
→ the rules. Which rules are worth trying may be narrowed by a prefilter; the result is the same without.
"""

from __future__ import annotations

import re
import time
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from maskgate_detectors.fields.context import KeyInfo
from maskgate_detectors.model import negative_patterns as unlike
from maskgate_detectors.model.registry import PREPARING, Compiled, entropy
from maskgate_detectors.model.rule import SECRET, Rule, part_rule, splits
from maskgate_detectors.text.nearby import context_after, context_before, context_in_path


class Hit(NamedTuple):
    """A finding inside one text, in code points of that text."""

    start: int
    end: int
    entity: str
    score: float
    detector: str
    layers: tuple[str, ...] = ()
    whole: bool = False


class TimeIsUp(Exception):
    """The record has used its time."""


class DetectorFailed(Exception):
    """A rule raised; ``args[0]`` is its id."""


class Budget:
    """Time for one record, spent between :meth:`begin` and :meth:`end`, so that nobody pays for a neighbour.

    CPU time counts; the wall clock as well, but much longer: a rule that sleeps takes the time of all, a busy
    machine is not the record's fault. Making a rule's programs at its first use is not the record's time.
    """

    __slots__ = ("_cpu", "_cpu_left", "_prepared", "_prepared_cpu", "_wall", "_wall_left")

    def __init__(self, seconds: float) -> None:
        self._cpu_left, self._wall_left = seconds, _PATIENCE * seconds
        self.begin()

    def begin(self) -> None:
        """From here on the record spends its time."""
        self._prepared, self._prepared_cpu = PREPARING.seconds, PREPARING.cpu
        self._wall = time.perf_counter()
        self._cpu = time.thread_time()

    def end(self) -> None:
        """Something else is at work now."""
        self._wall_left -= time.perf_counter() - self._wall - (PREPARING.seconds - self._prepared)
        self._cpu_left -= time.thread_time() - self._cpu - (PREPARING.cpu - self._prepared_cpu)

    def check(self) -> None:
        """Raise :class:`TimeIsUp` when the time is used up; the CPU's is read only once the wall clock's may be."""
        passed = time.perf_counter() - self._wall
        if passed > self._cpu_left:
            passed -= PREPARING.seconds - self._prepared
            used = time.thread_time() - self._cpu - (PREPARING.cpu - self._prepared_cpu)
            if used > self._cpu_left or passed > self._wall_left:
                raise TimeIsUp

    def close(self) -> None:
        """:meth:`end`, and :class:`TimeIsUp` where the last step took too long."""
        self.end()
        if self._cpu_left < 0 or self._wall_left < 0:
            raise TimeIsUp


Trace = list[dict[str, Any]]


def step(rule: str, entity: str, start: int, end: int, score: float, verdict: str, why: str) -> dict[str, Any]:
    """One line of a trace; what lifts it to the leaf fills ``layers`` and ``inside`` (paths in JSON in a string)."""
    return {
        "rule": rule, "entity": entity, "start": start, "end": end, "score": round(score, 3), "verdict": verdict,
        "why": why, "layers": [], "inside": [],
    }  # fmt: skip


_OUR_TOKEN = r"mg1\.[0-9a-f]{8}(?:-e)?\.[A-Za-z0-9_\-]{22,}+"  # noqa: S105  (a grammar; no looser: what it fits is not looked at)
_TOKEN = re.compile(_OUR_TOKEN)
_OURS = re.compile(_OUR_TOKEN + r"|<[A-Z][A-Z_]{1,40}(?:#[0-9]{1,3})?>")
_TYPES = (
    b"string number varchar text integer int bigint char boolean bool float double decimal timestamp keyword object "
    b"array nullable enum required optional asc desc any all numeric"
).split()
_LABELS = tuple(  # what a field is called on a form stands as its value in catalogues of translations
    label.encode()
    for label in (
        "first name|last name|full name|middle name|surname|family name|given name|your name|street|street address|city"
        "|town|vorname|nachname|vollständiger name|straße|strasse|ort|stadt|wohnort|passwort|kennwort"
        "|prénom|nom|nom de famille|nom complet|ville|mot de passe|nombre|apellido|apellidos|nombre completo|calle"
        "|ciudad|contraseña|cognome|indirizzo|città|sobrenome|nome completo|cidade|senha|voornaam|achternaam|straat"
        "|plaats|woonplaats|wachtwoord|imię|nazwisko|ulica|miasto|hasło|förnamn|efternamn|lösenord|fornavn|etternavn"
        "|efternavn|adgangskode|passord|имя|фамилия|город|улица|пароль|姓名|名字|城市|密码|パスワード|이름|도시|비밀번호"
    ).split("|")
)
MISSING = frozenset(
    [
        *_TYPES,
        *_LABELS,
        *b"n/a na none null nil undefined unknown anonymous test todo tbd redacted masked hidden removed deleted empty "
        b"missing unset true false yes no unassigned nobody everyone guest redact mask drop keep friends "
        b"private public unspecified optional fname "
        b"lname mname firstname lastname svc daemon www-data ubuntu ec2-user runner cron".split(),
        *b"not set|not available|not applicable|not assigned|not specified|not provided|not given|no name|"
        b"no data|date of birth|birth date|address line 1|address line 2|username or e-mail|username or email|"
        b"user name|e-mail address|email address|phone number|postal code|zip code|house number|company name|"
        b"street and number|geburtsdatum|adresszeile 1|benutzername|nom d'utilisateur|date de naissance|"
        b"adresse|rue|nombre de usuario|nome utente|strasse und hausnummer|adresse e-mail|code postal".split(b"|"),
        "straße und hausnummer".encode(),
    ]
)
LONGEST_MISSING = max(map(len, MISSING))
_SHORT_MARKS = frozenset(b"*xX.-_?#0[<${%m\xe2")
_MARK_LETTERS = frozenset(b"EPYCvcV")  # of words that are longer than _LONGEST_BARE
_LONGEST_BARE = 6
_MARKED = re.compile(
    rb"(?:[*xX.\-_?#0]|\xe2\x80\xa2)++|\[[a-zA-Z _]++\]|<[A-Za-z_ ]++(?:#[0-9]{1,3})?>|"
    rb"\$?\{++[A-Za-z_. ]++\}++|%[A-Za-z_]++%|(?:var)?char\([0-9]{1,5}\)|VARCHAR\([0-9]{1,5}\)|"
    rb"Password|Column [A-Z]{1,2}|"
    rb"(?:Please |Enter |Your |Choose |Confirm |Create )[a-z ]*+"
    rb"(?<=name|word|city|town|tion|code|here|ress|ount|hone|reet|ield|mail)|"
    rb"Password (?:is |must |cannot |does |should )[a-z ]++|" + _OUR_TOKEN.encode(),
)
_HEX = "[0-9A-Fa-f]"
NOTHING = (
    rf"{_HEX}{{8}}-(?:{_HEX}{{4}}-){{3}}{_HEX}{{12}}",
    rf"(?:sha(?:1|224|256|384|512)[:-]|md5[:-])?(?:{_HEX}{{128}}|{_HEX}{{64}}|{_HEX}{{56}}|{_HEX}{{40}}|{_HEX}{{32}})",
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?:[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})?)?",
    r"[vV]?(?:[0-9]{1,2}\.[0-9]{1,3}\.[0-9]{1,3}|[0-9]{4}\.[0-9]{1,2}\.[0-9]{1,2})(?:-[A-Za-z]{1,10}(?:[.-]?[0-9]{1,4})?)?",
    r"[A-Za-z][A-Za-z_]{0,30}(?:[.-][a-z]{1,20}){0,4}",  # order.created, billing-worker
    r"[0-9]{1,5}",
)
COMPANY_ENDS = tuple(
    f" {form}".encode()
    for form in (
        "GmbH|GmbH & Co. KG|Inc|Inc.|Ltd|Ltd.|Limited|LLC|Corp|Corp.|Corporation|PLC|plc|Company|Group|Holdings|AG|KG"
        "|required|is invalid|is missing|may not be blank|can't be blank|must not be empty|too short|too long|mandatory"
        "|optional|required.|blank.|empty.|valid.|exists.|exists|format.|spaces.|letters.|null.|numeric.|common."
        "|erforderlich|obligatoire|requerido|obligatorio|obbligatorio|verplicht|characters|not found"
        "|e.V.|B.V.|BV|N.V.|A/S|Oy|Oyj|S.A.|S.L.|S.p.A.|S.r.l.|SARL|SAS|Sp. z o.o.|s.r.o.|Kft.|d.o.o.|Ltda|K.K."
    ).split("|")
)
_NOTHING = re.compile("|".join(NOTHING))
_NOTHING_BYTES = re.compile("|".join(NOTHING).encode())
_PATIENCE = 20  # seconds of the wall clock for one of computing: machines are busy, and a first use loads modules
_CLOCK_EVERY = 4  # candidates: a check of somebody else may take long
_SECRET_BONUS = 0.25
_PROVEN = 0.95  # the score from which a checksum is proof enough under a key that says otherwise
_WEAK = frozenset(("US_SSN", "PHONE_NUMBER"))  # numbers that goods and documents have as well
_LEAST_REMAINDER = 3  # characters


def is_nothing(text: str) -> bool:
    """The whole text has a shape that holds no personal data: UUID, digest, ISO time, version, one plain word."""
    return len(text) <= 140 and _NOTHING.fullmatch(text) is not None


def is_nothing_raw(raw: bytes) -> bool:
    """:func:`is_nothing` of a JSON spelling; false where only the decoded text would show it."""
    return len(raw) <= 140 and _NOTHING_BYTES.fullmatch(raw) is not None


def is_placeholder(value: bytes) -> bool:
    """The stripped value (UTF-8, not empty) stands for a missing or already masked one."""
    return (len(value) <= LONGEST_MISSING and value.lower() in MISSING) or is_marked(value)


def is_marked(value: bytes) -> bool:
    """The value is a mark, a masked value or a request to enter one."""
    first = value[0]
    if first not in _SHORT_MARKS and (first not in _MARK_LETTERS or len(value) <= _LONGEST_BARE):
        return False
    return _MARKED.fullmatch(value) is not None


class Written:
    """What is written like a token of ours in a leaf; looked for when it is asked."""

    def __init__(self, leaf: str) -> None:
        self._leaf = leaf

    @cached_property
    def _tokens(self) -> frozenset[str]:
        return frozenset(_TOKEN.findall(self._leaf))

    def __contains__(self, token: str) -> bool:
        return token in self._tokens


def blank_ours(text: str, leaf: Written | None = None) -> str:
    """``text`` with our tokens and labels replaced by blanks of the same length.

    Where ``leaf`` is given, ``text`` was decoded from it: a token counts as ours only if it stands there as it is. We
    put none into an encoding, and who has the keys looks at those that stand there.
    """
    if "mg1." not in text and "<" not in text:
        return text
    return _OURS.sub(lambda match: match[0] if _is_spelt(match[0], leaf) else " " * len(match[0]), text)


def _is_spelt(text: str, leaf: Written | None) -> bool:
    """The text is written like a token of ours, and stands in the leaf in another way only."""
    return leaf is not None and text.startswith("mg1.") and text not in leaf


class RuleSet:
    """The compiled rules of one engine and how they judge a text."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        parts = tuple(part_rule(rule) for rule in self.rules if splits(rule))  # behind the rules: siblings ask for them
        self.compiled = tuple(Compiled(rule, index) for index, rule in enumerate((*self.rules, *parts)))
        self.by_id = {item.id: item for item in self.compiled}
        self.numbers = frozenset(item.index for item in self.compiled if item.rule.numbers)

    def decide(self, text: str, info: KeyInfo, *, proven: bool = False, leaf: Written | None = None) -> Hit | None:
        """What the key alone decides about the whole value; with ``proven`` a checksum must be right, too.

        ``leaf``: see :func:`blank_ours`.
        """
        if not info.deciders:
            return None
        value = text.strip()
        if not value:
            return None
        data = value.encode("utf-8", "replace")
        if is_placeholder(data) and not _is_spelt(value, leaf):
            return None
        for rule in info.deciders:
            try:
                fits = self.by_id[rule.id].key_fits(data)
                if fits and proven and rule.validate is not None:
                    fits = _proves(rule.validate, value)
            except Exception as error:
                raise DetectorFailed(rule.id) from error
            if fits and rule.entity == "PERSON" and data.endswith(COMPANY_ENDS):
                fits = False
            if fits:
                start = text.find(value)
                return Hit(start, start + len(value), rule.entity, rule.key_score, rule.id)
        return None

    def run(
        self,
        text: str,
        info: KeyInfo,
        tried: Iterable[int],
        budget: Budget | None = None,
        trace: Trace | None = None,
        leaf: Written | None = None,
    ) -> list[Hit]:
        """Hits of the rules with these indexes; ``leaf``: see :func:`blank_ours`."""
        hits: list[Hit] = []
        view = blank_ours(text, leaf)
        data = view.encode("utf-8", "replace")
        lower = ""
        for count, index in enumerate(tried, 1):
            if budget is not None and (count % 16 == 0 or len(data) > 2000):
                budget.check()
            item = self.compiled[index]
            if item.near:
                lower = lower or view.lower()
                if not any(word in lower or word in info.words for word in item.near):
                    if trace is not None:
                        self._lonely(item, view, data, trace)
                    continue
            try:
                if not item.ready:
                    item.prepare()
                self._one(item, view, data, info, hits, budget, trace)
            except TimeIsUp:
                raise
            except Exception as error:
                raise DetectorFailed(item.id) from error
        return hits

    def _lonely(self, item: Compiled, text: str, data: bytes, trace: Trace) -> None:
        """Note what the pattern would fit, had one of its words stood near."""
        item.prepare()
        for first, last in item.spans(data):
            start, end = (len(data[:at].decode("utf-8", "replace")) for at in (first, last))
            why = f"none of its words is near: {', '.join(item.near[:4])}"
            trace.append(step(item.id, item.rule.entity, start, end, 0, "not found", why))

    def _one(
        self, item: Compiled, text: str, data: bytes, info: KeyInfo, hits: list[Hit], budget: Budget | None,
        trace: Trace | None,
    ) -> None:  # fmt: skip
        ascii_only = len(data) == len(text)
        byte_at = char_at = 0
        for count, (first, last) in enumerate(item.spans(data), 1):
            if budget is not None and count % _CLOCK_EVERY == 0:
                budget.check()
            if ascii_only:
                start, end = first, last
            else:
                if first < byte_at:
                    byte_at = char_at = 0
                start = char_at + len(data[byte_at:first].decode("utf-8", "replace"))
                end = start + len(data[first:last].decode("utf-8", "replace"))
                byte_at, char_at = last, end
            score = self._score(item, text, start, end, info, trace)
            if score > 0:
                hits.append(Hit(start, end, item.rule.entity, score, item.id))

    def _score(self, item: Compiled, text: str, start: int, end: int, info: KeyInfo, trace: Trace | None) -> float:
        rule = item.rule
        value = text[start:end]
        steps: list[str] = []
        score = 0.0
        if rule.min_entropy and entropy(value) < rule.min_entropy:
            steps.append(f"entropy below {rule.min_entropy}")
        elif rule.validate is not None and not rule.validate(value):
            steps.append("its check fails")
        elif info.veto and _vetoed(rule, value, info.hard_veto) and context_before(rule, text, start) is None:
            steps.append("the key says it is no personal data")
        else:
            valid = rule.validate is not None
            if valid:
                steps.append("its check holds")
            weak = valid and not item.context_only and rule.entity in _WEAK and rule.valid_score < _PROVEN
            if weak and unlike.numbered(text, start, end) and not context_in_path(rule, info):
                steps.append("a word beside it says that it is no person's number")
            elif valid and not item.context_only:
                score = rule.valid_score
            else:
                word = "key" if context_in_path(rule, info) else context_before(rule, text, start)
                word = word or context_after(rule, text, end)
                if word != "key" and rule.entity in _WEAK and unlike.numbered(text, start, end):
                    steps.append("a word beside it says that it is no person's number")
                elif word is not None:
                    steps.append("context in the key" if word == "key" else f"context word {word!r}")
                    score = max(rule.context_score, rule.valid_score if valid else 0.0)
                elif not info.veto and item.stands_alone(value) and text.strip() == value:
                    steps.append("nothing else stands here, and its form is its proof")
                    score = rule.alone_score
                elif item.context_only:
                    steps.append("no context")
                else:
                    score = rule.score
        if trace is not None:
            verdict, why = "found" if score > 0 else "not found", "; ".join(steps) or "the pattern alone"
            trace.append(step(item.id, rule.entity, start, end, score, verdict, why))
        return score


def _proves(validate: Callable[[str], bool], value: str) -> bool:
    """The checksum of a value that the rule's pattern has not seen: it may be of any shape."""
    try:
        return validate(value)
    except (ValueError, IndexError, KeyError, TypeError):
        return False


def _vetoed(rule: Rule, value: str, hard: bool) -> bool:
    """Under a key that says it is no personal data: digits that no checksum proves.

    An identifier may be a misplaced value, so there only bare digits are let go. A version, a digest or the number of
    an order, an article, a parcel (``hard``) is none with separators either, nor are bare digits that pass a checksum:
    one number in ten passes that of a card. A JSON number there is never a finding: the engine does not even try.
    """
    if any(char.isalpha() for char in value):
        return False
    proven = rule.validate is not None and not rule.needs_context and rule.valid_score >= _PROVEN
    return (not proven or value.isdigit()) if hard else (not proven and value.isdigit())


def _rank(hit: Hit) -> tuple[float, int, int, int, str]:
    score = hit.score + (_SECRET_BONUS if hit.entity == SECRET else 0)
    return -score, hit.start - hit.end, hit.start, -len(hit.layers), hit.detector


def resolve(hits: list[Hit], text: str = "") -> list[Hit]:
    """Non-overlapping hits in order: the best score wins, then the longest, the first, the most decoded, the id.

    A secret counts a little more than its score: the address in ``https://user:password@host`` is no e-mail address.
    A model's hit gives way to a rule's, for a rule has a proof where a model has a hunch; what it covers beside stays.
    """
    if len(hits) < 2:
        return hits
    if text:
        hits = _widened(hits, text)
    model = [hit for hit in hits if hit.detector.startswith("ner-")]
    if not model:
        return _apart(hits)
    rules = _apart([hit for hit in hits if not hit.detector.startswith("ner-")])
    return _beside(rules, _apart(model), text) if rules else _apart(model)


def _widened(hits: list[Hit], text: str) -> list[Hit]:
    """``hits``, the secrets as long as the longest one without a blank around them: a format fits a part of a value."""
    secrets = [hit for hit in hits if hit.entity == SECRET and not hit.whole]
    if len(secrets) < 2:
        return hits
    beside = _clusters(secrets)
    return [_wider(hit, beside[hit.start], text) if hit.entity == SECRET and not hit.whole else hit for hit in hits]


def _clusters(hits: Sequence[Hit]) -> dict[int, list[Hit]]:
    """Where a hit starts → those that it stands over, directly or by others: only these are compared."""
    beside: dict[int, list[Hit]] = {}
    end = -1
    cluster: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: hit.start):
        if hit.start >= end:
            cluster = []
        cluster.append(hit)
        end = max(end, hit.end)
        beside[hit.start] = cluster
    return beside


def _wider(hit: Hit, secrets: list[Hit], text: str) -> Hit:
    around = [other for other in secrets if _inside(hit, other) and other.layers == hit.layers]
    for other in sorted(around, key=lambda other: other.start - other.end):
        value = text[other.start : other.end]
        if value.split() == [value] and "://" not in value:
            return hit._replace(start=other.start, end=other.end)
    return hit


def _apart(hits: list[Hit]) -> list[Hit]:
    """The best of the hits that do not overlap, in order."""
    hits.sort(key=_rank)
    kept: list[Hit] = []
    starts: list[int] = []
    for hit in hits:
        at = bisect_right(starts, hit.start)
        if at and kept[at - 1].end > hit.start:
            continue
        if at < len(kept) and kept[at].start < hit.end:
            continue
        kept.insert(at, hit)
        starts.insert(at, hit.start)
    return kept


def _beside(rules: list[Hit], model: list[Hit], text: str) -> list[Hit]:
    """``rules`` with the hits of the model, as far as they are free; both in order and apart."""
    starts = [hit.start for hit in rules]
    dropped: set[int] = set()
    added: list[Hit] = []
    for hit in model:
        first = max(bisect_right(starts, hit.start) - 1, 0)
        over = []
        for at in range(first, len(rules)):
            if rules[at].start >= hit.end:
                break
            if rules[at].end > hit.start:
                over.append(at)
        if not over:
            added.append(hit)
        elif all(rules[at].entity == hit.entity and _inside(rules[at], hit) for at in over):
            dropped.update(over)
            added.append(hit._replace(score=max(hit.score, *(rules[at].score for at in over))))
        else:
            added += _remainders(hit, [rules[at] for at in over], text)
    return sorted([hit for at, hit in enumerate(rules) if at not in dropped] + added)


def _inside(inner: Hit, outer: Hit) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _remainders(hit: Hit, over: list[Hit], text: str) -> list[Hit]:
    """What is left of ``hit`` beside the hits over it, without spaces and punctuation at the edges."""
    left: list[Hit] = []
    at = hit.start
    for other in [*over, None]:
        end = other.start if other is not None else hit.end
        while at < end and not text[at].isalnum():
            at += 1
        while end > at and not text[end - 1].isalnum():
            end -= 1
        if end - at >= _LEAST_REMAINDER and (
            hit.entity != "PERSON" or (text[at].isupper() and "@" not in text[hit.start : hit.end])
        ):
            left.append(hit._replace(start=at, end=end))
        if other is not None:
            at = max(at, other.end)
    return left
