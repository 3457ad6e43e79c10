"""The models that ship with maskgate, and how to load them.

A folder beside this file is one spaCy pipeline with the licence of its weights. ``NAME.checksums.json`` holds the
SHA-256 of each of its files; a model whose files differ is not loaded.

``sa`` learnt from all corpora, some of them under CC BY-SA 4.0, and stands under that licence itself. ``open`` learnt
only from texts without share-alike; it reads fewer languages.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language

DEFAULT = "sa"
NAMES = ("sa", "open")
# What a model was measured on with real labelled text; other languages are read, but nothing is promised of them.
LANGUAGES = {
    "sa": ("da", "de", "en", "fr", "hi", "hr", "ja", "ko", "nl", "no", "pt", "sk", "sv", "zh"),
    "open": ("de", "en", "fr", "nl", "no", "sv"),
}
_FOLDER = Path(__file__).parent


class ModelError(ValueError):
    """The packed model is absent or its files are not the ones that were packed."""


def path(name: str = DEFAULT) -> Path:
    """Return the folder of the packed model ``name``."""
    return _FOLDER / name


def load_default(name: str = DEFAULT) -> Language:
    """Return the packed pipeline after its checksums were verified.

    Its component ``ner`` is a :class:`maskgate_detectors.models.tagger.Tagger`. ``spacy.load(path())`` works too, once
    :mod:`maskgate_detectors.models.component` has been imported.
    """
    import spacy

    import_module(f"{__name__}.component")  # registers the component and the tokenizer
    verify(name)
    return spacy.load(path(name))


@cache
def digest(name: str = DEFAULT) -> str:
    """Return one SHA-256 over the checksums of the packed model: its identity in lineage."""
    return hashlib.sha256(_checksums(name).encode()).hexdigest()


def verify(name: str = DEFAULT) -> None:
    """Raise :class:`ModelError` unless the model's folder holds exactly the files that were packed."""
    expected: dict[str, str] = json.loads(_checksums(name))
    found = fingerprints(path(name))
    wrong = sorted(f for f in expected.keys() | found.keys() if expected.get(f) != found.get(f))
    if wrong:
        raise ModelError(f"model {name!r}: {', '.join(wrong)} not as packed; reinstall maskgate or run `make train`")


def fingerprints(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file under ``folder``, by relative name."""
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def _checksums(name: str) -> str:
    file = _FOLDER / f"{name}.checksums.json"
    if not file.is_file():
        raise ModelError(f"model {name!r} is not packed; run `make train` or reinstall maskgate")
    return file.read_text()
