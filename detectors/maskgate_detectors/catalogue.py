"""The reference page of all kinds, written from the rules themselves: ``python -m maskgate_detectors.catalogue``."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from maskgate_detectors import registry
from maskgate_detectors.rule import SECRET, Rule

_HEAD = """\
# What is found

This page is written by `python -m maskgate_detectors.catalogue > docs/detectors.md` from the rules.
A test fails when it is not current.

A rule looks at every string, number and key of a record, also inside JSON, percent, HTML, base64 and gzip wrappings.
How a value becomes a finding is named in the column *found by*:

- **form**: the pattern alone is specific enough.
- **check**: the pattern and its check digits or ranges.
- **context**: the pattern only where the key or a word in the 60 characters before it asks for it.
- **key**: the key of the field decides about the whole value, also where a check digit is wrong.

Names and places in prose are found by a model (`docs/model-card.md`), not by the rules on this page.

A rule of your own goes into the policy (`docs/policy.md`) or into a package with the entry point `maskgate.detectors`.
Rule ids are permanent: policies, lineage and audit logs name them.
"""


def found_by(rule: Rule) -> str:
    """The ways in which a match of the rule becomes a finding."""
    ways = []
    if rule.validate is not None and not (rule.needs_context or not rule.triggers):
        ways.append("check")
    elif rule.needs_context or not rule.triggers:
        ways.append("context, check" if rule.validate is not None else "context")
    else:
        ways.append("form")
    if rule.key_decides:
        ways.append("key")
    return ", ".join(ways)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _personal(rules: Iterable[Rule]) -> list[str]:
    lines = ["| entity | rule | what | countries | found by |", "| --- | --- | --- | --- | --- |"]
    for rule in sorted(rules, key=lambda item: (item.entity, item.id)):
        row = (
            f"`{rule.entity}`",
            f"[`{rule.id}`]({rule.source})",
            _cell(rule.label),
            " ".join(rule.countries),
            found_by(rule),
        )
        lines.append("| " + " | ".join(row) + " |")
    return lines


def _secrets(rules: Iterable[Rule]) -> list[str]:
    lines = ["| rule | what | found by |", "| --- | --- | --- |"]
    lines += [
        f"| [`{rule.id}`]({rule.source}) | {_cell(rule.label)} | {found_by(rule)} |"
        for rule in sorted(rules, key=lambda item: item.id)
    ]
    return lines


def page() -> str:
    """The whole page in Markdown."""
    rules = registry.load()
    personal = [rule for rule in rules if rule.entity != SECRET]
    secrets = [rule for rule in rules if rule.entity == SECRET]
    kinds = len({rule.entity for rule in personal})
    parts = [
        _HEAD,
        f"## Personal data\n\n{len(personal)} rules for {kinds} kinds.\n",
        "\n".join(_personal(personal)),
        f"\n## Credentials\n\nAll {len(secrets)} rules have the entity `{SECRET}`; the rule id says which "
        f"credential it is.\n",
        "\n".join(_secrets(secrets)),
    ]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
