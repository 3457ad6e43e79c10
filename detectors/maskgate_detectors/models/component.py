"""The tagger and its tokenizer as parts of a spaCy pipeline.

No postponed annotations here: spaCy reads those of the factory as types.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import filter_spans, registry
from spacy.vocab import Vocab

from maskgate_detectors.models.tagger import Entity, Tagger
from maskgate_detectors.models.tokens import TOKEN

SCORES = "maskgate.ner"  # key in ``Doc.spans`` whose group carries the scores


class TaggerPipe(Tagger):
    """A tagger that reads and writes spaCy's documents."""

    def __call__(self, doc: Doc) -> Doc:
        """Set ``doc.ents``; the scores are in ``doc.spans["maskgate.ner"].attrs["scores"]``."""
        return next(self.pipe([doc]))

    def pipe(self, docs: Iterable[Doc], *, batch_size: int = 256, **_: Any) -> Iterator[Doc]:
        """Yield every doc with its entities set."""
        stream = iter(docs)
        while batch := list(islice(stream, batch_size)):
            for doc, entities in zip(batch, self.find([doc.text for doc in batch]), strict=True):
                _annotate(doc, entities)
                yield doc


class ProseTokenizer:
    """spaCy tokenizer over :func:`split`; the text of the ``Doc`` is the text given, character for character."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        words: list[str] = []
        spaces: list[bool] = []
        for word in TOKEN.findall(text):
            if word == " " and words and not spaces[-1]:
                spaces[-1] = True
            else:
                words.append(word)
                spaces.append(False)
        return Doc(self.vocab, words=words, spaces=spaces)

    def pipe(self, texts: Iterable[str], batch_size: int = 1000) -> Iterator[Doc]:
        """Yield one ``Doc`` per text."""
        for text in texts:
            yield self(text)

    def to_bytes(self, **_: Any) -> bytes:
        """Return nothing: the tokenizer has no state."""
        return b""

    def from_bytes(self, _data: bytes, **_: Any) -> "ProseTokenizer":
        """Return the tokenizer itself: it has no state."""
        return self

    def to_disk(self, path: Path | str, **_: Any) -> None:
        """Write nothing: the tokenizer has no state."""

    def from_disk(self, path: Path | str, **_: Any) -> "ProseTokenizer":
        """Return the tokenizer itself: it has no state."""
        return self


@registry.tokenizers("maskgate.prose.v1")  # type: ignore[untyped-decorator]
def create_tokenizer() -> Any:
    """Return the factory that spaCy's configuration names."""

    def create(nlp: Any) -> ProseTokenizer:
        return ProseTokenizer(nlp.vocab)

    return create


def _annotate(doc: Doc, entities: Sequence[Entity]) -> None:
    pairs = [(doc.char_span(e.start, e.end, label=e.label, alignment_mode="expand"), e.score) for e in entities]
    scores = {(span.start, span.end): score for span, score in pairs if span is not None}
    chosen = filter_spans([span for span, _ in pairs if span is not None])
    doc.set_ents(chosen)
    doc.spans[SCORES] = chosen
    doc.spans[SCORES].attrs["scores"] = [scores[span.start, span.end] for span in chosen]


@Language.factory("maskgate_ner", default_score_weights={})
def create_tagger(nlp: Language, name: str) -> TaggerPipe:
    """Return an empty tagger; ``nlp.from_disk`` or ``load_default`` fills it."""
    return TaggerPipe()
