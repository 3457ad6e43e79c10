"""The packed list of words: what was packed is found, nothing else is, and it is opened once."""

from __future__ import annotations

import lzma
import string
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maskgate_detectors import models
from maskgate_detectors.freetext import gazetteer, listed
from maskgate_detectors.models.tagger import Tagger

_LETTERS = st.text(alphabet=string.ascii_lowercase + "éßñ漢字şи\u0301'\t\n\x00\x1f", min_size=1, max_size=6)


@given(st.dictionaries(_LETTERS, st.integers(1, 1023), max_size=120), st.lists(_LETTERS, max_size=40))
def test_packed_words_answer_as_the_dictionary_that_was_packed(words: dict[str, int], others: list[str]) -> None:
    """Every word has its mask, words that were not packed have none: beginnings, ends and neighbours of words too."""
    packed = gazetteer.PackedWords(gazetteer.pack(words))
    asked = {
        *words,
        *others,
        *(w[:-1] for w in words),
        *(w[1:] for w in words),
        *(w + "s" for w in words),
        "",
        "\ud800",
    }
    assert {word: packed.get(word) for word in asked} == {word: words.get(word) for word in asked}
    assert sorted(packed) == sorted(words) and len(packed) == len(words)


def test_accents_are_forgiven_where_the_word_itself_is_unknown() -> None:
    """José is looked up as jose where the list has only that, and keeps its own classes where it has both."""
    words = {"josé": int(gazetteer.WordClass.FIRST), "may": 577, "leeds": 4, "jose": 3}
    both = gazetteer.Gazetteer(gazetteer.PackedWords(gazetteer.pack(words)))
    assert {w: both.classes(w) for w in ("José", "MAY", "Leeds", "jose", "unknown", "unknowñ")} == {
        "José": 1, "MAY": 577, "Leeds": 4, "jose": 3, "unknown": 0, "unknowñ": 0,
    }  # fmt: skip
    assert gazetteer.Gazetteer({"jose": 3}).classes("José") == 3


def test_a_folder_that_training_wrote_before_is_read(tmp_path: Path) -> None:
    """The form with one line for each mask gives the same classes."""
    (tmp_path / "gazetteer.xz").write_bytes(lzma.compress(b"3 jose leeds\n577 may"))
    words = gazetteer.load(tmp_path)
    assert {w: words.classes(w) for w in words} == {"jose": 3, "leeds": 3, "may": 577}


@pytest.mark.parametrize("name", models.NAMES)
def test_a_packed_model_holds_its_words_in_the_form_that_opens_quickly(name: str) -> None:
    """The form of before takes a quarter of a second and forty megabytes more; `training.pack` writes the new one."""
    assert [file.name for file in (models.path(name) / "ner").glob("gazetteer*")] == [gazetteer.FILE]


def test_the_lists_of_names_and_the_model_share_the_words() -> None:
    """The same file is opened once, whoever asks first."""
    tagger = Tagger().from_disk(models.path() / "ner")
    assert tagger._features is not None
    assert tagger._features.gazetteer is gazetteer.load(models.path() / "ner")
    assert listed._words() == tagger._features.gazetteer.exact


def test_prose_is_read_without_spacy() -> None:
    """The packed model needs numpy alone; importing spaCy would cost as much as all else that one line costs."""
    code = (
        "import sys\n"
        "from maskgate_detectors import Engine\n"
        'scan, = Engine().batch([b\'{"text": "Please call Maria Schneider in Rotterdam."}\'])\n'
        "print(sorted({f.detector for f in scan.findings}), 'spacy' in sys.modules, 'thinc' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout == "['ner-location', 'ner-person'] False False\n"
