"""Langfuse's two places for masking: what its client records, and every span that it sends.

::

    import maskgate
    from langfuse import Langfuse
    from maskgate.embed.langfuse import masker, span_masker

    gate = maskgate.load(policy="policy.yaml", keyring="/etc/maskgate")
    Langfuse(mask=masker(gate), mask_otel_spans=span_masker(gate))

Neither raises: what cannot be masked is withheld, and the trace goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from langfuse.types import MaskOtelSpansParams, MaskOtelSpansResult, OtelSpanPatch
from pydantic_core import to_jsonable_python

from maskgate.embed.gate import Gate
from maskgate.embed.result import Result

__all__ = ["WITHHELD", "masker", "span_masker"]

WITHHELD = "maskgate.withheld"
"""The attribute that says why a span has no others."""
_FAILED = "failed"


def masker(gate: Gate) -> Callable[..., object]:
    """For ``Langfuse(mask=…)``: input, output and metadata of what the client itself records.

    Documents are masked as events; a text that is no JSON document gets labels.
    """

    def mask(*, data: object, **_: object) -> object:
        try:
            return _masked(gate, data)
        except Exception:  # Langfuse would log the error, and what it says is not ours
            return _label(_FAILED)

    return mask


def span_masker(gate: Gate) -> Callable[..., MaskOtelSpansResult]:
    """For ``Langfuse(mask_otel_spans=…)``: the attributes of each span, also those of other instrumentations.

    The attributes of a span are one event: a name says what its value is. A span that is held or quarantined keeps
    none of them.
    """

    def mask_otel_spans(*, params: MaskOtelSpansParams) -> MaskOtelSpansResult:
        spans = {identifier: _event(span.attributes) for identifier, span in params.spans.items()}
        try:
            results = gate.mask_many(spans.values())
        except Exception:  # as above
            results = [Result("quarantined", code=_FAILED)] * len(spans)
        found = zip(spans.items(), results, strict=True)
        return MaskOtelSpansResult({identifier: _patch(given, result) for (identifier, given), result in found})

    return mask_otel_spans


def _masked(gate: Gate, data: object) -> object:
    if isinstance(data, str) and data.lstrip()[:1] not in ("{", "["):
        return gate.mask_text(data)
    result = gate.mask(data if isinstance(data, str) else to_jsonable_python(data, serialize_unknown=True))
    if isinstance(data, str) and result.code == "not_json":
        return gate.mask_text(data)
    return result.value if result.outcome == "masked" else _label(_why(result))


def _event(attributes: Mapping[str, object]) -> dict[str, object]:
    return {name: list(value) if isinstance(value, (list, tuple)) else value for name, value in attributes.items()}


def _patch(given: Mapping[str, object], result: Result) -> OtelSpanPatch:
    if result.outcome != "masked":
        return OtelSpanPatch({WITHHELD: _why(result)}, tuple(given))
    masked = {name: value for name, value in result.value.items() if value is not None}
    changed = {name: value for name, value in masked.items() if name not in given or value != given[name]}
    return OtelSpanPatch(changed, tuple(name for name in given if name not in masked))


def _why(result: Result) -> str:
    return result.code or result.outcome


def _label(why: str) -> str:
    return f"<{WITHHELD}: {why}>"
