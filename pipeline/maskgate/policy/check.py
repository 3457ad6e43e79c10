"""What is wrong with a policy: refused at load, or warned about by ``maskgate policy check``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from maskgate.errors import PolicyError

if TYPE_CHECKING:
    from maskgate.policy.compiled import CompiledPolicy


def refuse(policy: CompiledPolicy) -> None:
    """Refuse what cannot work at all.

    Raises:
        PolicyError: two rules with one id, an export to an alias that is not declared, detection that cannot be used.
    """
    from maskgate.policy.detection import checked

    seen: dict[str, str] = {}
    for flat in policy.rules:
        if flat.id in seen:
            raise PolicyError(f"{flat.where}: rule id '{flat.id}' is taken by {seen[flat.id]}")
        seen[flat.id] = flat.where
    exports = policy.exports
    for rule in exports.rules:
        if rule.destination is not None and rule.destination not in exports.destinations:
            known = ", ".join(exports.destinations) or "none"
            raise PolicyError(
                f"{policy.name}: export rule '{rule.id}': no destination '{rule.destination}'; there are: {known}"
            )
    checked(policy)
