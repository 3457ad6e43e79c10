"""Storms, programming languages and small words that models take for persons, by what stands beside them."""

from __future__ import annotations

import re
from collections.abc import Callable

from maskgate_detectors.freetext.gazetteer import WordClass
from maskgate_detectors.freetext.smallwords import SMALL_WORDS

_WORD = re.compile(r"[^\W\d_]+")
_STORMS = frozenset(
    "storm hurricane typhoon cyclone tempest sturm orkan sturmtief orkantief taifun hurrikan zyklon tempête tempete "
    "ouragan typhon tormenta borrasca huracán huracan tifón tifon ciclón ciclon uragano tempesta tifone ciclone "
    "tempestade furacão furacao tufão tufao stormen orkanen orkaan tyfoon tyfon tyfonen cykloon cyklon cyklonen "
    "huragan orkanu tajfun vichřice bouře myrsky hirmumyrsky vihar hurikán hurikan fırtınası kasırgası тайфун "
    "ураган".split()
)
_LANGUAGES = frozenset(
    "ada alice caml clarion clojure cobol crystal curry dart dylan eiffel elixir elm erlang euler fortran go groovy "
    "hack haskell haxe java javascript julia kotlin lisp lua mercury miranda mojo nim oz pascal perl php pike prolog "
    "python racket raku roc ruby rust sage scala scheme simula stan swift typescript vala zig ".split()
)
_OF_PROGRAMS = re.compile(
    r"(?i)\b(?:compil\w+|programming|programm\w*|syntax|runtime|interpreter|bytecode|transpil\w+|native code|codebase"
    r"|type systems?|garbage.collect\w+|libraries|frameworks?|packages?|developers?|languages?|coding|written in)\b"
)


def is_thing(start: int, value: str, text: str, classes: Callable[[str], int] | None) -> bool:
    """A storm with its given name, one programming language among others, or a small word of some language."""
    first, _, rest = value.partition(" ")
    named = rest if first.lower() in _STORMS else value
    if " " not in named and named:
        before = text[:start].split()[-1:] if named is value else [first]
        if before and before[0].strip("\"'(«“").lower() in _STORMS:
            return classes is None or not classes(named) & WordClass.LAST or bool(classes(named) & WordClass.FIRST)
    low = value.lower()
    if low in SMALL_WORDS and (value.islower() or not text[:start].strip()):
        return True
    if low in _LANGUAGES and _OF_PROGRAMS.search(text) is not None:
        return len(_LANGUAGES.intersection(map(str.lower, _WORD.findall(text)))) > 1
    return False
