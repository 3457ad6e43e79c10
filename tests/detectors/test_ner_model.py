"""The packed free-text models: they load, are what was packed, find the obvious, and swallow no unknown script."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from maskgate_detectors import Engine, EngineConfig, models
from maskgate_detectors.freetext import gazetteer
from maskgate_detectors.models.component import SCORES
from maskgate_detectors.models.tagger import Tagger

TRAINING_ONLY = Path(__file__).parent / "training_only.txt"


@pytest.fixture(scope="module", params=models.NAMES)
def tagger(request: pytest.FixtureRequest) -> Iterator[Tagger]:
    pipe = models.load_default(request.param).get_pipe("ner")
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


@pytest.mark.parametrize("name", models.NAMES)
def test_a_packed_model_is_small_and_holds_numbers_and_a_word_list(name: str) -> None:
    """The folder is under 15 MB; its weights are numbers and its string store is all but empty."""
    files = [f for f in models.path(name).rglob("*") if f.is_file()]
    assert sum(f.stat().st_size for f in files) < 15_000_000
    assert all(f.stat().st_size < 2_000 for f in files if f.name == "strings.json")
    with np.load(models.path(name) / "ner" / "weights.npz", allow_pickle=False) as weights:
        assert {weights[key].dtype.kind for key in weights.files} == {"f", "i"}


def _digest(word: str) -> str:
    return hashlib.blake2b(word.lower().encode(), digest_size=8, person=b"maskgate names").hexdigest()


@pytest.mark.parametrize("name", models.NAMES)
def test_no_word_that_only_the_training_texts_hold_is_packed(name: str) -> None:
    """None of a thousand names that stand in the labelled texts and in no word list is in the packed word list.

    The names themselves are nowhere in the repository either: ``training_only.txt`` holds their digests.
    """
    unwanted = set(TRAINING_ONLY.read_text().split())
    words = list(gazetteer.load(models.path(name) / "ner"))
    assert len(unwanted) == 1000
    assert _digest("Words of a list") not in unwanted and len(words) > 100_000
    assert [word for word in words if _digest(word) in unwanted] == []


@pytest.mark.parametrize("name", models.NAMES)
def test_a_model_says_under_which_licence_it_stands(name: str) -> None:
    """Each folder names its licence and the corpora; the open one learnt from nothing under share-alike."""
    text = (models.path(name) / "LICENSE").read_text()
    assert "Changed:" in text and text.count("https://") > 6
    assert ("ShareAlike 4.0" in text.splitlines()[0]) is (name == "sa")
    assert ("BY-SA" in text) is (name == "sa")


def test_open_is_another_model_than_the_default() -> None:
    """``model: open`` is a switch: other weights, another version in the lineage; ``sa`` is the default."""
    versions = {name: Engine(EngineConfig(model=name)).versions["model"] for name in ("default", "sa", "open")}
    assert versions["default"] == versions["sa"] != versions["open"]
    assert "-sa-" in versions["sa"] and "-open-" in versions["open"]


@pytest.mark.parametrize("name", models.NAMES)
def test_a_model_loads_fast(name: str) -> None:
    """Half a CPU-second is enough to load it, on a machine that counts to a million in 0.03 s."""

    def least(run: Callable[[], object]) -> float:
        spent = []
        for _ in range(4):
            start = time.process_time()
            run()
            spent.append(time.process_time() - start)
        return min(spent)

    slowness = max(1.0, least(lambda: sum(1 for _ in range(1_000_000))) / 0.03)
    assert least(lambda: models.load_default(name)) < 0.5 * slowness


def test_a_forked_worker_finds_the_same(tagger: Tagger) -> None:
    """A worker forked after the model was loaded reads as its parent does."""
    text = "Please call Maria Schneider in Hamburg."
    expected = [e[:3] for e in tagger.find([text])[0]]
    child = os.fork()
    if not child:
        same = [e[:3] for e in tagger.find([text, text + " Thanks."])[0]] == expected
        os._exit(0 if same and expected else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.fixture(scope="module", params=models.NAMES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    yield Engine(EngineConfig(model=request.param))


@pytest.mark.parametrize(
    "text",
    [
        "لا يمكن فتح الملف لأن البرنامج يعمل الآن، حاول مرة أخرى بعد قليل",
        "این پرونده باز نشد، لطفاً دوباره تلاش کنید و نتیجه را بنویسید",
        "לא ניתן לפתוח את הקובץ כי התוכנית פועלת, נסו שוב מאוחר יותר",
        "ไม่สามารถเปิดแฟ้มได้ เพราะโปรแกรมกำลังทำงานอยู่ กรุณาลองใหม่อีกครั้ง",
        "ფაილის გახსნა ვერ მოხერხდა, გთხოვთ სცადოთ მოგვიანებით",
        "Նիշքը բացել չհաջողվեց, փորձեք մի փոքր ուշ",
        "ፋይሉን መክፈት አልተቻለም እባክዎ ቆይተው ይሞክሩ",
        "கோப்பைத் திறக்க முடியவில்லை, பிறகு முயற்சிக்கவும்",
        "ဖိုင်ကို ဖွင့်၍မရပါ ထပ်ကြိုးစားပါ",
        "មិនអាចបើកឯកសារបានទេ សូមព្យាយាមម្តងទៀត",
        "Không thể mở tập tin, vui lòng thử lại sau vài phút nữa",
    ],
    ids=["ar", "fa", "he", "th", "ka", "hy", "am", "ta", "my", "km", "vi"],
)
def test_prose_of_languages_that_no_corpus_taught_is_not_swallowed(engine: Engine, text: str) -> None:
    """A sentence without a name is left alone or nearly so: less than a fifth of its characters is marked."""
    marked = sum(f.end - f.start for f in engine.scan_text(text, key="note"))
    assert marked < len(text) / 5


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


def test_the_pipeline_carries_scores() -> None:
    """Each entity of a ``Doc`` has a probability between its label's threshold and 1."""
    nlp = models.load_default()
    tagger = nlp.get_pipe("ner")
    doc = nlp("Thanks, Peter Novak\nPrague")
    scores = doc.spans[SCORES].attrs["scores"]
    assert len(doc.ents) == len(scores) >= 1
    assert all(tagger.thresholds[ent.label_] <= score <= 1 for ent, score in zip(doc.ents, scores, strict=True))
