"""From the settings to the sinks."""

from __future__ import annotations

from maskgate.base.audit_settings import AuditSink
from maskgate.base.config import Kafka
from maskgate.sync.entry import Sink
from maskgate.sync.form import Form, plain
from maskgate.sync.ocsf import ocsf
from maskgate.sync.sinks import http, kafka, otlp, syslog
from maskgate.sync.sinks.jsonl import JsonLines

FORMS: dict[str, Form] = {"maskgate": plain, "ocsf": ocsf}


def sink(settings: AuditSink, broker: Kafka) -> Sink:
    """The sink of its settings.

    Raises:
        ConfigurationError: a setting is wrong.
    """
    match settings.kind:
        case "jsonl":
            assert settings.path is not None  # the settings see to it
            return JsonLines(settings.path)
        case "http":
            return http.make(settings)
        case "syslog":
            return syslog.make(settings)
        case "kafka":
            return kafka.make(settings, broker)
        case "otlp":
            return otlp.make(settings)
