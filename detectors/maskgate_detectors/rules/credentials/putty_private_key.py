"""PuTTY private key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def putty_private_key() -> Rule:
    """https://the.earth.li/~sgtatham/putty/latest/htmldoc/AppendixC.html"""
    return Rule(
        id="putty-private-key",
        entity=SECRET,
        label="PuTTY private key",
        pattern="(?s)(?P<value>PuTTY-User-Key-File-[23]: .{20,})",
        triggers=("PuTTY-User-Key-File-[23]",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=("⟦PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\n{b44}⟧",),
        ignores=("PuTTY-User-Key-File",),
    )
