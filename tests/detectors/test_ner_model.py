"""The packed free-text model: it loads, is what was packed, and finds the obvious."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from maskgate_detectors import models
from maskgate_detectors.freetext import gazetteer
from maskgate_detectors.models.tagger import SCORES, Tagger


@pytest.fixture(scope="module")
def tagger() -> Iterator[Tagger]:
    pipe = models.load_default().get_pipe("ner")
    assert isinstance(pipe, Tagger)
    yield pipe


def test_a_changed_file_is_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model with one changed byte raises and names the file."""
    shutil.copytree(models.path(), tmp_path / models.DEFAULT)
    shutil.copy(models.path().with_name(f"{models.DEFAULT}.checksums.json"), tmp_path)
    monkeypatch.setattr(models, "_FOLDER", tmp_path)
    models.verify()
    weights = tmp_path / models.DEFAULT / "ner" / "weights.npz"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x00\x01")
    with pytest.raises(models.ModelError, match=r"weights\.npz"):
        models.load_default()


def test_an_absent_model_says_what_to_do() -> None:
    """Asking for a model that is not packed raises with the next step."""
    with pytest.raises(models.ModelError, match="make train"):
        models.load_default("absent")


def test_the_packed_model_is_small_and_holds_no_training_text() -> None:
    """The folder is under 12 MB and its string store is all but empty."""
    files = [f for f in models.path().rglob("*") if f.is_file()]
    assert sum(f.stat().st_size for f in files) < 12_000_000
    assert all(f.stat().st_size < 2_000 for f in files if f.name == "strings.json")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Please call Maria Schneider in Hamburg.", {("Maria Schneider", "PERSON"), ("Hamburg", "LOCATION")}),
        ("my name is john miller and i live in chicago", {("john miller", "PERSON"), ("chicago", "LOCATION")}),
        ("Ship to: Dana Whitcombe, 12 Elm Street", {("Dana Whitcombe", "PERSON"), ("12 Elm Street", "LOCATION")}),
        ("Frau Weber wohnt in München und hat angerufen.", {("Weber", "PERSON"), ("München", "LOCATION")}),
        ("Mme Delacroix habite à Lyon depuis mars.", {("Delacroix", "PERSON"), ("Lyon", "LOCATION")}),
        ("Carmen Ibáñez llamó desde Sevilla.", {("Carmen Ibáñez", "PERSON"), ("Sevilla", "LOCATION")}),
    ],
    ids=["plain", "lower case", "address", "german", "french", "spanish"],
)
def test_finds_the_obvious(tagger: Tagger, text: str, expected: set[tuple[str, str]]) -> None:
    """Names and places of simple sentences are found with their exact spans."""
    found = {(text[e.start : e.end], e.label) for e in tagger.find([text])[0]}
    assert expected <= found


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "The invoice for May is overdue.",
        "Rolled back payments-api to 4.18.2 in eu-west-1",
        "Will this work with Office on Monday?",
        "Madison Desk Lamp, oak, 2 pcs",
        "std::vector<int> v; v.push_back(42);",
        "2024-03-01 12:00:01 ERROR OrderService - connection timed out",
    ],
)
def test_leaves_prose_without_names_alone(tagger: Tagger, text: str) -> None:
    """Look-alikes are not taken for persons or places."""
    assert [e for e in tagger.find([text])[0] if e.label != "ORGANIZATION"] == []


def test_order_and_company_of_texts_do_not_matter(tagger: Tagger) -> None:
    """A text has the same entities alone, in a batch, and after the cache was emptied."""
    texts = ["Anna Kowalska moved to Oslo.", "ok", "Call Dr. Patel at 12 Main Street, Leeds", "no names here"] * 40
    alone = [tagger.find([t])[0] for t in texts[:4]]
    assert [[e[:3] for e in found] for found in tagger.find(texts)] == [[e[:3] for e in found] for found in alone] * 40
    tagger._reset()
    assert [[e[:3] for e in f] for f in tagger.find(texts[:4])] == [[e[:3] for e in found] for found in alone]


def test_the_pipeline_carries_scores(tagger: Tagger) -> None:
    """Each entity of a ``Doc`` has a probability between its label's threshold and 1."""
    doc = models.load_default()("Thanks, Peter Novak\nPrague")
    scores = doc.spans[SCORES].attrs["scores"]
    assert len(doc.ents) == len(scores) >= 1
    assert all(tagger.thresholds[ent.label_] <= score <= 1 for ent, score in zip(doc.ents, scores, strict=True))


def test_the_gazetteer_survives_packing() -> None:
    """What is unpacked is what was packed, and accents are forgiven."""
    words = {"josé": int(gazetteer.WordClass.FIRST), "may": 577, "leeds": 4, "jose": 3}
    assert {w: gazetteer.unpack(gazetteer.pack(words)).classes(w) for w in words} == words
    assert gazetteer.Gazetteer({"jose": 3}).classes("José") == 3
    assert gazetteer.Gazetteer(words).classes("unknown") == 0
