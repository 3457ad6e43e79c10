"""Things and words that look like persons, and persons beside them that stay persons."""
# ruff: noqa: E501  (a sentence reads best on one line)

from __future__ import annotations

import pytest

from maskgate_detectors import Engine, EngineConfig
from maskgate_detectors.freetext.entity import Entity
from maskgate_detectors.freetext.gazetteer import WordClass
from maskgate_detectors.freetext.nerfilter import within_lines
from maskgate_detectors.freetext.smallwords import SMALL_WORDS
from maskgate_detectors.freetext.things import is_thing

CLASSES = {
    "dora": WordClass.FIRST, "larsen": WordClass.LAST, "ada": WordClass.FIRST, "ruby": WordClass.FIRST | WordClass.COMMON,
    "panda": WordClass.COMMON, "reading": WordClass.CITY | WordClass.COMMON, "old": WordClass.COMMON | WordClass.PLACE_PART,
}  # fmt: skip
THINGS = (
    "Storm ⟦Dora⟧ shut the harbour", "⟦Storm Dora⟧ shut the harbour", "after hurricane ⟦Dora⟧ the lines were down", "Sturmtief ⟦Dora⟧ zieht ab", "la tempête ⟦Dora⟧ arrive", "el huracán ⟦Dora⟧ tocó tierra",
    "il ciclone ⟦Dora⟧", "o furacão ⟦Dora⟧ passou", "stormen ⟦Dora⟧ är över", "orkanen ⟦Dora⟧", "storm ⟦Dora⟧ trekt weg", "huragan ⟦Dora⟧ minął", "myrsky ⟦Dora⟧", "bouře ⟦Dora⟧", "uragano ⟦Dora⟧",
    "⟦Ada⟧ and Fortran still compile", "⟦Ruby⟧, Crystal, Elixir: which syntax?", "bindings for ⟦Julia⟧ and Python packages", "written in ⟦Haskell⟧ or Scala", "the ⟦Pascal⟧ and Eiffel runtime",
    "⟦Beni⟧ bekletmeyin", "yarın ⟦beni⟧ bekleyin", "me ⟦liga⟧ cedo", "⟦Yeni⟧ kart istiyorum", "⟦Hvorfor⟧ virker det ikke",
)  # fmt: skip
PERSONS = (
    "Storm ⟦Larsen⟧ ringte i dag", "⟦Dora⟧ said that the storm is over", "the storm kept ⟦Dora⟧ at home", "a storm, said ⟦Dora⟧", "⟦Dora Larsen⟧ on the storm", "Theo Storm and ⟦Dora⟧ met",
    "⟦Ada⟧ called about her parcel", "⟦Ruby⟧ and Crystal paid", "⟦Julia⟧ moved to Bonn", "ask ⟦Pascal⟧ for the compiler", "⟦Dylan⟧ wrote the framework", "our developers met ⟦Ada⟧",
    "arayan ⟦Beni⟧ değildi", "der Kunde heißt ⟦Heute⟧", "my name is ⟦Nada⟧", "sagt ⟦Morgen⟧", "with ⟦Han⟧ at noon", "⟦Dora⟧", "ring ⟦Dora⟧", "Herr ⟦Niemand⟧ rief an",
)  # fmt: skip


def _classes(word: str) -> int:
    return CLASSES.get(word.lower(), 0)


def _judged(marked: str) -> bool:
    start, end = marked.index("⟦"), marked.index("⟧") - 1
    text = marked.replace("⟦", "").replace("⟧", "")
    return is_thing(start, text[start:end], text, _classes)


@pytest.mark.parametrize("marked", THINGS)
def test_storms_languages_and_small_words_are_no_persons(marked: str) -> None:
    """The word before it, the words beside it or the word itself says so."""
    assert _judged(marked)


@pytest.mark.parametrize("marked", PERSONS)
def test_persons_beside_such_words_stay_persons(marked: str) -> None:
    """A surname behind «Storm», one language alone, a name inside a sentence."""
    assert not _judged(marked)


def test_no_small_word_is_written_large() -> None:
    """They are compared in small letters."""
    assert all(word == word.lower() for word in SMALL_WORDS)


@pytest.mark.parametrize(
    ("before", "value", "entity", "score", "believed"),
    [
        ("replace ", "Panda", "PERSON", 0.66, False), ("replace ", "Panda", "PERSON", 0.8, True), ("from ", "Old", "LOCATION", 0.55, False),
        ("to ", "Reading", "LOCATION", 0.6, True), ("key: x\nregion: ", "eu", "LOCATION", 0.7, False), ("moved to the ", "EU", "LOCATION", 0.7, True),
        ("redis://:pw123@", "cache", "PERSON", 0.9, False), ("thanks @", "dora", "PERSON", 0.9, True), ("user@", "cache", "PERSON", 0.9, False),
    ],
)  # fmt: skip
def test_words_that_nothing_else_speaks_for(before: str, value: str, entity: str, score: float, believed: bool) -> None:
    """A word of the dictionary, a setting of two letters, a host behind ``@`` need more than a weak opinion."""
    item = Entity(len(before), len(before) + len(value), entity, score)
    assert bool(list(within_lines(before + value, [item], _classes))) is believed


@pytest.fixture(scope="module")
def engine() -> Engine:
    """All rules, no model."""
    return Engine(EngineConfig(model="none", time_budget_s=10.0))


@pytest.mark.parametrize(
    "record",
    [
        b'{"committer": {"name": "GitLab", "username": "web-flow"}}', b'{"reported_by": "shade"}', b'{"assignee": "BuildAdministrator"}', b'{"user": {"display_name": "user_name"}}',
        b'{"participants": [{"user": {"display_name": "organisation"}}]}', b'{"ssh_url": "org-71@github.com:acme/site.git"}', b'{"subjectDN": "C=US,ST=Oregon,L=Salem,O=Acme,CN=Web Signing"}',
        b'{"SecretId": "arn:aws:secretsmanager:eu-west-1:4471:secret:billing-x7Kq2Zm9"}', b'{"qs": {"auth0Client": "eyJuYW1lIjoiYXV0aDAuanMiLCJ2ZXJzaW9uIjoiOS4yNi4wIn0="}}',
    ],
)  # fmt: skip
def test_vendors_roles_and_resources_are_nobody(engine: Engine, record: bytes) -> None:
    """Under keys of people, too, stand services, words and names of resources."""
    assert engine.batch([record])[0].findings == ()


@pytest.mark.parametrize(
    "record",
    [
        b'{"committer": {"name": "Dora Larsen"}}', b'{"reported_by": "dora"}', b'{"assignee": "DoraLarsen"}', b'{"user": {"display_name": "Rose Baker"}}', b'{"customer_name": "Blade"}',
        b'{"ssh": "dora.larsen@github.com"}', b'{"subjectDN": "C=NO,O=Acme,CN=Dora Larsen"}', b'{"text": "x:secret:x7Kq2Zm9pw4T"}', b'{"auth": "eyJuYW1lIjoiYXV0aDAuanMiLCJ2ZXJzaW9uIjoiOS4yNi4wIn0="}',
    ],
)  # fmt: skip
def test_people_and_credentials_in_the_same_places_are_found(engine: Engine, record: bytes) -> None:
    """What differs is the value alone."""
    assert engine.batch([record])[0].findings
