"""Renders persons, places, addresses and organisations the many ways they are written."""

from __future__ import annotations

import random
import re
from functools import cache
from pathlib import Path

from faker import Faker

from training import romanised
from training.lexicon import WEIGHTS, Markov, lexicon

LATIN_TITLES_AFTER = ["Jr.", "Sr.", "III", "II", "PhD", "MD", "Esq.", "M.D.", "CPA"]
PARTICLES = [
    "de",
    "van",
    "von",
    "da",
    "di",
    "el",
    "al",
    "bin",
    "de la",
    "van der",
    "van den",
    "del",
    "dos",
    "le",
    "la",
    "Mac",
    "O'",
    "ter",
    "ibn",
    "St.",
]
SUFFIXES = "St Street Ave Avenue Rd Road Ln Lane Dr Drive Blvd Boulevard Ct Court Pl Place Way Terrace Square Hwy Parkway Circle Trail Close Mews Crescent Row Grove Walk Hill Alley".split()
NATURE = "Oak Maple Cedar Pine Elm Washington Lincoln Park Lake Hill River Church School Mill Spring Main High Station Victoria King Queen Market Bridge North South West East Sunset Highland Forest Meadow Willow Cherry Franklin Jefferson Broad College Union Center Walnut Chestnut 1st 2nd 3rd 5th 7th 12th 42nd Rosewood Birch Garden Manor London York Windsor Albert George".split()
ORG_PATTERNS = [
    "{last} {suffix}", "{last}, {last} & {last}", "{last} & Sons", "{last} and {last} {suffix}", "{last} {field}", "{word} {suffix}", "{word}{word2} {suffix}", "{word} {field}",
    "University of {city}", "{city} University", "{city} General Hospital", "St. {first} Hospital", "Bank of {city}", "{city} City Council", "{city} Police Department", "{last} Foundation",
    "Institute for {field}", "{field} {suffix}", "{word}Soft", "{last} Group", "{city} School District", "Ministry of {field}", "Department of {field}", "{word} Bank", "{word} Airlines", "FC {city}",
    "{caps}", "{caps} {suffix}", "{country} {field} Association", "{last} Elementary School", "{word} Pharmacy", "{last}'s Bakery", "Stadtwerke {city}", "Sparkasse {city}", "Banco de {country}",
]  # fmt: skip
ORG_SUFFIX = "Inc. Inc Ltd Ltd. LLC GmbH AG Corp. Corporation Group PLC & Co. S.A. SARL B.V. Holdings Partners Associates Oy AB S.p.A. Pty Ltd".split(
    " "
)
FIELDS = "Technologies Solutions Logistics Software Consulting Motors Energy Health Finance Media Education Transport Insurance Foods Pharma Robotics Systems Engineering Agriculture Culture Justice Labs Analytics Design Capital Ventures Networks Aerospace".split()
WORDS = "Acme Global Blue Red Nova Star Sun Bright Apex Delta Omega Alpha Prime First United National Northern Pacific Atlantic Summit Vertex Quantum Fusion Green Silver Iron Cloud Data Cyber Bio Eco Terra Astra Luna Velo Zen Hyper Inter Trans Meta Pulse Spark Orbit".split()
UNIVERSITIES = [
    "University of {city}",
    "{city} University",
    "Universität {city}",
    "Université de {city}",
    "Technical University of {city}",
    "{last} College",
    "Universidad de {city}",
    "{city} State University",
]
FAMOUS_PLACES = "Europe|Asia|Africa|North America|South America|Middle East|Latin America|Scandinavia|Bavaria|Tuscany|Catalonia|Normandy|the Alps|Siberia|Hawaii|NYC|LA|London|Paris|Berlin|Tokyo|USA|U.S.|US|UK|U.K.|the United States|the Netherlands|England|Scotland|Wales|Ireland|Manhattan|Brooklyn|Queens|Hollywood|Silicon Valley|Bay Area|Soho|Wall Street|Times Square|Hyde Park|Central Park|Heathrow|JFK|Mississippi|the Rhine|the Nile|Lake Michigan|Mount Everest|Balkans|Crimea|Gaza|West Bank|Hong Kong|Bali|Ibiza|Sicily|Cornwall|Kent|Yorkshire|Bronx|Vegas|Philly|SF|D.C.|Jersey|Cali|Down Under|Buckingham Palace|Eiffel Tower".split(
    "|"
)


def _latin(text: str) -> bool:
    return all(ord(c) < 0x250 or not c.isalpha() for c in text)


class Entities:
    """Draws names and places; one locale per text keeps them in company."""

    def __init__(self, rng: random.Random) -> None:
        self.r = rng
        lex = lexicon()
        self.locales = lex["locales"]
        weights = WEIGHTS | romanised.WEIGHTS
        self.codes = tuple(weights)
        self.latin = [c for c in self.codes if _latin("".join(self.locales[c]["last_name"][:20]))]
        self.latin_weights = [weights[c] for c in self.latin]
        self.native = [c for c in self.codes if c not in self.latin]
        self.cities = lex["cities"]
        self.by_country: dict[str, list[str]] = {}
        for name, country, _ in self.cities:
            self.by_country.setdefault(country, []).append(name)
        self.countries = [
            *lex["countries"].values(),
            *(c for e in self.locales.values() for c in e["country"] if _latin(c)),
        ]
        self.english_countries = list(lex["countries"].values())
        self.states, self.codes_us, self.counties = lex["states"], lex["state_codes"], lex["counties"]
        self.extra_first, self.extra_last = _all_names()
        self.markov_first, self.markov_last = _markov()
        self.locale = "en_US"

    def new_text(self, locale: str | None = None) -> None:
        """Choose the locale of the next text."""
        self.locale = locale or self.r.choices(self.latin, self.latin_weights)[0]

    def _entry(self) -> dict[str, list[str]]:
        if self.r.random() < 0.12:
            return self.locales[self.r.choices(self.latin, self.latin_weights)[0]]
        return self.locales[self.locale]

    def first(self) -> str:
        """Return a given name, sometimes double, sometimes invented."""
        r, names = self.r, self._entry()["first_name"]
        draw = r.random()
        if draw < 0.08:
            return self.markov_first.draw(r)
        if draw < 0.40:
            return r.choice(self.extra_first)
        name = r.choice(names)
        if draw > 0.97:
            return f"{name}{r.choice('- ')}{r.choice(names)}"
        return name

    def last(self) -> str:
        """Return a surname, sometimes with a particle or a hyphen, sometimes invented."""
        r, names = self.r, self._entry()["last_name"]
        draw = r.random()
        if draw < 0.12:
            return self.markov_last.draw(r)
        if draw < 0.35:
            return r.choice(self.extra_last)
        name = r.choice(names)
        if draw > 0.96:
            return f"{name}-{r.choice(names)}"
        if draw > 0.93:
            particle = r.choice(PARTICLES)
            return f"{particle}{'' if particle in ('Mac', chr(79) + chr(39)) else ' '}{name}"
        if draw > 0.91 and self.locale[:2] in ("es", "pt"):
            return f"{name} {r.choice(names)}"
        return name

    def full(self) -> str:
        """Return given name and surname."""
        r = self.r
        if self.locale.startswith("es") and r.random() < 0.5:
            return f"{self.first()} {self.last()} {self.last()}"
        if self.locale == "vi_VN" or (self.locale == "hu_HU" and r.random() < 0.5):
            return f"{self.last()} {self.first()}"
        return f"{self.first()} {self.last()}"

    def person(self) -> str:
        """Return a person's name in one of the ways it is written in running text."""
        r = self.r
        draw = r.random()
        if draw < 0.60:
            return self.full()
        if draw < 0.70:
            return self.first()
        middle = r.choice("ABCDEFGHIJKLMNOPRSTVWZ")
        options = (
            lambda: f"{self.first()} {middle}. {self.last()}",
            lambda: f"{self.first()} {middle} {self.last()}",
            lambda: f"{middle}. {self.last()}",
            lambda: f"{middle}.{r.choice('ABCDEHJKLMRST')}. {self.last()}",
            lambda: f"{self.first()} {self.first()} {self.last()}",
            lambda: f"{self.first()} {self.last()}-{self.last()}",
            lambda: f"{self.first()} {self.last()} {r.choice(('Jr.', 'Jr', 'Sr.', 'III', 'II'))}",
            lambda: f"{self.first()} {self.last()[:1]}.",
            lambda: f"{self.first()} {r.choice(PARTICLES[:8])} {self.last()}",
            lambda: f"{self.last().upper()} {self.first()}",
            lambda: f"{self.first()} {self.last().upper()}",
            lambda: f"{self.first()} '{self.first()}' {self.last()}",
            lambda: self.full().upper(),
            lambda: self.full().lower(),
        )
        return r.choice(options)()

    def surname_first(self) -> str:
        """Return the name as lists write it: surname first."""
        r = self.r
        last, first = self.last(), self.first()
        return r.choice((
            f"{last}, {first}", f"{last}, {first}", f"{last}, {first} {r.choice('ABCDEFGHJKLMRST')}.", f"{last.upper()}, {first}", f"{last.upper()}, {first.upper()}", f"{last.upper()} {first}",
            f"{last} {first}", f"{last}, {first[:1]}.", f"{last},{first}", f"{last.lower()}, {first.lower()}",
        ))  # fmt: skip

    def surname_initials(self) -> str:
        """Return the name as bibliographies write it."""
        return f"{self.last()}{self.r.choice((' ', ', '))}{self.first()[:1]}."

    def city(self) -> str:
        """Return a city: of the locale's country, of the world, or one of Faker's invented ones."""
        r = self.r
        draw = r.random()
        country = self.locale[3:5]
        if draw < 0.35 and country in self.by_country:
            pool = self.by_country[country]
            return r.choice(pool[: max(30, len(pool) // 3)]) if draw < 0.2 else r.choice(pool)
        if draw < 0.60:
            return str(r.choice(self.cities[:1200])[0])
        if draw < 0.75:
            return str(r.choice(self.cities)[0])
        names = self._entry()["city"]
        return r.choice(names) if names else str(r.choice(self.cities)[0])

    def country(self) -> str:
        """Return a country, mostly by its English name."""
        own = self.locales[self.locale]["country"]
        if own and self.locale[:2] != "en" and self.r.random() < 0.5 and _latin(own[0]):
            return self.r.choice(own)
        return self.r.choice(self.english_countries if self.r.random() < 0.85 else self.countries)

    def region(self) -> str:
        """Return a state, province, county or department."""
        r = self.r
        entry = self._entry()
        pool = r.choice(
            [
                entry[k]
                for k in ("state", "administrative_unit", "region", "province", "county", "department")
                if entry[k]
            ]
            or [self.states]
        )
        return r.choice((r.choice(pool), r.choice(pool), r.choice(self.states), r.choice(self.counties)))

    def place(self) -> str:
        """Return any place name."""
        draw = self.r.random()
        if draw < 0.50:
            return self.city()
        return self.r.choice(FAMOUS_PLACES) if draw < 0.62 else self.country() if draw < 0.85 else self.region()

    def placefull(self) -> str:
        """Return a city with what it lies in."""
        r = self.r
        city = self.city()
        return r.choice((
            city, f"{city}, {self.country()}", f"{city}, {self.region()}", f"{city}, {r.choice(self.codes_us)}", f"{city} {r.choice(self.codes_us)}", f"{city}, {self.region()}, {self.country()}",
            f"{city}, {r.choice(('UK', 'USA', 'US', 'Germany', 'France', 'India', 'Spain', 'Canada'))}",
        ))  # fmt: skip

    def streetname(self) -> str:
        """Return the name of a street without number."""
        r = self.r
        names = self._entry()["street_name"]
        draw = r.random()
        if draw < 0.5 and names:
            return r.choice(names)
        if draw < 0.72:
            return f"{r.choice(NATURE)} {r.choice(SUFFIXES)}{r.choice(('', '', '', '.'))}"
        base = self.last().title() if draw < 0.86 else self.city()
        lang = self.locale[:2]
        if lang == "de":
            return r.choice(
                (
                    f"{base}straße",
                    f"{base}str.",
                    f"{base}weg",
                    f"{base}gasse",
                    f"{base}platz",
                    f"{base}er Straße",
                    f"Am {base}",
                    f"{base}allee",
                    f"{base}strasse",
                )
            )
        if lang == "fr":
            return f"{r.choice(('rue', 'avenue', 'boulevard', 'place', 'chemin', 'impasse', 'quai', 'Rue', 'allée'))} {r.choice(('de ', 'du ', 'des ', '', 'de la ')) if r.random() < 0.6 else ''}{base}"
        if lang == "es":
            return f"{r.choice(('Calle', 'Avenida', 'Av.', 'C/', 'Plaza', 'Paseo', 'calle', 'Carrera', 'Camino'))} {r.choice(('de ', 'del ', '', '', 'de la '))}{base}"
        if lang == "it":
            return f"{r.choice(('Via', 'Viale', 'Piazza', 'Corso', 'via', 'Vicolo'))} {base}"
        if lang == "pt":
            return f"{r.choice(('Rua', 'Avenida', 'Av.', 'Travessa', 'Praça'))} {r.choice(('da ', 'do ', 'de ', ''))}{base}"
        if lang == "nl":
            return f"{base}{r.choice(('straat', 'laan', 'weg', 'plein', 'gracht', 'kade'))}"
        if lang == "pl":
            return f"{r.choice(('ul.', 'ulica', 'al.', 'os.'))} {base}"
        if lang in ("sv", "no", "da"):
            return f"{base}{r.choice(('gatan', 'vägen', 'gata', 'vej', 'gade', 'veien'))}"
        return f"{base} {r.choice(SUFFIXES)}{r.choice(('', '', '.'))}"

    def streetnum(self) -> str:
        """Return street and number, in the order of the locale."""
        r = self.r
        number = str(r.choice((r.randrange(1, 99), r.randrange(1, 300), r.randrange(100, 99999)))) + r.choice(
            ("", "", "", "", "a", "b", "/2", "-4", " bis")
        )
        lang = self.locale[:2]
        name = self.streetname()
        if (
            lang in ("de", "nl", "pl", "sv", "no", "da", "fi", "cs", "sk", "hr", "hu", "tr", "sl", "et", "lt")
            and r.random() < 0.85
        ):
            out = f"{name} {number}"
        elif lang in ("es", "it", "pt", "ro"):
            out = r.choice(
                (
                    f"{name}, {number}",
                    f"{name} {number}",
                    f"{name} {number}, {r.randrange(1, 9)}º",
                    f"{name}, nº {number}",
                    f"{name} n. {number}",
                )
            )
        elif lang == "fr":
            out = r.choice((f"{number}, {name}", f"{number} {name}"))
        else:
            out = f"{number} {name}"
        if r.random() < 0.18 and lang == "en":
            unit = r.choice(("Apt. {n}", "Apt {n}", "Suite {n}", "Unit {n}", "#{n}", "Flat {n}", "Floor {n}")).format(
                n=r.randrange(1, 999)
            )
            out = r.choice((f"{out}, {unit}", f"{out} {unit}", f"{unit}, {out}"))
        return out

    def postcode(self) -> str:
        """Return a postcode of the locale."""
        codes = self._entry()["postcode"]
        return self.r.choice(codes) if codes else str(self.r.randrange(10000, 99999))

    def cityline(self) -> str:
        """Return the line of an address with postcode and city."""
        r = self.r
        city, code = self.city(), self.postcode()
        if self.locale.startswith("en_US") or self.locale == "en":
            state = r.choice(self.codes_us) if r.random() < 0.8 else r.choice(self.states)
            return r.choice(
                (
                    f"{city}, {state} {code}",
                    f"{city}, {state} {code}",
                    f"{city} {state} {code}",
                    f"{city}, {state}",
                    f"{city} {state}, {code}",
                )
            )
        if self.locale.startswith("en_"):
            return r.choice(
                (
                    f"{city} {code}",
                    f"{city}, {code}",
                    f"{city}, {self.region()} {code}",
                    f"{city}, {self.region()}, {code}",
                )
            )
        return r.choice(
            (
                f"{code} {city}",
                f"{code} {city}",
                f"{code} {city}, {self.country()}",
                f"{city} {code}",
                f"{self.locale[-2:]}-{code} {city}",
                f"{code} {city} ({self.region()})",
            )
        )

    def address(self) -> str:
        """Return an address on one line."""
        r = self.r
        draw = r.random()
        if draw < 0.25:
            return self.streetnum()
        if draw < 0.75:
            text = f"{self.streetnum()}{r.choice((', ', ', ', ', ', ' '))}{self.cityline()}"
        else:
            text = re.sub(r"\s*\n\s*", ", ", r.choice(self._entry()["address"]))
        if r.random() < 0.15:
            text += f", {self.country()}"
        if r.random() < 0.06:
            text = f"{r.choice(('P.O. Box', 'PO Box', 'Postfach', 'BP'))} {r.randrange(1, 9999)}, {self.cityline()}"
        return text

    def addressml(self) -> str:
        """Return an address on several lines."""
        r = self.r
        if r.random() < 0.3:
            return r.choice(self._entry()["address"])
        lines = [self.streetnum(), self.cityline()]
        if r.random() < 0.35:
            lines.append(self.country())
        return "\n".join(lines)

    def placeaddr(self) -> str:
        """Return a city, a street or an address."""
        return self.r.choice((self.city, self.streetnum, self.address, self.placefull, self.streetname))()

    def org(self, patterns: list[str] = ORG_PATTERNS) -> str:
        """Return the name of an organisation."""
        r = self.r
        if r.random() < 0.3 and patterns is ORG_PATTERNS:
            return r.choice(self._entry()["company"])
        return r.choice(patterns).format(
            last=self.last(), first=self.first(), city=self.city(), country=self.country(), suffix=r.choice(ORG_SUFFIX), field=r.choice(FIELDS),
            word=r.choice(WORDS), word2=r.choice(WORDS).lower(), caps="".join(r.choice("ABCDEFGHIKLMNOPRSTUVW") for _ in range(r.choice((2, 3, 3, 4)))),
        )  # fmt: skip

    def job(self) -> str:
        """Return a profession."""
        return self.r.choice(self._entry()["job"] or self.locales["en_US"]["job"])

    def native_person(self) -> str:
        """Return a name in its own, non-Latin script."""
        entry = self.locales[self.locale]
        first, last = self.r.choice(entry["first_name"]), self.r.choice(entry["last_name"])
        if self.locale[:2] in ("zh", "ko"):
            return last + first
        return (
            f"{last}{self.r.choice((' ', '', ' '))}{first}"
            if self.locale[:2] == "ja"
            else self.r.choice((f"{first} {last}", f"{first} {last}", first, f"{last} {first}"))
        )

    def native_city(self) -> str:
        """Return a city in a non-Latin script."""
        return self.r.choice(self.locales[self.locale]["city"])

    def native_address(self) -> str:
        """Return an address in a non-Latin script."""
        return re.sub(r"\s*\n\s*", ", ", self.r.choice(self.locales[self.locale]["address"]))


@cache
def _all_names() -> tuple[list[str], list[str]]:
    """Return every Latin given name and surname of Faker's tables, and surnames of persons in WordNet."""
    firsts: set[str] = set()
    lasts: set[str] = set()
    for locale in WEIGHTS:
        for provider in Faker(locale).get_providers():
            if type(provider).__module__.startswith("faker.providers.person"):
                for attribute in dir(type(provider)):
                    value = getattr(provider, attribute, None)
                    if isinstance(value, (tuple, list, dict)) and "name" in attribute:
                        into = firsts if "first_name" in attribute else lasts if "last_name" in attribute else None
                        if into is not None:
                            into.update(str(v) for v in value if isinstance(v, str))
    for line in Path("/usr/share/wordnet/data.noun").read_text().splitlines():
        fields = line.split(" ")
        if (
            len(fields) > 6
            and fields[1] == "18"
            and "_" in fields[4]
            and all(p[:1].isupper() for p in fields[4].split("_"))
        ):
            lasts.add(fields[4].split("_")[-1])
    keep = re.compile(r"^[^\W\d_][\w'’ -]{1,24}$")
    return (
        sorted(n for n in firsts if keep.match(n) and _latin(n)),
        sorted(n for n in lasts if keep.match(n) and _latin(n)),
    )


@cache
def _markov() -> tuple[Markov, Markov]:
    firsts, lasts = _all_names()
    return Markov([n for n in firsts if " " not in n]), Markov([n for n in lasts if " " not in n])
