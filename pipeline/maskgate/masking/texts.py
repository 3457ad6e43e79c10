"""Free text of people and agents, masked before it reaches a log, a page or a notice."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import maskgate_detectors
from maskgate.base.config import Settings
from maskgate.base.errors import WorldError
from maskgate.base.log import describe, say
from maskgate.crypto.kept import Kept
from maskgate.crypto.keyring import Keyring
from maskgate.masking.masker import Masker
from maskgate.policy import PolicyHolder


@dataclass(frozen=True, slots=True)
class Loaded:
    """What masks a text, what finds in it, and how sensitive a finding is."""

    masker: Any
    engine: Any
    policy: Any

    def mask_text(self, text: str) -> str:
        """The text with labels in the place of personal data and secrets."""
        return str(self.masker.mask_text(text))


def load_masker(settings: Settings) -> Loaded:
    """Policy, keys and models of the settings."""
    keyring = Keyring.load(settings.pipeline.state_dir)
    holder = PolicyHolder(settings.policy, Kept.of(settings.pipeline.state_dir, "texts-policy", keyring))
    if holder.fallback:
        say("texts", "policy_refused", level="error", kept=holder.current.ref.version, reason=holder.fallback)
    engine = maskgate_detectors.Engine(holder.current.engine_config(settings))
    return Loaded(Masker(holder.current, keyring, engine), engine, holder.current)


class Texts:
    """Masks free text; the models load in a thread of their own while the process already answers."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._loaded: Loaded | None = None
        self._thread = threading.Thread(target=self._load, name="texts", daemon=True)
        self._thread.start()

    def _load(self) -> None:
        try:
            masker = load_masker(self._settings)
            masker.mask_text("ready")
            self._loaded = masker
        except Exception as error:
            say("texts", "not_loaded", **describe(error))

    def _ready(self) -> Loaded:
        self._thread.join(30.0)
        if self._loaded is None:
            raise WorldError("the detectors are not loaded, so no free text can be taken; try again in a moment")
        return self._loaded

    def mask(self, text: str) -> str:
        """The text with labels in the place of personal data and secrets."""
        return self._ready().mask_text(text) if text.strip() else text

    def forbidden(self, text: str) -> list[str]:
        """Critical kinds (credentials, cards, national ids) in the arguments of an action."""
        loaded = self._ready()
        found = loaded.engine.scan_text(text)
        return sorted({f.entity for f in found if loaded.policy.level(f.entity) == "critical"})
