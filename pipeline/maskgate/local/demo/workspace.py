"""The folder of a demo: configuration, policy, people and keys, all made anew and all of them real files to look at."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from maskgate.base import config, filemodes
from maskgate.base.config import Kafka, Settings
from maskgate.crypto import sealing, signing
from maskgate.crypto.keyring import Keyring

EVENTS = "events"
CRM = "crm"
TOPICS = (EVENTS, CRM)
PARTNER = "partner_a"
PARTNER_TOPIC = "partner-a.released"
SERVICES = ("pipeline", "intake", "gate", "console", "admin")
REVIEWERS = {"ada": "Ada Byron", "grace": "Grace Hopper", "linus": "Linus Berg"}
ISSUER = "https://id.example.org"
SHORT_LIVED_S = 6

POLICY = f"""\
# The policy of the demo: `maskgate policy explain`, `policy test` and `policy check` work on it.
version: 1
id: demo
extends: [default]
rules:
  - id: show-the-country
    path: /shipTo/country
    action: keep
  - id: same-customer-same-token
    entity: EMAIL_ADDRESS
    action: {{operator: tokenize}}
  - id: readable-names
    entity: PERSON
    topic: {EVENTS}
    action: {{operator: pseudonym}}
  - id: last-four-of-a-card
    entity: CREDIT_CARD
    action: {{operator: partial, keep_last: 4}}
exports:
  rules:
    - id: quick-look
      when: {{header: {{demo.quick: "1"}}}}
      destination: {PARTNER}
      tier: quick
    - id: partner-export
      when: {{destination: {PARTNER}}}
      tier: two-eyes
  destinations:
    default: {{}}
    {PARTNER}:
      topic: {PARTNER_TOPIC}
      masking:
        - id: no-tokens-outside
          entity: EMAIL_ADDRESS
          action: replace
  principals:
    # Only Linus may write this topic (its ACL says so), so he is the requester of what is exported from it.
    {CRM}: {{iss: "{ISSUER}", sub: linus, kind: human}}
    {EVENTS}: {{iss: "{ISSUER}", sub: order-service, kind: service}}
approvals:
  tiers:
    quick:
      quorum:
        all_of: [{{group: privacy, n: 1}}, {{group: security, n: 1}}]
      expires: {SHORT_LIVED_S}s
    two-eyes:
      quorum:
        all_of: [{{group: privacy, n: 1}}, {{group: security, n: 1}}]
      expires: 24h
tests:
  - name: an address never leaves in clear
    event: {{user: {{email: ada@example.org}}}}
    absent: [ada@example.org]
"""

PEOPLE = """\
# Who reviews. Linus may review too, but never what he asked for himself.
version: 1
persons:
{persons}
groups:
  privacy: [ada, linus]
  security: [grace, linus]
"""


@dataclass(frozen=True)
class Workspace:
    """A demo's folder and the settings that its roles run with."""

    root: Path
    settings: Settings

    @property
    def config_file(self) -> Path:
        """What `maskgate -C` takes."""
        return self.root / "maskgate.yaml"

    def key_of(self, reviewer: str) -> Path:
        """A reviewer's private key."""
        return self.root / "reviewers" / f"{reviewer}.pem"


def create(root: Path, kafka: Kafka, port: int, workers: int = 1, slack_url: str = "") -> Workspace:
    """Write every file of the demo below ``root`` (created, must be empty of keys) and load the settings.

    ``slack_url`` is where its notices are posted as Slack's incoming webhook takes them; empty: nowhere.
    """
    state = root / "state"
    keys = state / "keys"
    for name in SERVICES:
        signing.create_key(keys / f"{name}.pem")
    sealing.create_seal_key(keys / "gate-seal.pem")
    Keyring.load_or_create(state)
    for name in REVIEWERS:
        signing.create_key(root / "reviewers" / f"{name}.pem")
    (root / "policy.yaml").write_text(POLICY, encoding="utf-8")
    (root / "people.yaml").write_text(PEOPLE.format(persons=_persons()), encoding="utf-8")
    file = root / "maskgate.yaml"
    # it may hold the broker's password
    filemodes.write_secret(file, _settings(root, state, kafka, port, workers, slack_url).encode())
    return Workspace(root, config.load(file)[0])


def _persons() -> str:
    return "\n".join(
        f"  - id: {name}\n    name: {full}\n    domain: example.org\n"
        f"    accounts: [{{iss: '{ISSUER}', sub: {name}}}]\n    keys: [{{file: reviewers/{name}.pub}}]"
        for name, full in REVIEWERS.items()
    )


def _settings(root: Path, state: Path, kafka: Kafka, port: int, workers: int, slack_url: str) -> str:
    wire = kafka.model_dump(mode="json", exclude_defaults=True)
    if "sasl_password" in wire:
        wire["sasl_password"] = kafka.sasl_password.get_secret_value()
    sections: dict[str, object] = {
        "kafka": wire,
        "pipeline": {"name": "demo", "topics": list(TOPICS), "state_dir": str(state), "instance": "demo"},
        "worker": {"workers": workers},
        "gate": {"tick": "500ms"},
        "lineage": {"dir": str(root / "lineage"), "max_wait": "1s"},
        "console": {"port": port, "origins": [f"http://localhost:{port}"], "public_read": True},
        "monitor": {"port": 0},
        "policy": str(root / "policy.yaml"),
        "people": str(root / "people.yaml"),
    }
    if slack_url:
        sections["channels"] = [{"name": "demo", "kind": "slack-webhook", "url": slack_url, "allow_private": True}]
    lines = ["# Settings of this demo: `maskgate -C THIS config show --origin`"]
    return "\n".join(lines + [f"{name}: {json.dumps(value)}" for name, value in sections.items()]) + "\n"
