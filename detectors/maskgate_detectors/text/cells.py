"""Tables inside a text: CSV and other lines with heads, Markdown tables, SQL ``INSERT``, and names beside a mailbox.

Everything here is linear in the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

_DELIMITERS = ",;\t|"
_HEAD = 60  # characters: a longer head is a sentence, and names nothing
_CSV = {mark: re.compile(rf'"((?:[^"\n]|"")*+)"(?=[{mark}\n\r]|\Z)|([^{mark}\n\r]*+)') for mark in _DELIMITERS}
_RULER = re.compile(r"\s{0,3}\|?[ :|-]{3,}+\s{0,3}")
_INSERT = re.compile(
    r"(?i)\b(?:insert|replace|upsert|merge)\b(?:(?!\b(?:insert|replace|upsert|merge|values)\b)[^()\n;])++"
    r"(?:\(([^()]++)\)\s*+)?values\s*+(?=\()"
)
_SQL_CELL = re.compile(
    r"\s*+(?:[NEnebB]?'((?:[^'\\]|''|\\.)*+)'|\"((?:[^\"\\]|\\.)*+)\""
    r"|((?:[^,()'\"]|\((?:[^()'\"]|'[^']*+'|\"[^\"]*+\"|\([^()]*+\))*+\))++))[^,()'\"]*+([,)])"
)
_IDENTIFIER = re.compile(r"[\"`\[]?([^\s\"`\[\],]++)[\"`\]]?\s*+(?:,|\Z)")


class Cell(NamedTuple):
    """A cell: the head of its column ("": unknown) and its place in the text."""

    head: str
    start: int
    end: int


def lines(text: str) -> list[list[Cell]]:
    """The rows of a table whose first line names the columns; empty when the text is no table.

    A row of another width (a remark, a cell over two lines) is no row of it, and ends it as little as a blank line.
    """
    first, _, rest = text.lstrip("\r\n").partition("\n")
    if not rest:
        return []
    offset = len(text) - len(text.lstrip("\r\n"))
    mark = max(_DELIMITERS, key=first.count)
    if mark not in first:
        return []
    heads = [text[cell.start : cell.end].strip() for cell in _split(text, offset, offset + len(first), mark)]
    if any("=" in head or ": " in head for head in heads):
        return []
    heads = [head if len(head) <= _HEAD else "" for head in heads]
    found: list[list[Cell]] = []
    at = offset + len(first) + 1
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        if _RULER.fullmatch(text, at, end) is None and end > at:
            row = list(_split(text, at, end, mark))
            if len(row) == len(heads):
                found.append([Cell(head, cell.start, cell.end) for head, cell in zip(heads, row, strict=True)])
            elif not found:  # no table: a sentence with a comma
                break
        at = end + 1
    return found


def _split(text: str, start: int, end: int, mark: str) -> Iterator[Cell]:
    """The cells of one line without their quotes and the blanks around them."""
    while end > start and text[end - 1] in "\r \t"[: 2 if mark == "\t" else 3]:
        end -= 1
    if mark == "|":
        while start < end and text[start] in " |":
            start += 1
        while end > start and text[end - 1] in " |":
            end -= 1
    cell = _CSV[mark]
    at = start
    while True:
        blank = at
        while blank < end and text[blank] == " ":
            blank += 1
        match = cell.match(text, blank, end)
        if match is None:
            return
        if match[1] is not None:
            yield Cell("", match.start(1), match.end(1))
        else:
            stop = match.end(2)
            while stop > match.start(2) and text[stop - 1] == " ":
                stop -= 1
            yield Cell("", match.start(2), stop)
        at = match.end()
        if at >= end or text[at] != mark:
            return
        at += 1


def has_sql(text: str) -> bool:
    """An ``INSERT … VALUES (`` stands in the text."""
    return _INSERT.search(text) is not None


def sql_rows(text: str) -> list[list[Cell]]:
    """The rows of ``INSERT INTO t (a, b) VALUES (1, 'x'), (2, 'y')``; without the names of columns, heads are empty."""
    found: list[list[Cell]] = []
    for statement in _INSERT.finditer(text):
        heads = [match[1] for match in _IDENTIFIER.finditer(statement[1])] if statement[1] else []
        at = statement.end()
        while at < len(text) and text[at] == "(":
            row: list[Cell] = []
            at += 1
            closed = False
            while (match := _SQL_CELL.match(text, at)) is not None:
                group = next(number for number in (1, 2, 3) if match[number] is not None)
                head = heads[len(row)] if len(row) < len(heads) else ""
                row.append(Cell(head, match.start(group), match.end(group)))
                at = match.end()
                if match[4] == ")":
                    closed = True
                    break
            if not closed:
                break
            found.append(row)
            gap = _NEXT_ROW.match(text, at)
            at = gap.end() if gap is not None else len(text)
    return found


_NEXT_ROW = re.compile(r"\s*+,\s*+(?=\()")

_LABEL_PAIR = re.compile(
    r"(?i)<(?:dt|th|td|label|b|strong|span|div|p|li)\b[^<>]*+>\s{0,8}([^<>\n]{2,40}?)\s{0,3}:?\s{0,3}"
    r"</(?:dt|th|td|label|b|strong|span|div|p)>:?\s{0,8}(?:<br ?/?>)?\s{0,8}<(?:dd|td|span|div|p|b"
    r"|strong)\b[^<>]*+>\s*+([^<>\n]*[^<>\s])\s*+</"
)


_INPUT = re.compile(
    r"(?i)<input\b(?:(?!\bname=\")[^<>])*+name=\"([^\"<>]{2,60})\"(?:(?!\bvalue=\")[^<>])*+value=\"([^\"<>]++)\""
)
_PART = re.compile(
    r"(?i)form-data;(?:(?!form-data;|\bname=\")[^\n])*+name=\"([^\"\n]{2,60})\"[^\r\n]*+\r?\n(?:[^\r\n]++\r?\n){0,8}+"
    r"\r?\n([^\r\n]++)"
)


def labelled(text: str) -> list[list[Cell]]:
    """What stands behind a label in HTML, in a field of a form, in a part of a multipart body.

    ``<dt>Surname</dt><dd>…</dd>``, ``<td>Surname</td><td>…</td>``, ``<input name="surname" value="…">``.
    """
    row: list[Cell] = []
    for near, pattern in (("</", _LABEL_PAIR), ("<input", _INPUT), ("form-data", _PART)):
        if near in text:
            row += [Cell(match[1], match.start(2), match.end(2)) for match in pattern.finditer(text)]
    return [row] if row else []


_PHONE_CELL = re.compile(r"(?:\+|00|0|\()[\d][\d ().\-/]{6,22}\d")
_DATE_CELL = re.compile(r"(?:(?:19[2-9]\d|200\d)-\d\d-\d\d|\d{1,2}[./-]\d{1,2}[./-](?:19[2-9]\d|200\d))")
_ROW_MARKS = re.compile(r"[,;\t|]")


def mailbox_rows(text: str) -> list[tuple[int, int, str]]:
    """(start, end, kind) of telephone numbers and birth dates in a line of cells of which one is a mailbox."""
    found: list[tuple[int, int, str]] = []
    at = 0
    for line in text.split("\n"):
        if "@" in line and len(_ROW_MARKS.findall(line)) >= 2:
            mark = max(_DELIMITERS, key=line.count)
            row = list(_split(text, at, at + len(line), mark))
            if len(row) >= 3 and any(_MAILBOX.match(text, cell.start, cell.end) for cell in row):
                for cell in row:
                    if _PHONE_CELL.fullmatch(text, cell.start, cell.end):
                        found.append((cell.start, cell.end, "phone number"))
                    elif _DATE_CELL.fullmatch(text, cell.start, cell.end):
                        found.append((cell.start, cell.end, "date of birth"))
        at += len(line) + 1
    return found


_MAILBOX = re.compile(r"([A-Za-z0-9][A-Za-z0-9._+-]{1,63})@[A-Za-z0-9-]{1,60}\.[A-Za-z]")
_CAPITAL = re.compile(r"(?<![\w@./+-])[^\W\d_a-zß-öø-ÿ][^\W\d_]*+(?:['’-][^\W\d_]++)*+(?![\w@=:]|[./][\w])")
_PIECES = re.compile(r"[a-z]+")
_NEAR = 160  # characters between a name and its mailbox
_LEAST = 3  # letters of a name
_NO_NAMES = frozenset(
    "info support sales team contact newsletter office service services admin hello mail email customer "
    "customers shop "
    "order orders test user users help billing account accounts noreply reply notify notification notifications alert "
    "alerts security abuse postmaster webmaster marketing press news jobs career careers hr finance legal "
    "privacy data "
    "dev ops it api bot system root web www store online group all staff member members feedback reports report "
    "no the "
    "from and invoice invoices payment payments booking bookings reservations reservation events event media public "
    "kontakt bestellung rechnung buchhaltung kunden kundenservice vertrieb bewerbung presse compras ventas "
    "facturas facturation comptabilite commande commandes serviceclient clients atencion soporte ufficio vendite "
    "ordini amministrazione suporte vendas financeiro klantenservice verkoop obchod biuro sklep pomoc".split()
)


def mailbox_names(text: str) -> list[tuple[int, int]]:
    """Places of capitalised words that are a part of a mailbox nearby: ``Doe,Jane,jane.doe@example.org``.

    Two words must both be parts, or stand side by side and be one part together, the one perhaps by its initial only.
    """
    found: list[tuple[int, int]] = []
    for mailbox in _MAILBOX.finditer(text):
        local = mailbox[1].lower()
        pieces = {piece for piece in _PIECES.findall(local) if len(piece) >= _LEAST} - _NO_NAMES
        if not pieces:
            continue
        begin = max(0, mailbox.start() - _NEAR)
        words = [
            (match.start(), match.end(), plain)
            for match in _CAPITAL.finditer(text, begin, min(len(text), mailbox.end() + _NEAR))
            if len(plain := _plain(match[0])) >= 2 and plain not in _NO_NAMES
        ]
        found += _told(words, pieces, mailbox.start(), mailbox.end())
    return found


def _told(words: list[tuple[int, int, str]], pieces: set[str], start: int, end: int) -> Iterator[tuple[int, int]]:
    direct = [word for word in words if word[2] in pieces and not start <= word[0] < end]
    if len({word[2] for word in direct}) > 1:
        for word in direct:
            yield word[0], word[1]
        return
    for first, last in pairwise(words):
        gap = last[0] - first[1]
        if not 1 <= gap <= 4:
            continue
        for given, family in ((first[2], last[2]), (last[2], first[2])):
            if (
                len(family) >= _LEAST
                and {given[0] + family, given + family, family + given, family + given[0]} & pieces
            ):
                yield first[0], first[1]
                yield last[0], last[1]
                break


def _plain(word: str) -> str:
    word = word.replace("ß", "ss").replace("ł", "l").replace("Ł", "L").replace("ø", "o").replace("Ø", "O")
    text = unicodedata.normalize("NFKD", word)
    return "".join(char for char in text.lower() if "a" <= char <= "z")
