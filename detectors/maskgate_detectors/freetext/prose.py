"""Which texts the model reads: prose, not identifiers; and in which windows.

The gate keeps the model off bare identifiers, where it is wrong more often than right, and off most leaves, since
it costs a hundred times more than all rules together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from maskgate_detectors.fields.context import KeyInfo

MAX_WINDOW = 1000  # characters; spaCy's tokenizer is super-linear on some texts
MAX_RUN = 64  # characters without whitespace that the tokenizer may see
_WORD = re.compile(r"(?<![^\s(\"'\[“‘«])[^\W\d_]{2,}+(?:['’\-][^\W\d_]++)*+(?=[\s,.;:!?)\"'\]”’»]|\Z)")
_UPPER = re.compile(r"[^\W\d_a-zß-öø-ÿ]")
_LONG_RUN = re.compile(r"\S{" + str(MAX_RUN + 1) + r",}+")
_SENTENCE_END = re.compile(r"[.!?\n]\s")
_MIN_CHARS = 6
_TEXT_KEYS = frozenset(
    "note notes message msg text comment comments description desc body content reason remark remarks details detail "
    "summary feedback review transcript log memo story bio about question answer reply chat email mail letter "
    "instructions instruction request complaint narrative observation observations diagnosis history statement post "
    "tweet caption prompt response output input payload raw line free freetext "
    "snippet excerpt utterance speech quote quoted annotation narration abstract blurb preview voicemail testimonial "
    "notiz notizen nachricht bemerkung bemerkungen kommentar beschreibung grund betreff hinweis "
    "remarque remarques commentaire commentaires motif objet nota notas mensaje comentario comentarios descripcion "
    "motivo asunto messaggio commento descrizione note oggetto mensagem comentario descricao opmerking opmerkingen "
    "bericht omschrijving uwagi komentarz opis wiadomosc meddelande kommentar beskrivning mesaj yorum aciklama".split()
)


_NAMES_OF_THINGS = frozenset(
    "name title label titel titre titulo titolo nazwa naam nome nom heading headline caption product item model brand "
    "category type kind variant color colour size material department team plan tier status state file filename "
    "path url uri link href slug tag tags keyword keywords album track song artist book movie film show series "
    "genre version release format currency unit units method action event service host hostname agent useragent os "
    "browser device platform app application component module function class package library license".split()
)
_LONG_TITLE = 8  # words: a title so long is a sentence
_BEFORE_WORD = " (\"'["  # of printable ASCII
_ANYTHING, _FREE, _THING = range(3)


def is_prose(text: str, info: KeyInfo) -> bool:
    """``text`` has words enough that names may stand in it: two under a key of free text, else three.

    Under a key that is none of free text it must also have a capital letter, or five words. What a thing is called
    (``product.name``, ``title``) is no prose unless it is as long as a sentence; ``name`` alone may be a person's.
    """
    if len(text) < _MIN_CHARS or info.veto or info.no_prose:
        return False
    kind = info.text_kind
    if kind is None:
        kind = info.text_kind = _kind(info)
    if kind == _THING:
        if text.isascii() and text.isprintable() and sum(map(text.count, _BEFORE_WORD)) < _LONG_TITLE - 1:
            return False  # words have not enough places to begin at
        return sum(1 for _ in _WORD.finditer(text, 0, 4000)) >= _LONG_TITLE
    free = kind == _FREE
    for words, match in enumerate(_WORD.finditer(text, 0, 4000), 1):
        if (free and words >= 2) or words >= 5 or (words >= 3 and _UPPER.search(text, 0, match.end()) is not None):
            return True
    return False


def _kind(info: KeyInfo) -> int:
    """What stands under a key: free text, what a thing is called, or anything."""
    place = info.words.split()
    if not place or place == ["name"] or not _TEXT_KEYS.isdisjoint(place[-2:]):
        return _FREE
    return _THING if not info.person and place[-1] in _NAMES_OF_THINGS else _ANYTHING


def is_plain_prose(text: str) -> bool:
    """``text`` looks as prose does in newspapers, from which most models have learnt: three words, a capital letter."""
    return _UPPER.search(text) is not None and sum(1 for _ in _WORD.finditer(text, 0, 1000)) >= 3


def windows(text: str) -> Iterator[tuple[int, str]]:
    """(offset, part) of ``text`` in parts of at most ``MAX_WINDOW`` characters, cut at sentence ends or spaces.

    A run longer than ``MAX_RUN`` without whitespace is blanked: only the rules see it.
    """
    clean = _LONG_RUN.sub(lambda match: " " * len(match[0]), text)
    start, size = 0, len(clean)
    while size - start > MAX_WINDOW:
        part = clean[start : start + MAX_WINDOW]
        ends = [match.end() for match in _SENTENCE_END.finditer(part, MAX_WINDOW // 2)]
        cut = ends[-1] if ends else part.rfind(" ", MAX_WINDOW // 2) + 1
        cut = cut if cut > 0 else MAX_WINDOW
        yield start, part[:cut]
        start += cut
    if clean[start:].strip():
        yield start, clean[start:]
