"""Evidence for a framework: controls, what maskgate shows for each, and the entries behind it; signed, one file.

The page holds the signed data and is rendered from nothing else, so that verifying it is verifying the signature and
rendering it again: one changed byte anywhere in the file shows.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import resources
from typing import Any

from maskgate.base.errors import ConfigurationError, RecordError
from maskgate.crypto import canonical, signing

PAYLOAD_TYPE = "application/vnd.maskgate.evidence.v1+json"
FRAMEWORKS = ("soc2", "fedramp", "iso27001", "gdpr", "hipaa", "pci")
_MARK = re.compile(rb"<!-- maskgate evidence ([A-Za-z0-9+/=]+) -->\n\Z")


def framework(name: str) -> dict[str, Any]:
    """A framework's controls, with source and edition."""
    text = (resources.files(__package__) / "frameworks" / f"{name}.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def build(
    name: str, figures: Mapping[str, Any], period: tuple[int, int], verification: Mapping[str, Any]
) -> dict[str, Any]:
    """The report as data: every control with its figures; one without any figure is 'not evidenced'."""
    plan = framework(name)
    controls = []
    for control in plan["controls"]:
        shown = [figures[figure] | {"name": figure} for figure in control["figures"]]
        evidenced = any(figure["value"] for figure in shown)
        controls.append({"id": control["id"], "title": control["title"], "evidenced": evidenced, "figures": shown})
    head = {key: plan[key] for key in ("id", "title", "edition", "source")}
    return {
        "domain": "evidence.v1", "framework": head, "from": period[0], "to": period[1],
        "verification": dict(verification), "controls": controls,
    }  # fmt: skip


def sign(data: Mapping[str, Any], signer: signing.Signer) -> bytes:
    """The signed report."""
    return signing.seal(PAYLOAD_TYPE, canonical.dumps(dict(data)), [signer])


def page(envelope: bytes) -> bytes:
    """The report as one page without scripts, with the signed data at its end."""
    data = canonical.loads(signing.parse(envelope).payload)
    return f"{_render(data)}<!-- maskgate evidence {base64.b64encode(envelope).decode()} -->\n".encode()


def verify(raw: bytes, keys: Mapping[str, bytes]) -> dict[str, Any]:
    """The data of a report (page or signed JSON) that one of these keys signed and nobody changed.

    Raises:
        ConfigurationError: it is not such a report; says in words what differs.
    """
    mark = _MARK.search(raw)
    envelope = raw.removesuffix(b"\n")
    try:
        if mark:
            envelope = base64.b64decode(mark[1], validate=True)
        parsed = signing.parse(envelope)
        if parsed.payload_type != PAYLOAD_TYPE or not signing.verify(parsed, keys):
            raise ConfigurationError("the report is not signed by a key that was given (--key), or was changed")
        data: dict[str, Any] = canonical.loads(parsed.payload)
        if signing.wrap(PAYLOAD_TYPE, canonical.dumps(data), parsed.signatures) != envelope:
            raise ConfigurationError("the signed data of the report is not written as it was signed")
        if mark and page(envelope) != raw:
            raise ConfigurationError("the page does not show what was signed: it was edited")
    except (RecordError, ValueError, KeyError, TypeError):
        raise ConfigurationError("not an evidence report, or it was cut or edited") from None
    if not mark and raw not in (envelope, envelope + b"\n"):
        raise ConfigurationError("something stands around the signed data")
    return data


def _when(ms: int) -> str:
    return f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%d %H:%M:%S}Z"


def _render(data: Mapping[str, Any]) -> str:
    plan, checked = data["framework"], data["verification"]
    title = f"{plan['title']}: evidence {_when(data['from'])} – {_when(data['to'])}"
    lacking = [control["id"] for control in data["controls"] if not control["evidenced"]]
    verdict = "signed inputs and decisions fit together; no checkpoint over all of it was given"
    if checked["proven"]:
        verdict = "every entry is proven by a checkpoint"
    if not checked["good"]:
        verdict = "BAD"
    words = [
        f"Edition: {plan['edition']}. Source: {plan['source']}.",
        f"The log was verified: {verdict} ({checked['size']} entries, root {checked['root']}).",
        *(f"Problem at {problem}" for problem in checked["problems"]),
        f"{len(data['controls']) - len(lacking)} of {len(data['controls'])} controls are evidenced"
        + (f"; not evidenced: {', '.join(lacking)}." if lacking else "."),
        "A figure says what maskgate did; whether a control is met is the auditor's judgement.",
        "Who can read raw input stands in the broker's ACLs (maskgate topics) and is not evidenced here.",
    ]
    body = "".join(f"<p>{html.escape(word)}</p>" for word in words) + "".join(map(_control, data["controls"]))
    style = (
        "body{font:15px/1.5 system-ui;margin:2rem;max-width:70rem}table{border-collapse:collapse}"
        "td{border-top:1px solid #ccc;padding:.1rem .6rem;vertical-align:top}.bar{background:#357;height:.6rem}"
        ".no{color:#a00}"
    )
    top = f"<!doctype html><html lang=en><meta charset=utf-8><title>{html.escape(title)}</title><style>{style}</style>"
    return f"{top}<h1>{html.escape(title)}</h1>{body}</html>\n"


def _control(control: Mapping[str, Any]) -> str:
    head = f"<h2>{html.escape(control['id'])} {html.escape(control['title'])}</h2>"
    if not control["evidenced"]:
        head += "<p class=no>not evidenced</p>"
    most = max((figure["value"] or 0 for figure in control["figures"]), default=0)
    return head + "".join(_figure(figure, most) for figure in control["figures"])


def _figure(figure: Mapping[str, Any], most: int) -> str:
    value = figure["value"]
    told = "not evidenced" if value is None else str(value)
    width = round(100 * (value or 0) / most) if most else 0
    rows = "".join(_row(row) for row in figure["rows"])
    listed = f"<details><summary>entries</summary><table>{rows}</table></details>" if rows else ""
    return f"<h3>{html.escape(figure['label'])}: {told}</h3><div class=bar style='width:{width}%'></div>{listed}"


def _row(row: Sequence[object]) -> str:
    return "<tr>" + "".join(f"<td>{html.escape(_cell(at, value))}" for at, value in enumerate(row)) + "</tr>"


def _cell(at: int, value: object) -> str:
    return _when(value) if at == 1 and isinstance(value, int) else str(value)
