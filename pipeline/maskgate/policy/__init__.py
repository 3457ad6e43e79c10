"""What to do with what was found: rules, profiles, exports; loaded from YAML, reloaded while running."""

from maskgate.policy.compiled import CompiledPolicy, Decision, View
from maskgate.policy.exports import ExportDecision
from maskgate.policy.holder import PolicyChange, PolicyHolder
from maskgate.policy.loading import compile_source, load_policy
from maskgate.policy.model import Policy

__all__ = [
    "CompiledPolicy",
    "Decision",
    "ExportDecision",
    "Policy",
    "PolicyChange",
    "PolicyHolder",
    "View",
    "compile_source",
    "load_policy",
]
