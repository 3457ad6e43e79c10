"""Names and telephone numbers in forms and queries: ``?name=Ilse+Vogt``, ``&to=015172839164``."""

from __future__ import annotations

from maskgate_detectors.freetext.listed import is_full_name
from maskgate_detectors.model.rule import Rule, detector

_WORD = r"\p{Lu}[\p{L}\p{M}'’.-]{0,40}"
_ENDS = r"(?:$|[&#;\s\"'<>)])"


@detector
def name_in_query() -> Rule:
    """https://url.spec.whatwg.org/#application/x-www-form-urlencoded"""
    return Rule(
        id="name-in-query",
        entity="PERSON",
        label="Whole name in a form or a query that the lists of names know",
        pattern=(
            r"(?:^|[?&;\s])(?:(?:full|display|user|customer|contact|client)?_?-?[nN]ame|q|query|search|s|to|from|recipient"
            r"|sender|user|customer|contact|author|owner|cn|attendee|passenger|patient)="
            rf"(?P<value>{_WORD}(?:(?:\+|%20){_WORD}){{1,3}}){_ENDS}"
        ),
        triggers=(
            r"(?:ame|q|query|search|s|to|from|recipient|sender|user|customer|contact|author|owner|cn|attendee|passenger"
            r"|patient)=[^\x00-@\[-\x7f][^\x00-\x20&=\"]{0,60}(?:\+|%20)",
        ),
        near=("=",),
        validate=is_full_name,
        valid_score=0.8,
        matches=(
            "/search?q=⟦Ilse+Vogt⟧",
            "name=⟦Ilse+Vogt⟧&city=1",
            "https://x.example/?a=1&to=⟦Tomasz%20Wójcik⟧#top",
        ),
        ignores=("/search?q=Release+Notes", "q=New+York", "model=Ilse+Vogt", "name=Pro+Plan&x=1", "to=Vogt"),
    )


@detector
def phone_in_query() -> Rule:
    """https://url.spec.whatwg.org/#application/x-www-form-urlencoded"""
    return Rule(
        id="phone-in-query",
        entity="PHONE_NUMBER",
        label="Telephone number in a form or a query, as whom a message goes to or comes from",
        pattern=(
            r"(?:^|[?&;\s])(?:to|from|To|From|recipient|sender|caller|callee|called)="
            rf"(?P<value>(?:\+|%2[bB]|00|0)[1-9]\d{{7,13}}){_ENDS}"
        ),
        triggers=(r"(?:to|from|To|From|recipient|sender|caller|callee|called)=(?:\+|%2[bB]|0)\d",),
        score=0.75,
        matches=("https://x.example/?to=⟦015172839164⟧", "From=⟦%2B4915172839164⟧&Body=x"),
        ignores=("?from=0&to=100", "?from=20250101&to=20250131", "from=1700000000000", "offset=015172839164"),
    )
