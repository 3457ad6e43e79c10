"""What the model reads, in which parts, and what is remembered."""

from __future__ import annotations

import pytest

from maskgate_detectors import Engine, EngineConfig
from maskgate_detectors.fields.context import KeyHints
from maskgate_detectors.freetext.entity import Entity
from maskgate_detectors.freetext.famous import is_famous
from maskgate_detectors.freetext.gazetteer import WordClass
from maskgate_detectors.freetext.ner import Ner
from maskgate_detectors.freetext.nerfilter import cut, likely, tidy, within_lines
from maskgate_detectors.freetext.prose import MAX_RUN, MAX_WINDOW, is_prose, windows
from maskgate_detectors.freetext.textcache import TextCache

HINTS = KeyHints([])


@pytest.mark.parametrize(
    ("path", "text", "prose"),
    [
        ("/note", "ask Clodagh", True), ("/chat/snippet", "Clodagh Byrne", True),
        ("/note", "Clodagh", False), ("/x", "spoke with Maria", True),
        ("/product/name", "Madison Desk Lamp", False), ("/title", "Streets of Laredo", False),
        ("/customer/title", "Streets of Laredo", True), ("/order_id", "one two Three four", False),
        ("/ua", "Mozilla/5.0 (X11; Linux x86_64)", False), ("/x", "3f2504e0-4f89-11d3-9a0c-0305e82c3301", False),
        ("/name", "Maria Lopez", True), ("/status", "order created", False),
        ("/note", "高橋美和と申します", True), ("/note", "周晓燕来电", True), ("/x", "王", False),
        ("/status", "完了", False),
        ("/title", "追加", False), ("/x", "मैं अनीता वर्मा हूँ", True), ("/note", "สมชายโทรมา", True),
        ("/order_id", "高橋美和と申します", False),
    ],
)  # fmt: skip
def test_the_gate(path: str, text: str, prose: bool) -> None:
    """Sentences and free text pass, identifiers and names of things do not."""
    assert is_prose(text, HINTS.for_pointer(path)) is prose


def test_windows_cover_the_text_and_hide_long_runs() -> None:
    """Parts join to the text, none is longer than the window, and runs without whitespace are blanked."""
    text = "Anna went home. " * 300 + "x" * 500 + " and Bob."
    parts = list(windows(text))
    assert all(len(part) <= MAX_WINDOW for _, part in parts)
    assert all(len(run) <= MAX_RUN for _, part in parts for run in part.split())
    joined = "".join(part for _, part in parts)
    assert joined.replace(" ", "") == text.replace("x" * 500, "").replace(" ", "")
    assert all(text[at : at + len(part)] == part for at, part in parts if "  " not in part)


def test_a_script_without_blanks_is_no_long_run() -> None:
    """A long sentence in Japanese or Thai is read; a long digest inside it is not."""
    sentence = "高橋美和と申します。京都市左京区に引っ越しましたので住所を変更してください" * 3
    assert [part for _, part in windows(sentence)] == [sentence]
    assert "สมชาย" in next(windows("สมชาย" * 40))[1]
    assert "x" not in next(windows(sentence + "x" * 100))[1]


def test_equal_texts_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within a batch and between batches the model sees a text once; the memory holds no text."""
    ner = Ner("en_core_web_sm", ("en",), {}, cache=10)
    ner.load()
    seen: list[str] = []
    reader = ner._readers[""]
    monkeypatch.setitem(
        ner._readers, "", reader._replace(read=lambda texts: (seen.extend(texts), reader.read(texts))[1])
    )
    text = "Yesterday Anna Berg called from Lisbon about her order."
    first = ner.find([text, text])
    assert first[0] == first[1] == ner.find([text])[0] != ()
    assert seen == [text]
    assert text not in repr(ner._cache.__dict__)


def test_the_cache_is_bounded() -> None:
    """The least recently used entry goes first."""
    cache: TextCache[int] = TextCache(2)
    one, two, three = (cache.digest(text) for text in "123")
    cache.put(one, 1)
    cache.put(two, 2)
    assert cache.get(one) == 1
    cache.put(three, 3)
    assert (cache.get(one), cache.get(two), cache.get(three), len(cache)) == (1, None, 3, 2)
    assert cache.digest("1", "other") != one


@pytest.mark.parametrize(
    ("value", "entity", "kept"),
    [
        ('"Anna Berg"', "PERSON", "Anna Berg"), ("Anna's", "PERSON", "Anna"), ("Monday", "PERSON", None),
        ("user_id", "PERSON", None), ("RT", "PERSON", None), ("São Paulo", "LOCATION", None),
        ("Oslo", "LOCATION", "Oslo"),
    ],
)  # fmt: skip
def test_doubtful_entities_are_dropped(value: str, entity: str, kept: str | None) -> None:
    """Of a general model only what looks like a name is believed, without quotes and possessives."""
    found = [value[item.start : item.end] for item in tidy(value, [Entity(0, len(value), entity, 0.8)])]
    assert found == ([] if kept is None else [kept])


def test_a_person_ends_with_the_line() -> None:
    """Of a card or a signature only the lines that are words remain."""
    text = "Anna Berg\nTEL:12\nHead of Sales"
    found = [text[item.start : item.end] for item in within_lines(text, [Entity(0, len(text), "PERSON", 0.9)])]
    assert found == ["Anna Berg", "Head of Sales"]


CLASSES = {
    "ali": WordClass.FIRST, "khan": WordClass.LAST, "grace": WordClass.FIRST | WordClass.COMMON,
    "bergen": WordClass.CITY, "atrial": WordClass.COMMON,
}  # fmt: skip


@pytest.mark.parametrize(
    ("value", "name"),
    [
        pytest.param("Anna Berg waved", "Anna Berg", id="a verb behind the name"),
        pytest.param("Ali khan", "Ali khan", id="a surname in small letters"),
        pytest.param("Ana de la Cruz", "Ana de la Cruz", id="particles inside"),
        pytest.param("Pieter van", "Pieter van", id="a particle at the end of a line"),
        pytest.param("ali waved", "ali waved", id="a name in small letters throughout"),
        pytest.param("Bjarne. Swipe", "Bjarne", id="the next sentence"),
        pytest.param("J. R. Moss", "J. R. Moss", id="initials"),
        pytest.param("Anna Berg sang loud", "Anna Berg", id="two words behind the name"),
    ],
)
def test_a_name_ends_before_the_words_that_follow(value: str, name: str) -> None:
    """What follows a name in small letters, or in the next sentence, is none of it."""
    assert cut(value, lambda word: CLASSES.get(word.lower(), 0)) == name


@pytest.mark.parametrize(
    ("value", "entity", "score", "believed"),
    [
        ("Ali Khan", "PERSON", 0.45, True), ("Grace", "PERSON", 0.45, False), ("Grace", "PERSON", 0.6, True),
        ("Vertano", "PERSON", 0.45, False), ("Vertano", "PERSON", 0.6, True), ("Bergen", "LOCATION", 0.45, True),
        ("Foostrup", "LOCATION", 0.45, False), ("Foostrup 12", "LOCATION", 0.45, True),
        ("Khan Ltd", "ORGANIZATION", 0.5, True), ("आगरा", "LOCATION", 0.55, False), ("आगरा", "LOCATION", 0.7, True),
        ("ფაილი", "PERSON", 0.7, False),
        ("jarsig", "PERSON", 0.7, False), ("khan", "PERSON", 0.6, True), ("東京", "LOCATION", 0.6, False),
        ("東京", "LOCATION", 0.9, True),
    ],
)  # fmt: skip
def test_unknown_words_need_a_higher_score(value: str, entity: str, score: float, believed: bool) -> None:
    """A name that no list holds, or that is a dictionary word, is believed only where the model is surer."""
    item = Entity(0, len(value), entity, score)
    assert likely(entity, score, value, lambda word: CLASSES.get(word.lower(), 0)) is believed
    assert bool(list(within_lines(value, [item], lambda word: CLASSES.get(word.lower(), 0)))) is believed


@pytest.mark.parametrize(
    ("before", "value", "after", "entity", "believed"),
    [
        pytest.param("use ", "ClassVar", " here", "PERSON", False, id="a word with a hump"),
        pytest.param("ask ", "McAdam", " here", "PERSON", True, id="a surname with a hump"),
        pytest.param("in ", "_member_names_", " and", "LOCATION", False, id="an identifier"),
        pytest.param("to ", "ａｎｎａ．ｂｅｒｇ＠ｅｘａｍｐｌｅ", "", "PERSON", False, id="a full-width address"),
        pytest.param("", "連絡先", " 12", "PERSON", False, id="the label of a field in Japanese"),
        pytest.param("VALUES (", "1, 'Ana', 'Berg', '1961-11-11'", ")", "LOCATION", False, id="values of a table"),
        pytest.param("in ", "St. John's, NL", ".", "LOCATION", True, id="a town with an apostrophe"),
        pytest.param("see man1/", "view.1.gz", "", "LOCATION", False, id="a file"),
        pytest.param("/usr/bin/", "jimage", " is", "PERSON", False, id="part of a path"),
        pytest.param("", "ex ex", " again", "PERSON", False, id="a word twice"),
        pytest.param("ring ", "Berg", "/Ozan", "PERSON", True, id="two names with a slash"),
    ],
)
def test_code_is_no_name(before: str, value: str, after: str, entity: str, believed: bool) -> None:
    """Identifiers, files and paths are not believed, however sure the model is."""
    item = Entity(len(before), len(before) + len(value), entity, 0.95)
    assert bool(list(within_lines(before + value + after, [item], lambda word: 0))) is believed


@pytest.mark.parametrize(
    ("value", "famous"),
    [
        ("Morgan Stanley", True), ("Calvin Klein's", True), ("Hugo Boss Bottled", True), ("Harry Potter", True),
        ("SHERLOCK HOLMES", True), ("John Lewis", False), ("Stanley Morgan", False), ("Morgan", False),
    ],
)  # fmt: skip
def test_things_that_have_a_name_to_themselves(value: str, famous: bool) -> None:
    """Firms, brands and heroes are no persons; what many people are called is left to the model."""
    assert is_famous(value) is famous
    for found in (
        within_lines(value, [Entity(0, len(value), "PERSON", 0.9)]),
        tidy(value, [Entity(0, len(value), "PERSON", 0.9)]),
    ):
        assert bool(list(found)) is not famous


def test_a_rule_beats_the_model_and_the_rest_of_the_span_stays() -> None:
    """An address inside what the model calls a person is an address, and the name beside it is still found."""
    engine = Engine(EngineConfig())
    engine.ner.load()
    text = "Contact Anna Berg anna@example.org today"
    found = {text[f.start : f.end]: f.entity for f in engine.scan_text(text)}
    assert found.get("anna@example.org") == "EMAIL_ADDRESS"
    assert found.get("Anna Berg") == "PERSON"


def test_texts_that_differ_in_digits_are_read_once_by_the_own_model(monkeypatch: pytest.MonkeyPatch) -> None:
    ner = Ner("default", ["en"], {})
    ner.load()
    reader = ner._readers[""]
    read: list[str] = []
    counted = reader._replace(read=lambda texts: read.extend(texts) or reader.read(texts))
    monkeypatch.setitem(ner._readers, "", counted)
    texts = [f"Order {number} of Jane Doe was sent to Lisbon at {number % 9 + 10}:30." for number in range(100, 120)]
    found = ner.find(texts)
    assert len(read) == 1
    for text, entities in zip(texts, found, strict=True):
        assert [text[item.start : item.end] for item in entities] == ["Jane Doe", "Lisbon"]


def test_numbers_of_a_table_are_no_places() -> None:
    table, address = "END\n65093\n65095\n110576\n110580", "wohnt in 10115 Berlin"
    figures = [Entity(4, 9, "LOCATION", 0.9)]
    assert list(within_lines(table, figures)) == []
    assert list(within_lines(address, [Entity(9, 14, "LOCATION", 0.9)])) == [Entity(9, 14, "LOCATION", 0.9)]


@pytest.mark.parametrize(
    ("text", "value", "entity"),
    [
        ("RT @TarikBoumediene: see you", "@TarikBoumediene", "USERNAME"),
        ("RT @ GoodmanESPN : signed", "GoodmanESPN", "USERNAME"),
        ("please cc @channel on deploys", "@channel", None),
        ("install @babel/core again", "@babel", None),
        ("@Retry(times) void run()", "@Retry", None),
        ("王先生来电。", "王", "PERSON"),
        ("昨天，「张伟」来电", "「张伟」", "PERSON"),
    ],
    ids=["handle", "written apart", "everybody", "package", "annotation", "one character", "in quotes"],
)
def test_accounts_and_names_of_one_character(text: str, value: str, entity: str | None) -> None:
    """What a post calls a person by is an account; a surname may be one character, but no letter is one."""
    start = text.index(value)
    found = list(within_lines(text, [Entity(start, start + len(value), "PERSON", 0.99)], lambda _: 0))
    assert [item.entity for item in found] == ([entity] if entity else [])
    assert all("「" not in text[item.start : item.end] for item in found)


@pytest.mark.parametrize(
    ("value", "entity", "score", "believed"),
    [
        ("Ali Khan", "PERSON", 0.6, True), ("Khan Ali", "PERSON", 0.6, True), ("Ali B. Tolliver", "PERSON", 0.95, True),
        ("Ali Tolliver", "PERSON", 0.8, False), ("Lipid Panel", "PERSON", 0.99, False),
        ("Ali Grace", "PERSON", 0.99, False), ("Atrial Khan", "PERSON", 0.99, False),
        ("Bergen Nord", "LOCATION", 0.99, False), ("Khan Holding", "ORGANIZATION", 0.9, True),
    ],
)  # fmt: skip
def test_a_bare_value_is_a_name_by_the_lists(value: str, entity: str, score: float, believed: bool) -> None:
    """Two words in a field of their own have no sentence that tells a person from a product."""
    assert is_prose(value, HINTS.for_pointer("/f3"))
    item = Entity(0, len(value), entity, score)
    assert bool(list(within_lines(value, [item], lambda word: CLASSES.get(word.lower(), 0)))) is believed
