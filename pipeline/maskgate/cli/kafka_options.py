"""Options that every command with a broker has: ``-b HOST:PORT`` and ``-X name=value``, on top of the settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click

from maskgate.base import config
from maskgate.base.errors import ConfigurationError


def broker_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``-b`` and ``-X``."""
    command = click.option(
        "-X", "options", multiple=True, metavar="NAME=VALUE", help="A librdkafka setting; may be repeated."
    )(command)
    return click.option("-b", "--broker", "broker", metavar="HOST:PORT", help="Brokers, instead of the configured.")(
        command
    )


def settings(
    config_file: str | None, broker: str | None, options: tuple[str, ...], flags: Mapping[str, Any] | None = None
) -> config.Settings:
    """The settings with the flags of :func:`broker_options` applied.

    Raises:
        ConfigurationError: a wrong setting, or a ``-X`` without ``=``.
    """
    wrong = [text for text in options if "=" not in text]
    if wrong:
        raise ConfigurationError(f"-X {wrong[0]}: write it as NAME=VALUE")
    found, _ = config.load(config_file, {"kafka.bootstrap_servers": broker} | dict(flags or {}))
    if not options:
        return found
    merged = found.kafka.options | dict(text.split("=", 1) for text in options)
    return found.model_copy(update={"kafka": found.kafka.model_copy(update={"options": merged})})
