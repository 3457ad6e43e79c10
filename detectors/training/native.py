"""Prose of languages for which no labelled corpus is there: what programs say, and Faker's filler words, with names
put in.

Most of it stays without a name: a script that the model knows only from names would be taken for one.
"""

from __future__ import annotations

import random
from functools import cache

from faker import Faker

from training.entities import Entities
from training.generate import L, P, Segment
from training.sources import messages

# language -> (folders of messages, locales of names)
LANGUAGES = {
    "ar": (("ar",), ("ar_SA", "ar_AA")), "he": (("he",), ("he_IL",)), "fa": (("fa",), ("fa_IR",)), "th": (("th",), ("th_TH",)), "hi": (("hi", "mr"), ("hi_IN", "ne_NP")),
    "ja": (("ja",), ("ja_JP",)), "ko": (("ko",), ("ko_KR",)), "zh": (("zh_CN", "zh_TW"), ("zh_CN", "zh_TW")), "ru": (("ru",), ("ru_RU",)), "uk": (("uk",), ("uk_UA",)),
    "bg": (("bg", "sr"), ("bg_BG",)), "el": (("el",), ("el_GR",)), "es": (("es",), ("es_ES", "es_MX")), "it": (("it",), ("it_IT",)), "pl": (("pl",), ("pl_PL",)),
    "cs": (("cs",), ("cs_CZ",)), "hu": (("hu",), ("hu_HU",)), "ro": (("ro",), ("ro_RO",)), "tr": (("tr",), ("tr_TR",)), "fi": (("fi",), ("fi_FI",)),
    "vi": (("vi",), ("vi_VN",)), "id": (("id",), ("id_ID",)), "hr": (("hr", "sl"), ("hr_HR", "sl_SI")), "sk": (("sk",), ("sk_SK",)), "ta": (("ta", "bn"), ("ta_IN", "bn_BD")),
}  # fmt: skip
WEIGHTS = {"ar": 4, "he": 3, "fa": 3, "th": 3, "es": 9, "it": 9, "ja": 3, "ko": 3, "zh": 3, "ru": 4, "uk": 2, "el": 2}
_LOREM = {"ar": "ar_AA", "he": "he_IL", "fa": "fa_IR", "th": "th_TH", "ja": "ja_JP", "zh": "zh_CN", "ru": "ru_RU", "uk": "uk_UA",
          "el": "el_GR", "es": "es_ES", "it": "it_IT", "pl": "pl_PL", "cs": "cs_CZ", "vi": "vi_VN"}  # fmt: skip
_JOINED = ("th", "ja", "zh")  # no blank between words
_CALLED = {
    "ja": ("{}さん", "{}様", "{}氏", "{}先生", "{}"), "ko": ("{} 씨", "{}님", "{} 고객님", "{}"), "zh": ("{}先生", "{}女士", "{}"), "th": ("คุณ{}", "นาย{}", "นางสาว{}", "{}"),
    "ar": ("السيد {}", "السيدة {}", "د. {}", "{}"), "he": ("מר {}", "גב' {}", "ד״ר {}", "{}"), "fa": ("آقای {}", "خانم {}", "دکتر {}", "{}"), "hi": ("श्री {}", "श्रीमती {}", "{} जी", "{}"),
    "ru": ("г-н {}", "{}", "{}"), "el": ("κ. {}", "{}", "{}"), "es": ("Sr. {}", "Sra. {}", "don {}", "{}", "{}"), "it": ("sig. {}", "signora {}", "dott. {}", "{}", "{}"),
}  # fmt: skip
_IN = {"es": "en {}", "it": "a {}", "ar": "في {}", "he": "ב{}", "fa": "در {}", "ru": "в {}", "el": "στην {}", "th": "ที่{}", "ja": "{}で", "ko": "{}에서", "zh": "在{}"}  # fmt: skip


@cache
def _messages(lang: str) -> list[str]:
    return [m for folder in LANGUAGES[lang][0] for m in messages(folder) if len(m) < 200]


@cache
def _faker(locale: str) -> Faker:
    fake = Faker(locale)
    fake.seed_instance(23)
    return fake


class Native:
    """An endless stream of such texts."""

    def __init__(self, seed: int) -> None:
        self.r = random.Random(f"{seed}/native")
        self.entities = Entities(self.r)
        self.languages = list(LANGUAGES)
        self.weights = [WEIGHTS.get(lang, 1.5) for lang in self.languages]

    def draw(self) -> list[Segment]:
        """Return the segments of one text."""
        lang = self.r.choices(self.languages, self.weights)[0]
        text = self._prose(lang)
        return self._named(text, lang) if self.r.random() < 0.4 else [(text, "")]

    def _prose(self, lang: str) -> str:
        pool = _messages(lang)
        if pool and (lang not in _LOREM or self.r.random() < 0.7):
            return self.r.choice(pool)
        words = _faker(_LOREM.get(lang, "la")).words(self.r.randrange(3, 18))
        text = ("" if lang in _JOINED else " ").join(words)
        return text if lang in _JOINED else text[:1].upper() + text[1:] + self.r.choice(("", ".", ".", "!", "?"))

    def _named(self, text: str, lang: str) -> list[Segment]:
        places = [0, len(text)]
        if lang in _JOINED:
            places += range(1, len(text))
        else:
            places += [i for i, c in enumerate(text) if c == " "]
        out: list[Segment] = []
        at = 0
        for cut in sorted(self.r.sample(places, min(len(places), self.r.choice((1, 1, 2))))):
            blank = "" if lang in _JOINED else " "
            out += [(text[at:cut], ""), (blank, ""), *self._name(lang), (blank, "")]
            at = cut + (text[cut : cut + 1] == " ")
        return [s for s in [*out, (text[at:], "")] if s[0]]

    def _name(self, lang: str) -> list[Segment]:
        e, r = self.entities, self.r
        locale = r.choice(LANGUAGES[lang][1])
        e.new_text(locale)
        latin = locale not in e.native
        if r.random() < 0.62:
            frame = r.choice(_CALLED.get(lang, ("{}",)))
            name, label = (r.choice((e.full, e.full, e.last, e.first))() if latin else e.native_person()), P
        else:
            frame = _IN.get(lang, "{}") if r.random() < 0.6 else "{}"
            name, label = (r.choice((e.city, e.city, e.country))() if latin else e.native_city()), L
            if not latin and name[:1].isascii():
                name, label = e.native_person(), P
        before, _, after = frame.partition("{}")
        return [s for s in ((before, ""), (name, label), (after, "")) if s[0]]
