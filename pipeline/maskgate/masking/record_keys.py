"""What is done with the values in a record key: whatever the policy says of values, distinct keys stay distinct.

A label in a key would make the keys of all customers one: compaction would keep one record of them, and one tombstone
would delete them all. So a value in a key becomes a keyed digest, the same in every topic, where the operator could
make two values equal, unless a rule names the key itself (``path: "#key/**"``).
"""

from __future__ import annotations

from collections.abc import Callable

from maskgate.crypto.keyring import Keyring
from maskgate.masking.bound import Bound, bind
from maskgate.operators.hash import Hash
from maskgate.policy.compiled import View
from maskgate.policy.record_keys import DISTINCT, names_keys
from maskgate_detectors import Finding

_HASH = Hash.model_validate({})
_ENTITY = "RECORD_KEY"  # of all values: who is a customer in one topic may be a contact in another


class KeyChoice:
    """The decisions for the key of a record."""

    def __init__(self, view: View, keyring: Keyring) -> None:
        self._named = frozenset(flat.id for flat in view.rules if names_keys(flat))
        bound = bind("record-keys", _HASH, _ENTITY, keyring)
        digest = bound.mask
        self._digest = bound._replace(number=lambda text, subject: f'"{digest(text, subject)}"')

    def __call__(self, choose: Callable[[Finding], Bound]) -> Callable[[Finding], Bound]:
        """``choose``, with a digest in place of what could make two keys equal."""

        def choice(finding: Finding) -> Bound:
            bound = choose(finding)
            if bound.rule_id in self._named or bound.drop == "record" or bound.operator == "keep":
                return bound
            if bound.operator in DISTINCT and (finding.kind != "number" or bound.operator != "hash"):
                return bound
            return self._digest

        return choice
