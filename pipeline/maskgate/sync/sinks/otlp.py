"""OpenTelemetry logs over OTLP/HTTP with the JSON encoding.

https://opentelemetry.io/docs/specs/otlp/#otlphttp and, for the encoding, https://protobuf.dev/programming-guides/json/
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from maskgate.base.audit_settings import AuditSink
from maskgate.base.version import __version__
from maskgate.sync.entry import Item, NotTaken
from maskgate.sync.form import event_of
from maskgate.sync.severity import OTLP, severity
from maskgate.sync.sinks import http, tls

_INT64 = 1 << 63
_NS = 1_000_000


def any_value(value: Any) -> dict[str, Any]:
    """A JSON value as an ``AnyValue``; an integer that has no 64 bits becomes a double, as JSON readers have it."""
    match value:
        case None:
            return {}
        case bool():
            return {"boolValue": value}
        case int() if -_INT64 <= value < _INT64:
            return {"intValue": str(value)}
        case int() | float():
            return {"doubleValue": float(value)}
        case str():
            return {"stringValue": value}
        case Mapping():
            return {"kvlistValue": {"values": _pairs(value)}}
    return {"arrayValue": {"values": [any_value(one) for one in value]}}


def _pairs(tree: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"key": str(key), "value": any_value(value)} for key, value in tree.items()]


def record(item: Item, now_ns: int) -> dict[str, Any]:
    """The ``LogRecord`` of one entry."""
    event = event_of(item.entry) or {}
    number, text = OTLP[severity(event)]
    return {
        "timeUnixNano": str(max(0, min(item.entry.at_ms, (1 << 64) // _NS - 1)) * _NS),
        "observedTimeUnixNano": str(now_ns),
        "severityNumber": number,
        "severityText": text,
        "eventName": f"maskgate.{event.get('type', 'unreadable')}",
        "body": any_value(item.body),
        "attributes": _pairs({"log.record.uid": item.uid, "maskgate.log.offset": item.entry.offset}),
    }


def request(items: Sequence[Item]) -> bytes:
    """An ``ExportLogsServiceRequest``."""
    now_ns = time.time_ns()
    logs = {
        "scope": {"name": "maskgate.audit", "version": __version__},
        "logRecords": [record(item, now_ns) for item in items],
    }
    resource = {"attributes": _pairs({"service.name": "maskgate", "service.version": __version__})}
    return json.dumps({"resourceLogs": [{"resource": resource, "scopeLogs": [logs]}]}).encode()


def judge(answer: httpx.Response) -> None:
    """A success may still have rejected records, which is a refusal: none of them may be dropped."""
    http.by_status(answer)
    try:
        rejected = int((answer.json().get("partialSuccess") or {}).get("rejectedLogRecords") or 0)
    except (ValueError, TypeError, AttributeError):  # no JSON: taken, and nothing said of it
        return
    if rejected:
        raise NotTaken(f"the receiver rejected {rejected} of the records", refused=True)


def make(sink: AuditSink) -> http.Http:
    """The sink of its settings; ``url`` is the whole address, ``…/v1/logs``."""
    headers = {"Content-Type": "application/json"}
    if secret := sink.secret.get_secret_value():
        headers["Authorization"] = f"Bearer {secret}"
    return http.Http(http.address(sink), headers, request, tls.context(sink), judge)
