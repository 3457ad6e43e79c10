"""Values that are split over the members of an object or the elements of an array.

The rule that a key would have for the whole value is asked about the parts put together: ``card_number_1`` …
``card_number_4`` make a card number, ``cpf: ["529", "982", "247", "25"]`` a CPF. So every rule whose key decides, in
every language, is known in parts as well. Where the values have a say the layout must not be learnt; parts of
telephone numbers, addresses and dates of birth are told by their keys alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from maskgate_detectors.checks import checksums
from maskgate_detectors.fields.context import KeyHints, KeyInfo, key_words, split_key
from maskgate_detectors.fields.parts import (
    AREA_CODE,
    COUNTRY_CODE,
    DOMAIN,
    EXCHANGE,
    INSIDE_AREA,
    INSIDE_PHONE,
    LINE,
    LOCAL,
    MAIL_WORDS,
    PHONE_ORDER,
    PartKey,
    filled,
    part_of,
    phone_stem,
    roles_of,
    unescaped,
)
from maskgate_detectors.model.registry import Compiled
from maskgate_detectors.model.rule import PART, SECRET, Rule, part_rule, splits
from maskgate_detectors.model.words import words
from maskgate_detectors.reader.lexer import CONTAINER, NUMBER, STRING, Leaf, decode

PIECES, PHONE, EMAIL, BIRTH, PLACE, PLACE_PART, CARD_CODE, NAME = 1, 2, 4, 8, 16, 32, 64, 128  # what a key may be of
PLACES = PLACE | PLACE_PART
ASK = PIECES | PHONE | EMAIL | BIRTH | CARD_CODE | NAME  # one such key is enough to look closer
_MOST_PARTS = 19
_ARRAY = 0x5B
_RANGE = frozenset(
    "first last start end one low high left right premier dernier primero ultimo primo erste letzte".split()
)
_REMEMBERED, _FEW_MEMBERS = 20_000, 100
_LONGEST_PATH = 512
_LONG_ENOUGH = 9  # digits that are no first and last of a range
_ADDRESS_RULES = frozenset("street-address address-key city-key postal-code".split())
_PHONE_RULES, _EMAIL_RULES, _BIRTH_RULES = (
    frozenset(("phone-national",)),
    frozenset(("email",)),
    frozenset(("date-of-birth",)),
)
_PROVEN_RULES = frozenset(("iban",))  # proven by more than a digit: whatever the parts are called
_PHONE_PARTS = {
    COUNTRY_CODE: "phone-country-part", INSIDE_PHONE: "phone-country-part", AREA_CODE: "phone-area-part",
    INSIDE_AREA: "phone-area-part", EXCHANGE: "phone-area-part",
}  # fmt: skip
_UNSURE = frozenset("card cards cc pan credit karte carte tarjeta carta cartao kaart karta kort".split())
_OTHER_BOXES = _UNSURE | MAIL_WORDS
_NEVER_BY_NUMBER = frozenset(("EMAIL_ADDRESS",))
_LEAST = {"PHONE_NUMBER": 3, "CREDIT_CARD": 2}
_PIECE = re.compile(r"[!-~\w]{1,64}")
_INDEXED_WORD = re.compile(r"[A-Za-z]+(?:[-_.:/][A-Za-z]+)*[-_.:/]?\d{0,3}")
_FIRST, _LAST, _MIDDLE = frozenset(("given", "first")), frozenset(("family", "last")), frozenset(("middle", "mi"))
_PERSONAL = frozenset(("PERSON", "EMAIL_ADDRESS", "PHONE_NUMBER", "US_SSN", "NATIONAL_ID", "USERNAME"))
_PERSON = re.compile(r"[^\W\d_][^\d_@:/=<>{}]{0,60}")
_CAPITAL = re.compile(r"(?=[^\W\d_a-z])[^\W\d_][^\d_@:/=<>{}]{1,60}")
_LOCAL_PART = re.compile(r"[\w.+%'-]{1,64}")
_HOST = re.compile(r"@?(?:[\w-]{1,63}\.){1,4}[^\W\d_]{2,24}")
_DIALLED = re.compile(r"\+?[\d ().\-/]{1,20}")
_LEAST_DIALLED, _E164 = 7, 15  # digits of a telephone number
_CODE = re.compile(r"(?:\+|00)?[1-9]\d{0,3}")
_AREA = re.compile(r"\(?0?\d{1,5}\)?")
_DIGITS = re.compile(r"[\d ().\-/]{2,20}")

# Members of an address that mean nothing by themselves, and the key that they stand for in one.
_PLACE_PARTS: dict[str, str] = {
    word.replace(" ", ""): key
    for key, names in {
        "street": (
            "line, line one, line two, line three, line four, addr, addr line, addr two, address two, address three, "
            "addr extra, address extra, extra, complement, complemento, complement adresse, complement d adresse, "
            "zusatz, adresszusatz, adresse zusatz, zeile, adresszeile, ligne, linea, linha, regel, rad, rivi, "
            "number, no, nr, num, numero, nummer, numer, n, hnr, civico, numero civico, house, house number suffix, "
            "house number addition, number suffix, addition, toevoeging, huisnummer toevoeging, bis, nr domu, nr "
            "mieszkania, nr lokalu, domu, mieszkania, numero interior, numero exterior, interior, exterior, piso, "
            "puerta, planta, portal, escalera, bloque, andar, apto, apartamento, bloco, scala, interno, piano, floor, "
            "flat, unit, door, suite, staircase, stiege, tur, stock, etage, etagere, batiment, bat, escalier, "
            "appartement, wohnung, tuer, lgh, lagenhet, bus, busnummer, etasje, etg, korttelinumero, premise, "
            "subpremise, thoroughfare, road, lane, avenue, po box, pobox, postfach, boite postale, apartado, "
            "block, tower, cross street, estate, dependent locality, delivery point"
        ),
        "city": (
            "place, district, quarter, barrio, colonia, stadtteil, ortsteil, bezirk, quartier, wijk, frazione, "
            "post town, posttown, settlement, dzielnica, sublocality, freguesia, arrondissement, admin district, ward"
        ),
        "postal code": "cp, cap, npa, kod, cod, codigo, postal, post, zip, eircode, pin, npa postal, plz, postleit",
        "address state": (
            "state, region, province, state province, state region, province state, administrative area, "
            "administrative area level 1, bundesland, kanton, canton, departement, provincia, estado, uf, "
            "comunidad, regione, regiao, provincie, gewest, wojewodztwo, lan, fylke, maakunta, prefecture, oblast, kraj"
        ),
    }.items()
    for word in words(names)
}
_LINES = frozenset("line addr address zeile ligne linea linha regel rad rivi".split())


def key_flags(key: str, hints: KeyHints) -> int:
    """Which split values a key may be part of; 0 for nearly every key."""
    flags = 0
    part = part_of(key)
    if part is not None and part.stem and not part.inner:
        whole = any(map(splits, hints.for_key(part.stem).deciders))
        flags |= PIECES if whole or _last_word(part.stem) in _UNSURE else 0
    for role in roles_of(key):
        if role.kind == "phone":
            flags |= PHONE if role.role in (COUNTRY_CODE, AREA_CODE) else 0
        elif role.stem:
            wanted = "email" if role.kind == "email" else "date-of-birth"
            if any(rule.id == wanted for rule in hints.for_key(role.stem).deciders):
                flags |= EMAIL if role.kind == "email" else BIRTH
    joined = "".join(key_words(key))
    if joined == "localpart":
        flags |= EMAIL
    if joined in _FIRST or joined in _LAST:
        flags |= NAME
    deciders = hints.for_key(key).deciders
    if any(rule.id in _ADDRESS_RULES for rule in deciders):
        flags |= PLACE
    elif joined in _PLACE_PARTS:
        flags |= PLACE_PART
    if any(rule.id == "card-verification-code" for rule in deciders):
        flags |= CARD_CODE
    return flags


def is_box(leaf: Leaf, record: bytes, hints: KeyHints) -> bool:
    """The object or array stands under a key that says what its members are together."""
    pointer = whole_pointer(leaf.path)
    deciders = hints.for_pointer(pointer).deciders
    if not deciders:
        return _last_word(pointer) in _OTHER_BOXES
    if record[leaf.start - 1] == _ARRAY:
        plural = pointer.endswith("s") and bool(hints.for_pointer(pointer[:-1]).deciders)  # several values, not one
        return not plural or any(rule.id in _ADDRESS_RULES for rule in deciders)
    return any(splits(rule) or rule.id == "date-of-birth" for rule in deciders)


def _last_word(pointer: str) -> str:
    return (key_words(pointer.rpartition("/")[2]) or [""])[-1]


def whole_pointer(box: str) -> str:
    """``/card_parts`` holds the parts of what ``/card`` would be."""
    parent, _, last = box.rpartition("/")
    part = part_of(last)
    return f"{parent}/{part.stem}" if part is not None and part.said and part.stem else box


class Split:
    """One record whose keys may be those of parts."""

    def __init__(self, record: bytes, leaves: Sequence[Leaf], hints: KeyHints, infos: dict[int, KeyInfo]) -> None:
        self.record = record
        self.leaves = leaves
        self.hints = hints
        self.infos = infos
        self.by_value = False

    def find(self, marked: Sequence[tuple[str, int]], boxes: Sequence[str]) -> bool:
        """Fill in the infos, given the paths of keys with flags; whether values had a say."""
        flags: dict[str, int] = dict.fromkeys(boxes, 0)
        boxed = set(boxes)
        for path, flag in marked:
            parent = path[: path.rfind("/")]
            flags[parent] = flags.get(parent, 0) | flag
        asked = {parent for parent, flag in flags.items() if flag & ASK or flag & PLACES == PLACES or parent in boxed}
        if not asked:
            return False
        objects: dict[str, list[int]] = {}
        arrays: dict[str, list[int]] = {}
        inner: set[str] = set()
        for at, leaf in enumerate(self.leaves):
            path = leaf[3]
            parent = path[: path.rfind("/")]
            if parent not in asked:
                continue
            if leaf[0] == CONTAINER:
                inner.add(parent)
            elif leaf[0] in (STRING, NUMBER):
                (objects if leaf[4] >= 0 else arrays).setdefault(parent, []).append(at)
        for parent, members in objects.items():
            if len(members) > 1:
                self._object(parent, members, flags[parent], parent in boxed, parent in inner)
        for parent, elements in arrays.items():
            if 2 <= len(elements) <= _MOST_PARTS and parent not in inner:
                self._array(parent, elements)
        return self.by_value

    def _object(self, parent: str, members: Sequence[int], flags: int, boxed: bool, nests: bool) -> None:
        if flags & PLACES == PLACES:
            self._address(parent, members)
        if not boxed and not flags & ASK:
            return
        keys = {at: decode(self.record[self.leaves[at].key_start : self.leaves[at].key_end]) for at in members}
        if flags & PIECES or boxed:
            self._pieces(parent, keys, boxed and not nests)
        if flags & CARD_CODE:
            self._unnamed_card(parent, keys)
        if flags & PHONE or boxed:
            self._phone(parent, keys)
        if flags & EMAIL or boxed:
            self._email(parent, keys)
        if flags & BIRTH or boxed:
            self._birth(parent, keys)
        if flags & NAME:
            self._name(members, keys)

    # values of any rule

    def _pieces(self, parent: str, keys: dict[int, str], boxed: bool) -> None:
        groups: dict[str, list[tuple[int, PartKey]]] = {}
        for at, key in keys.items():
            if boxed and key.isdigit():
                groups.setdefault("", []).append((at, PartKey("", int(key[:6]) + 1, True, False, True)))
                continue
            part = part_of(key)
            if part is not None and (boxed if not part.stem else not part.inner):
                groups.setdefault(part.stem, []).append((at, part))
        if boxed and len(groups.get("", ())) < len(keys) and self._decides(whole_pointer(parent), _PROVEN_RULES):
            self.by_value = True
            rules = self._rules(whole_pointer(parent), len(keys), True)
            self._together(list(keys), rules, said=True, sure=False)
            return
        for stem, found in groups.items():
            whole = bool(stem) or len(found) == len(keys)  # beside an expiry date: numbered parts that a check proves
            items = found if whole else [item for item in found if item[1].counted]
            if not 2 <= len(items) <= _MOST_PARTS:
                continue
            pointer = f"{parent}/{_escaped(stem)}" if stem else whole_pointer(parent)
            rules = self._rules(pointer, len(items), boxed and not stem)
            if not rules:
                continue
            self.by_value = True  # another record of this layout may have whole values there
            if len({part.rank for _, part in items}) == len(items):
                items.sort(key=lambda item: item[1].rank)
            self._together(
                [at for at, _ in items], rules, said=whole and (not stem or any(part.said for _, part in items)),
                sure=whole and _is_sure(pointer), range_like=_is_range(keys, items),
            )  # fmt: skip

    def _rules(self, pointer: str, parts: int, boxed: bool) -> list[Rule]:
        rules = [
            rule
            for rule in self.hints.for_pointer(pointer).deciders
            if splits(rule) and parts >= _LEAST.get(rule.entity, 2) and (boxed or rule.entity not in _NEVER_BY_NUMBER)
        ]
        card = self.hints.rules.get("credit-card")
        return [card] if not rules and card is not None and _last_word(pointer) in _UNSURE else rules

    def _together(
        self, members: Sequence[int], rules: Sequence[Rule], *, said: bool, sure: bool, range_like: bool = False
    ) -> None:
        """Tell ``members`` so where their values in this order are one value of one of the rules.

        ``said``: their keys say that they are parts; ``sure``: the key of the whole has no other meaning;
        ``range_like``: they are called first and last.
        """
        texts = [self._text(at) for at in members]
        if not all(_PIECE.fullmatch(text) for text in texts):
            return
        numbers = [self.leaves[at].kind == NUMBER for at in members]
        for rule in rules:
            if self._makes(rule, texts, numbers, said=said, sure=sure, range_like=range_like):
                self._tell(members, self._part(rule))
                return

    def _makes(
        self, rule: Rule, texts: list[str], numbers: list[bool], *, said: bool, sure: bool, range_like: bool
    ) -> bool:
        fits = self._fits(rule)
        for pieces in _spellings(rule, texts, numbers):
            for between in ("", "-", " ", "."):
                joined = between.join(pieces)
                if rule.entity == "PHONE_NUMBER":
                    if _is_phone(joined) and not any(map(_is_phone, texts)):
                        return True
                elif rule.entity == SECRET:
                    if not range_like and fits(joined) and (said or not any(map(fits, texts))) and _is_secret(texts):
                        return True
                elif self._proves(rule, joined):
                    if not all(self._proves(rule, text) for text in texts):
                        return True
                elif (
                    sure
                    and fits(joined)
                    and (said or not any(map(fits, texts)))
                    and _is_plausible(rule, pieces)
                    and (not range_like or (joined.isdigit() and len(joined) >= _LONG_ENOUGH))
                ):
                    return True
        return False

    def _unnamed_card(self, parent: str, keys: dict[int, str]) -> None:
        """``c1`` … ``c4`` beside a card code: four groups of digits that are a card number together."""
        groups: dict[str, list[tuple[int, int]]] = {}
        for at, key in keys.items():
            part = part_of(key)
            if part is not None and part.rank and at not in self.infos:
                groups.setdefault(part.stem, []).append((part.rank, at))
        rule = self.hints.rules.get("credit-card")
        for items in groups.values():
            if rule is not None and 3 <= len(items) <= 5:
                self.by_value = True
                self._together([at for _, at in sorted(items)], [rule], said=False, sure=False)

    # telephone numbers

    def _phone(self, parent: str, keys: dict[int, str]) -> None:
        here = self._decides(whole_pointer(parent), _PHONE_RULES)
        roles: dict[int, str] = {}
        for at, key in keys.items():
            role = next((role.role for role in roles_of(key) if role.kind == "phone"), None)
            if role is not None:
                roles[at] = role
        wanted = (COUNTRY_CODE, AREA_CODE, *((INSIDE_PHONE, INSIDE_AREA, EXCHANGE) if here else ()))
        codes = [at for at, role in roles.items() if role in wanted]
        if not codes:
            return
        named = [at for at in keys if at not in roles or (roles[at] in (LINE, EXCHANGE) and at not in codes)]
        named = [at for at in named if self._decides(self.leaves[at].path, _PHONE_RULES)]
        lines = [at for at in roles if at not in codes and at not in named and roles[at] in (LINE, EXCHANGE)]
        if here:
            self._inner_phone(codes, [*named, *lines], roles)
        elif named:
            for stem in {phone_stem(keys[at]) for at in codes}:
                mine = [at for at in codes if phone_stem(keys[at]) == stem]
                numbers = [at for at in named if phone_stem(keys[at]) == stem]
                numbers = numbers or (named if not stem else [])
                if len(numbers) == 1:  # of several numbers nobody knows whose code it is
                    self._tell_phone([*mine, *numbers], roles)
        elif lines and not any(self._decides(self.leaves[at].path, _ADDRESS_RULES) for at in keys):
            self.by_value = True
            self._unnamed_phone(sorted([*codes, *lines], key=lambda at: PHONE_ORDER.index(roles[at])), roles)

    def _inner_phone(self, codes: Sequence[int], numbers: Sequence[int], roles: dict[int, str]) -> None:
        """Codes and numbers in an object that is a telephone's."""
        if not any(roles[at] in (COUNTRY_CODE, AREA_CODE) for at in codes):  # a cell of a table has an area, too
            self.by_value = True
            texts = [self._text(at) for at in (*codes, *numbers)]
            if not all(map(_DIALLED.fullmatch, texts)) or not _LEAST_DIALLED <= sum(map(_count, texts)) <= _E164:
                return
        if numbers and len(codes) + len(numbers) <= _MOST_PARTS:
            self._tell_phone([*codes, *numbers], roles)

    def _tell_phone(self, members: Sequence[int], roles: dict[int, str]) -> None:
        for at in members:
            self._tell_one(at, _PHONE_PARTS.get(roles.get(at, LINE), "phone-number-part"))

    def _unnamed_phone(self, members: Sequence[int], roles: dict[int, str]) -> None:
        """A code and a number that no key calls a telephone's: they must be valid together."""
        texts = [self._text(at) for at in members]
        if len({roles[at] for at in members}) < len(members):
            return
        for at, text in zip(members, texts, strict=True):
            if not (_CODE if roles[at] == COUNTRY_CODE else _DIGITS if roles[at] == LINE else _AREA).fullmatch(text):
                return
        joined = "".join(texts)
        if roles[members[0]] == COUNTRY_CODE:
            joined = "+" + joined.removeprefix("+").removeprefix("00")
        if _is_phone(joined):
            self._tell_phone(members, roles)

    def _decides(self, pointer: str, rules: frozenset[str]) -> bool:
        return any(rule.id in rules for rule in self.hints.for_pointer(pointer).deciders)

    # mail addresses and dates of birth

    def _email(self, parent: str, keys: dict[int, str]) -> None:
        sides: dict[str, dict[str, int]] = {}
        for at, key in keys.items():
            for role in roles_of(key):
                if role.kind == "email":
                    sides.setdefault(role.stem, {}).setdefault(role.role, at)
        for stem, found in sides.items():
            if LOCAL not in found or DOMAIN not in found or found[LOCAL] == found[DOMAIN]:
                continue
            plain = "".join(split_key(keys[found[LOCAL]])) == "localpart"
            pointer = f"{parent}/{_escaped(stem)}" if stem else whole_pointer(parent)
            if plain or self._decides(pointer, _EMAIL_RULES) or _last_word(pointer) in MAIL_WORDS:
                self.by_value = True
                self._is_email([found[LOCAL], found[DOMAIN]])

    def _is_email(self, members: Sequence[int]) -> None:
        local, host = (self._text(at) for at in members)
        rule = self.hints.rules.get("email")
        if rule is not None and _LOCAL_PART.fullmatch(local) and _HOST.fullmatch(host):
            self._tell(members, self._part(rule))

    def _birth(self, parent: str, keys: dict[int, str]) -> None:
        groups: dict[str, dict[str, int]] = {}
        for at, key in keys.items():
            for role in roles_of(key):
                if role.kind == "birth":
                    groups.setdefault(role.stem, {}).setdefault(role.role, at)
        for stem, found in groups.items():
            pointer = f"{parent}/{_escaped(stem)}" if stem else whole_pointer(parent)
            if len(found) >= 2 and self._decides(pointer, _BIRTH_RULES):
                for at in found.values():
                    self._tell_one(at, "date-of-birth-part")

    def _name(self, members: Sequence[int], keys: dict[int, str]) -> None:
        """``given`` and ``family`` where they look like a name, ``first`` and ``last`` beside a person's data."""
        bare = {
            at: "".join(split_key(keys[at]))
            for at in members
            if self.leaves[at].kind == STRING and not self.hints.for_pointer(self.leaves[at].path).deciders
        }
        first = [at for at, key in bare.items() if key in _FIRST]
        last = [at for at, key in bare.items() if key in _LAST]
        if not first or not last:
            return
        told = self.hints.for_keys(["first name"])
        personal = any(
            rule.entity in _PERSONAL for at in members for rule in self.hints.for_pointer(self.leaves[at].path).deciders
        )
        kin = {bare[first[0]], bare[last[0]]} == {"given", "family"}
        if not told.deciders or not (personal or kin):
            return
        self.by_value = True
        looks = _PERSON if personal else _CAPITAL
        if all(looks.fullmatch(self._text(at)) for at in (first[0], last[0])):
            for at in (*first, *last, *(at for at, key in bare.items() if key in _MIDDLE)):
                self.infos[at] = told

    # addresses

    def _address(self, parent: str, members: Sequence[int]) -> None:
        known: dict[tuple[str, ...], dict[str, KeyInfo]] = self.hints.remembered.setdefault("places", {})
        paths = tuple([self.leaves[at].path for at in members])
        told = known.get(paths)
        if told is None:
            if len(known) >= _REMEMBERED:
                known.clear()
            told = self._places(parent, paths)
            if len(paths) <= _FEW_MEMBERS:
                known[paths] = told
        for at in members if told else ():
            info = told.get(self.leaves[at].path)
            if info is not None:
                self.infos[at] = info

    def _places(self, parent: str, paths: Sequence[str]) -> dict[str, KeyInfo]:
        """What the other members of an address are in it.

        A number, a floor or a state is that of the address where the object holds nothing else or is called an
        address, or where it stands next to another part; a shop has a number, an order a state of its own.
        """
        infos = [self.hints.for_pointer(path) for path in paths]
        places = [any(rule.id in _ADDRESS_RULES for rule in info.deciders) for info in infos]
        kinds = {rule.id for info in infos for rule in info.deciders} & _ADDRESS_RULES
        box = self._decides(parent, _ADDRESS_RULES)
        if not kinds or (len(kinds) < 2 and not box):
            return {}
        keys = [split_key(unescaped(path[path.rfind("/") + 1 :])) for path in paths]
        wanted = [
            None if info.deciders else _PLACE_PARTS.get("".join(key)) for info, key in zip(infos, keys, strict=True)
        ]
        if kinds.isdisjoint(("street-address", "address-key")):  # a number or a floor needs a street
            wanted = [
                what if what != "street" or key[0] in _LINES else None for what, key in zip(wanted, keys, strict=True)
            ]
        alone = all(
            is_place or what or key[:1] == ["country"] for is_place, what, key in zip(places, wanted, keys, strict=True)
        )
        told: dict[str, KeyInfo] = {}
        for order in (range(len(paths)), range(len(paths) - 1, -1, -1)):
            near = False
            for at in order:
                what = wanted[at]
                if what is not None and not places[at] and (box or alone or near or _is_line(keys[at])):
                    said = self.hints.for_keys([what])
                    if said.deciders:
                        told[paths[at]] = said
                        places[at] = True
                near = places[at]
        return told

    # arrays

    def _array(self, parent: str, elements: Sequence[int]) -> None:
        pointer = whole_pointer(parent)
        if self._decides(pointer, _BIRTH_RULES):
            if len(elements) == 3:
                for at in elements:
                    self._tell_one(at, "date-of-birth-part")
        elif self._decides(pointer, _ADDRESS_RULES):
            self._address_lines(elements, self.hints.for_pointer(pointer).deciders)
        elif self._decides(pointer, _EMAIL_RULES):
            if len(elements) == 2:
                self.by_value = True
                self._is_email(elements)
        elif rules := self._rules(pointer, len(elements), True):
            self.by_value = True
            self._together(elements, rules, said=True, sure=_is_sure(pointer))

    def _address_lines(self, elements: Sequence[int], deciders: Iterable[Rule]) -> None:
        self.by_value = True
        whole = next((rule for rule in deciders if rule.id == "address-key"), None)
        street = self.hints.for_keys(["street"])
        texts = [self._text(at) for at in elements]
        if whole is None or not street.deciders or not all(self._fits(street.deciders[0])(text) for text in texts):
            return
        if any(self._fits(whole)(text) and any(map(str.isdigit, text)) for text in texts):
            for at in elements:
                self.infos[at] = street

    # telling

    def _text(self, at: int) -> str:
        leaf = self.leaves[at]
        return decode(self.record[leaf.start : leaf.end]).strip()

    def _compiled(self, rule: Rule) -> Compiled:
        known: dict[str, Compiled] = self.hints.remembered.setdefault("patterns", {})
        item = known.get(rule.id)
        if item is None:
            item = known[rule.id] = Compiled(rule, 0)
            item.prepare()
        return item

    def _fits(self, rule: Rule) -> Callable[[str], bool]:
        item = self._compiled(rule)
        return lambda text: bool(text) and item.key_fits(text.encode("utf-8", "replace"))

    def _proves(self, rule: Rule, text: str) -> bool:
        """The rule finds the whole text by its pattern and its checksum."""
        if rule.validate is None:
            return False
        data = text.encode("utf-8", "replace")
        try:
            return any(span == (0, len(data)) for span in self._compiled(rule).spans(data)) and rule.validate(text)
        except (ValueError, IndexError, KeyError, TypeError):
            return False

    def _part(self, rule: Rule) -> Rule:
        known: dict[str, Rule] = self.hints.remembered.setdefault("parts", {})
        found = known.get(rule.id)
        if found is None:
            found = known[rule.id] = part_rule(rule)
        return found

    def _tell_one(self, at: int, rule_id: str) -> None:
        rule = self.hints.rules.get(rule_id)
        if rule is not None:
            self._tell([at], rule)

    def _tell(self, members: Iterable[int], rule: Rule) -> None:
        known: dict[tuple[str, str], KeyInfo] = self.hints.remembered.setdefault("told", {})
        if len(known) >= _REMEMBERED:
            known.clear()
        for at in members:
            path = self.leaves[at].path
            info = known.get((path, rule.id))
            if info is None:
                info = _part_info(self.hints.for_pointer(path), rule, self.hints)
                if len(path) <= _LONGEST_PATH:
                    known[path, rule.id] = info
            self.infos[at] = info


def _part_info(info: KeyInfo, rule: Rule, hints: KeyHints) -> KeyInfo:
    """What the key says, and before all that its value is a part."""
    asked = (rule, *info.asked) if rule.id in hints.rules else (rule,)
    others = info.deciders if rule.id in hints.rules else ()
    return KeyInfo(words=info.words, deciders=(rule, *others), asked=asked, no_prose=True, person=info.person)


def _spellings(rule: Rule, texts: list[str], numbers: list[bool]) -> Iterable[Sequence[str]]:
    """The parts as they are, and with the zeros that a JSON number cannot begin with."""
    yield texts
    full = filled(rule.entity, texts) if any(numbers) else texts
    if full is not texts and all(n or len(a) == len(b) for a, b, n in zip(texts, full, numbers, strict=True)):
        yield full


def _count(text: str) -> int:
    return sum(map(str.isdigit, text))


def _is_phone(text: str) -> bool:
    if _count(text) < 8:
        return False
    return checksums.international_phone(text) if text.startswith(("+", "00")) else checksums.national_phone(text)


def _is_plausible(rule: Rule, pieces: Sequence[str]) -> bool:
    """Parts that no checksum proves are at least of the widths in which the value is written."""
    if rule.entity == "US_SSN":
        return [len(piece) for piece in pieces] == [3, 2, 4]
    if rule.entity == "CREDIT_CARD":
        return all(map(str.isdigit, pieces)) and pieces[0][0] != "0"
    return True


def _is_sure(pointer: str) -> bool:
    """The key of the whole has no other meaning: ``pan`` is also what a camera does, ``card`` a part of a page."""
    return "".join(split_key(pointer.rpartition("/")[2])) not in _UNSURE


def _is_secret(texts: Sequence[str]) -> bool:
    """Pieces of one secret rather than a list of words."""
    joined = "".join(texts)
    if joined.isdigit() and len(joined) <= 8:
        return all(len(text) == 1 for text in texts)
    if all(_INDEXED_WORD.fullmatch(text) for text in texts) and not any(
        any(map(str.isupper, text[1:])) and any(map(str.isdigit, text[:-3])) for text in texts
    ):
        return False
    return 2 * sum(any(map(str.isdigit, text)) for text in texts) >= len(texts)


def _is_range(keys: dict[int, str], items: Sequence[tuple[int, PartKey]]) -> bool:
    """``first`` and ``last``: perhaps of several values, not of one."""
    if any(part.said or part.counted for _, part in items):
        return False
    return any(not _RANGE.isdisjoint(split_key(keys[at])) for at, _ in items)


def _is_line(key: Sequence[str]) -> bool:
    """``line2``, ``address_three``: of nothing but an address, where there is one."""
    return key[0] in _LINES or len(key) > 2


def _escaped(text: str) -> str:
    return text.replace("~", "~0").replace("/", "~1")


assert PART == "-part"  # parts.is_part reads it from ids of rules and findings
