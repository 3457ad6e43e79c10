"""Previews as HTML: tokens, labels, names and numbers are marked; every character of the text is escaped."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_PREVIEW_PART = re.compile(r"(⟦[^⟧]*⟧)|(\"(?:[^\"\\]|\\.)*\")(\s*:)?|(-?\b\d[\d.eE+-]*\b)")
_MARK = re.compile(r"(⟦[^⟧]*⟧)|(&lt;[A-Z][A-Z0-9_]{1,40}&gt;)")


def highlight(text: str) -> Markup:
    """The preview with its parts marked; every character of the text is escaped."""

    def mark(found: re.Match[str]) -> str:
        token, string, colon, number = found.groups()
        if token:
            return f'<span class="t">{escape(token)}</span>'
        if string and colon is not None:
            return f'<span class="jk">{escape(string)}</span>{escape(colon)}'
        if string:
            inner = _MARK.sub(_mark, str(escape(string)))
            return f'<span class="js">{inner}</span>'
        return f'<span class="jn">{escape(number)}</span>'

    out, at = [], 0
    for found in _PREVIEW_PART.finditer(text):
        out += [str(escape(text[at : found.start()])), mark(found)]
        at = found.end()
    return Markup("".join(out) + str(escape(text[at:])))  # noqa: S704  (every part above is escaped)


def _mark(found: re.Match[str]) -> str:
    return f'<span class="{"t" if found[1] else "l"}">{found[0]}</span>'
