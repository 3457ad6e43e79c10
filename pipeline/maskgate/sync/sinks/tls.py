"""TLS towards a receiver: verified, 1.2 or newer, with a certificate of ours where there is one."""

from __future__ import annotations

import ssl
from pathlib import Path

from maskgate.base import filemodes
from maskgate.base.audit_settings import AuditSink
from maskgate.base.errors import ConfigurationError


def context(sink: AuditSink) -> ssl.SSLContext:
    """The context for the receiver of these settings.

    Raises:
        ConfigurationError: a file of certificates cannot be used, or others may read the private key.
    """
    if sink.certificate_key:
        filemodes.check_secret(Path(sink.certificate_key))
    try:
        made = ssl.create_default_context(cafile=sink.ca or None)
        made.minimum_version = ssl.TLSVersion.TLSv1_2
        if sink.certificate:
            made.load_cert_chain(sink.certificate, sink.certificate_key)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(
            f"audit.sinks.{sink.name}: ca, certificate or certificate_key cannot be used ({type(error).__name__}); "
            "each is a PEM file that this user can read"
        ) from None
    return made
