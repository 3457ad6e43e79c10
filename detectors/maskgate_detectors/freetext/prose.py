"""Which texts the model reads: prose, not identifiers; and in which windows.

The gate keeps the model off bare identifiers, where it is wrong more often than right, and off most leaves, since
it costs a hundred times more than all rules together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import cycle, islice

from maskgate_detectors.fields.context import KeyInfo

MAX_WINDOW = 1000  # characters; spaCy's tokenizer is super-linear on some texts
MAX_RUN = 64  # characters without whitespace that the tokenizer may see
_MARKS = (
    "\u0300-\u036f\u0591-\u05c7\u0610-\u065f\u0900-\u0dff\u200c\u200d"  # and letters, which the next line leaves out
)
_LETTER = rf"(?:[^\W\d_]|(?!\w)[{_MARKS}])"  # what ``\w`` leaves out of words: vowel signs, points, joiners
_WORD = re.compile(rf"(?<![^\s(\"'\[“‘«„¿¡]){_LETTER}{{2,}}+(?:['’\-]{_LETTER}++)*+(?=[\s,.;:!?)\"'\]”’»…।،؛؟]|\Z)")
_WITHOUT_BLANKS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef"  # and their marks
)
_UNSPACED = re.compile(f"[{_WITHOUT_BLANKS}]")
_LONG_RUN = re.compile(rf"[^\s{_WITHOUT_BLANKS}]{{{MAX_RUN + 1},}}+")
_TURN = re.compile(  # where a long run goes on with something else; an address of a page is one thing
    r"([A-Za-z][A-Za-z0-9+.\-]{1,20}://[^\s<>\"']++|[,;|<>{}()\[\]\"=:&]++|[.\-*~#_/+!?]{4,}+)"
)
_FIRST_WORD = re.compile(rf"({_LETTER}{{2,40}}+)[^\w{_MARKS}]")
_LAST_WORD = re.compile(rf"[^\w{_MARKS}]({_LETTER}{{2,40}})\Z")
_BLANK = re.compile(r"\s")
_OVERLAP = 80  # characters that two windows share where no sentence ends: longer than a name
_WORD_LENGTH = 2  # characters of a script without blanks that are a word
_UPPER = re.compile(r"[^\W\d_a-zß-öø-ÿ]")
_SENTENCE_END = re.compile(r"[.!?\n]\s|[。！？]")
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
_DISTINGUISHED = re.compile(r"/?(?i:CN|C|OU?|DC|ST|L|UID|emailAddress|serialNumber)=[^=]{1,64}[,/+;] ?\w{1,20}=")
_LONG_TITLE = 8  # words: a title so long is a sentence
_BEFORE_WORD = " (\"'["  # of printable ASCII
_ANYTHING, _FREE, _THING = range(3)
_BARE_NAME = re.compile(r"(?:[^\W\d_a-zß-ÿ][^\W\d_A-ZÀ-Þ]{1,19}(?: [^\W\d_a-zß-ÿ]\.)?(?:[ -]|\Z)){2,4}\Z")
_LONGEST_NAME = 60


def is_prose(text: str, info: KeyInfo) -> bool:
    """``text`` has words enough that names may stand in it: two under a key of free text, else three; two characters
    of a script without blanks are a word.

    Under a key that is none of free text it must also have a capital letter, or five words, or be written as a name
    is. What a thing is called (``product.name``, ``title``) is no prose unless it is as long as a sentence; ``name``
    alone may be a person's.
    """
    if info.veto or info.no_prose or ("=" in text[:20] and _DISTINGUISHED.match(text) is not None):
        return False
    unspaced = 0 if text.isascii() else len(_UNSPACED.findall(text)) // _WORD_LENGTH
    if len(text) < _MIN_CHARS and not unspaced:
        return False
    kind = info.text_kind
    if kind is None:
        kind = info.text_kind = _kind(info)
    if kind == _THING:
        if text.isascii() and text.isprintable() and sum(map(text.count, _BEFORE_WORD)) < _LONG_TITLE - 1:
            return False  # words have not enough places to begin at
        return unspaced + sum(1 for _ in _WORD.finditer(text)) >= _LONG_TITLE
    free = kind == _FREE
    if unspaced >= (2 if free else 3):
        return True
    if is_bare_name(text):
        return True
    for words, match in enumerate(_WORD.finditer(text), 1):
        if (free and words >= 2) or words >= 5 or (words >= 3 and _UPPER.search(text, 0, match.end()) is not None):
            return True
    return False


def is_bare_name(text: str) -> bool:
    """``text`` is two or three words in title case and nothing else, as names stand in fields of their own."""
    return len(text) <= _LONGEST_NAME and _BARE_NAME.match(text) is not None


def _kind(info: KeyInfo) -> int:
    """What stands under a key: free text, what a thing is called, or anything."""
    place = info.words.split()
    if not place or place == ["name"] or not _TEXT_KEYS.isdisjoint(place[-2:]):
        return _FREE
    return _THING if not info.person and place[-1] in _NAMES_OF_THINGS else _ANYTHING


def is_plain_prose(text: str) -> bool:
    """``text`` looks as prose does in newspapers, from which most models have learnt: three words, a capital letter."""
    return _UPPER.search(text) is not None and sum(1 for _ in islice(_WORD.finditer(text), 3)) == 3


def windows(text: str) -> Iterator[tuple[int, str]]:
    """(offset, part) of ``text`` in parts of at most ``MAX_WINDOW`` characters, cut at sentence ends or spaces.

    Where no sentence ends the next part begins some words before: a name over the cut stands whole in one of them. Of
    a run longer than ``MAX_RUN`` without whitespace the pieces are shown (cells, elements, the words at its ends), each
    on a line of its own; a longer piece is blanked: only the rules see it.
    """
    clean = _LONG_RUN.sub(_in_pieces, text)
    start, size = 0, len(clean)
    while size - start > MAX_WINDOW:
        part = clean[start : start + MAX_WINDOW]
        ends = [match.end() for match in _SENTENCE_END.finditer(part, MAX_WINDOW // 2)]
        cut = ends[-1] if ends else part.rfind(" ", MAX_WINDOW // 2) + 1
        cut = cut if cut > 0 else MAX_WINDOW
        if part[:cut].strip():
            yield start, part[:cut]
        blank = None if ends else _BLANK.search(part, cut - _OVERLAP, cut - 1)
        start += cut if ends else blank.end() if blank is not None else cut - _OVERLAP
    if clean[start:].strip():
        yield start, clean[start:]


def _in_pieces(run: re.Match[str]) -> str:
    """A long run with line breaks where it turns to something else, and blanks in place of what is too long."""
    return "".join(
        "\n" + " " * (len(piece) - 1) if turn and "://" not in piece else _shown(piece, bool(turn))
        for turn, piece in zip(cycle((0, 1)), _TURN.split(run[0]), strict=False)
    )


def _shown(piece: str, address: bool) -> str:
    """The piece; of one that is too long its first and last word, which may be parts of a name around it."""
    if len(piece) <= MAX_RUN:
        return piece
    first, last = (None, None) if address else (_FIRST_WORD.match(piece), _LAST_WORD.search(piece))
    head = first[1] if first is not None and first[1].istitle() else ""
    tail = last[1] if last is not None and last[1].istitle() else ""
    return head + " " * (len(piece) - len(head) - len(tail)) + tail
