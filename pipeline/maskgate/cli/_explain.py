"""The words of `maskgate scan --explain`: per place what was found and why, what was not and why not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import click

_NO = click.style("-", dim=True)
_NAMED = 6  # rules named in a line that says why they found nothing


def shown(text: str) -> str:
    """``text`` for a terminal: what does not print is escaped."""
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def words(number: int, places: list[dict[str, Any]], colour: bool) -> str:
    """The lines about one record."""
    out = [line for place in places for line in _place(number, place)]
    text = "\n".join(out or [f"line {number}: nothing found, and nothing that came near"]) + "\n"
    return text if colour else click.unstyle(text)


def _place(number: int, place: dict[str, Any]) -> Iterator[str]:
    if "error" in place:
        detail = f" ({place['detail']})" if place["detail"] else ""
        yield f"line {number}: cannot be read: {place['error']}{detail}"
        return
    where = ", the key itself" if place["in"] == "key" else ""
    says = _key(place["key"]) if place["key"] is not None else ""
    yield click.style(f"line {number} {shown(place['path']) or '(whole)'}{where}", bold=True) + says
    if "text" in place:
        yield f"    {_marked(place['text'], place['findings'])}"
    for found in place["findings"]:
        yield from _found(found, place)
    for lost in place["dropped"]:
        if any(lost["detector"] in found["won_over"] and _overlap(lost, found) for found in place["findings"]):
            continue  # said beside what stands
        what = f"{_span(lost)} {lost['entity']} {lost['score']:.2f}: {lost['detector']}"
        yield f"  {_NO} {what}: not taken: {lost['why']}"
    yield from _not_found(place["steps"])
    for note in place["notes"]:
        yield f"  {_NO} {note}"
    if not place["findings"] and not place["dropped"] and not place["notes"] and not place["steps"]:
        yield f"  {_NO} no rule's pattern fits"


def _key(key: dict[str, Any]) -> str:
    if key["veto"]:
        return "  (its key speaks against personal data)"
    by = "a field beside it" if key["sibling"] else "its key"
    if key["decides"]:
        return f"  ({by} decides: {', '.join(key['decides'])})"
    return f"  ({by} asks for: {', '.join(key['asks'])})" if key["asks"] else ""


def _found(found: dict[str, Any], place: dict[str, Any]) -> Iterator[str]:
    why = list(dict.fromkeys(_why(step) for step in place["steps"] if _same(step, found)))
    over = f"; stands over {', '.join(found['won_over'])}" if found["won_over"] else ""
    part = f"; part of {found['subject']}" if found["subject"] else ""
    layers = f" in {' in '.join(reversed(found['layers']))}" if found["layers"] else ""
    mark = click.style("✓", fg="green")
    yield (
        f"  {mark} {_span(found)} {found['entity']} {found['score']:.2f}: {found['detector']}{layers}: "
        f"{'; '.join(why) or 'what other findings leave of it'}{part}{over}  [{found['id']}]"
    )


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return bool(one["start"] < other["end"] and other["start"] < one["end"])


def _same(step: dict[str, Any], found: dict[str, Any]) -> bool:
    return bool(
        step["verdict"] == "found"
        and step["rule"] == found["detector"]
        and step["start"] <= found["start"]
        and found["end"] <= step["end"]
        and step["score"] <= found["score"]
    )


def _why(step: dict[str, Any]) -> str:
    return str(step["why"]) + (f" at {shown(' '.join(step['inside']))} inside" if step["inside"] else "")


def _not_found(steps: list[dict[str, Any]]) -> Iterator[str]:
    """The candidates that came to nothing, those with one reason together."""
    groups: dict[tuple[int, int, str], list[str]] = {}
    for step in steps:
        if step["verdict"] == "skipped":
            yield f"  {_NO} no rule is tried but those its key asks for: {step['why']}"
        elif step["verdict"] == "not found":
            rules = groups.setdefault((step["start"], step["end"], _why(step)), [])
            rules += [] if step["rule"] in rules else [step["rule"]]
    for (start, end, why), rules in groups.items():
        more = f" and {len(rules) - _NAMED} more" if len(rules) > _NAMED else ""
        yield f"  {_NO} {start}–{end} not {', '.join(rules[:_NAMED])}{more}: {why}"


def _span(row: dict[str, Any]) -> str:
    return f"{row['start']}–{row['end']}"


def _marked(text: str, findings: list[dict[str, Any]]) -> str:
    """The text with its findings in brackets."""
    parts, at = [], 0
    for found in findings:
        parts += [text[at : found["start"]], "⟦", text[found["start"] : found["end"]], "⟧"]
        at = found["end"]
    return shown("".join(parts) + text[at:])


def as_json(number: int, places: list[dict[str, Any]]) -> str:
    """One line of JSON about one record."""
    return json.dumps({"line": number, "places": places}, ensure_ascii=False) + "\n"
