"""Write the file of a new rule: ``python detectors/new_rule.py acme-api-key [FAMILY]`` (or ``make rule NAME=…``).

The file finds its own samples from the start, so that every edit has a green test to break.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

RULES = Path(__file__).parent / "maskgate_detectors" / "rules"
FAMILIES = ("credentials", "generic", "personal", "national", "formats")
_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

_PROVIDER = '''"""{label}."""

from __future__ import annotations

from maskgate_detectors.checks import secrets
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def {name}() -> Rule:
    """https://example.com/where-the-format-is-documented"""
    return Rule(
        id="{id}",
        entity=SECRET,
        label="{label}",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>{prefix}_[A-Za-z0-9]{{32}})(?:$|[^A-Za-z0-9_-])",
        triggers=("{prefix}_[A-Za-z0-9]{{32}}",),
        validate=secrets.real,
        valid_score=0.98,
        matches=("⟦{prefix}_{{an32}}⟧", "auth=⟦{prefix}_{{an32}}⟧;"),
        ignores=("{prefix}_short",),
    )
'''

_NUMBER = '''"""{label}."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def {name}() -> Rule:
    """https://example.com/where-the-format-is-documented"""
    return Rule(
        id="{id}",
        entity="{entity}",
        label="{label}",
        pattern=r"(?:^|[^\\w.+$/-]|[=:_])(?P<value>\\d{{9}})(?:$|[^\\w.-])",
        needs_context=True,  # nine digits alone prove nothing: name the check digit in ``validate`` where there is one
        context=words("{words}"),
        keys=words("{words}"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        matches=("{words}: ⟦{{d9}}⟧",),
        ignores=("order 123456789",),
    )
'''


def source(rule_id: str, family: str) -> str:
    """The text of the new file."""
    words = rule_id.replace("-", " ")
    return (_PROVIDER if family in ("credentials", "generic") else _NUMBER).format(
        id=rule_id,
        name=rule_id.replace("-", "_"),
        label=words.capitalize(),
        entity=rule_id.replace("-", "_").upper(),
        prefix=rule_id.split("-", maxsplit=1)[0],
        words=words,
    )


def write(rule_id: str, family: str = "credentials", root: Path = RULES) -> Path:
    """The new file; nothing is overwritten.

    Raises:
        SystemExit: the id is not in kebab-case or taken, or there is no such family.
    """
    if _ID.fullmatch(rule_id) is None:
        raise SystemExit(f"'{rule_id}' is no id: lower-case words joined by '-', such as acme-api-key")
    if family not in FAMILIES:
        raise SystemExit(f"no family '{family}'; there are: {', '.join(FAMILIES)}")
    path = root / family / f"{rule_id.replace('-', '_')}.py"
    if path.exists():
        raise SystemExit(f"{path} is there already")
    path.write_text(source(rule_id, family), encoding="utf-8")
    return path


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3:
        raise SystemExit("usage: new_rule.py ID [FAMILY]")
    where = write(*sys.argv[1:])
    print(f"{where}\nnext: put the real pattern, link and samples in, then: make test-rule NAME={sys.argv[1]}")
