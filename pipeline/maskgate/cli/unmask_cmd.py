"""`maskgate unmask`: reverse tokens with an approved request."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import click

from maskgate.approvals.messages.permits import SpentLedger
from maskgate.base import config, filemodes
from maskgate.base.errors import ConfigurationError, RecordError, RefusedError, WorldError
from maskgate.base.records import FieldUse
from maskgate.cli.way import Way
from maskgate.client import Client
from maskgate.crypto.keyring import Keyring
from maskgate.crypto.signing import key_id, load_public
from maskgate.kafka import topics
from maskgate.kafka.kcat import Shape, produce_lines
from maskgate.lineage.event import LineageEvent, event_id, to_dict
from maskgate.lineage.wire.codec import encode
from maskgate.masking.unmask import permitted_tokens, unmask
from maskgate.masking.valuemac import value_mac


@click.command("unmask")
@click.argument("tokens", nargs=-1)
@click.option("--permit", "permit_file", required=True, type=click.Path(dir_okay=False), help="The gate's permit.")
@click.option("--gate-key", type=click.Path(dir_okay=False), help="The gate's public key (default: keys/gate.pub).")
@click.option("--keyring", "keyring_place", type=click.Path(), help="Keyring file or state folder.")
@click.option("--lineage-file", type=click.Path(dir_okay=False), help="Append the lineage event here, not to Kafka.")
@click.option("--redeem", is_flag=True, help="Spend the permit at the gate: it then works once on all hosts.")
@click.option("--key", "key_file", envvar="MASKGATE_KEY", help="With --redeem: your key, as for `permit redeem`.")
@click.option("--url", envvar="MASKGATE_URL", help="With --redeem: address of the console.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per token.")
@click.pass_obj
def command(
    config_file: str | None,
    tokens: tuple[str, ...],
    permit_file: str,
    gate_key: str | None,
    keyring_place: str | None,
    lineage_file: str | None,
    redeem: bool,
    key_file: str | None,
    url: str | None,
    as_json: bool,
) -> None:
    """Print what the TOKENS held; without TOKENS, those that the permit names.

    The permit comes from an approved request for the verb `unmask` with the argument `tokens`. It works once, before
    its deadline, for exactly these tokens in this order. Each use is a lineage event; where that cannot be written,
    nothing is printed.
    """
    settings, _ = config.load(config_file)
    state = settings.pipeline.state_dir
    try:
        permit = filemodes.read_secret(Path(permit_file))
    except OSError as error:
        raise ConfigurationError(f"{permit_file}: cannot be read: {error.strerror}") from None
    place = Path(gate_key) if gate_key else state / "keys" / "gate.pub"
    try:
        public = load_public(place)
    except ValueError:
        raise ConfigurationError(f"{place}: not a public key") from None
    try:
        wanted = list(tokens) or permitted_tokens(permit)
        opened = unmask(
            wanted,
            permit,
            gate_keys={key_id(public): public},
            keyring=Keyring.load(keyring_place or state),
            ledger=_Gate(config_file, key_file, url, permit, wanted)
            if redeem
            else SpentLedger(state / "spent-permits"),
            now_ms=time.time_ns() // 1_000_000,
            record=lambda allowed, found: _record(settings, lineage_file, allowed, found),
        )
    except RecordError as error:
        raise RefusedError(error.code, str(error)) from None
    for item in opened:
        click.echo(json.dumps(item._asdict(), ensure_ascii=False) if as_json else f"{item.token}\t{item.text}")


class _Gate:
    """Spends the permit at the gate."""

    def __init__(
        self, config_file: str | None, key_file: str | None, url: str | None, permit: bytes, tokens: list[str]
    ) -> None:
        self._way = Way(config_file, key_file, url, False)
        self._signer = self._way.must_sign()
        self._permit = permit.decode("utf-8", "replace").strip()
        self._tokens = tokens

    def spend(self, permit: Any) -> None:
        with Client(self._way.url, key=self._signer) as client:
            client.redeem(self._permit, {"tokens": self._tokens}, permit.verb)


def _record(settings: Any, lineage_file: str | None, permit: Any, opened: Any) -> None:
    """Write the lineage event, and wait until it is written."""
    mac = value_mac(Keyring.load(settings.pipeline.state_dir))
    event = LineageEvent(
        event_id("unmasked", permit.permit_id),
        "unmasked",
        time.time_ns() // 1_000_000,
        records=len(opened),
        actor=permit.requester,
        actor_assurance="signed",
        action="unmask",
        request_id=permit.request_id,
        item_id=permit.permit_id,
        fields=[FieldUse("", o.entity, "unmask", "token", 1.0, 1, mac(o.entity, o.text)) for o in opened],
    )
    if lineage_file is None:
        produce_lines(settings.kafka, topics.LINEAGE, [encode(event)], Shape())
        return
    try:
        with Path(lineage_file).open("a", encoding="utf-8") as file:
            file.write(json.dumps(to_dict(event), default=str) + "\n")
    except OSError as error:
        raise WorldError(f"{lineage_file}: the lineage event cannot be written: {error.strerror}") from None
