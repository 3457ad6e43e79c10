"""The reference page of all kinds, written from the rules themselves: ``python -m maskgate_detectors.model.catalogue``."""

# ruff: noqa: E501  (one sentence of the page is one line)

from __future__ import annotations

import sys
from collections.abc import Iterable

from maskgate_detectors.model import registry
from maskgate_detectors.model.rule import SECRET, Rule

_HEAD = """\
# What is found

This page is written by `python -m maskgate_detectors.model.catalogue > docs/detectors.md` from the rules.
A test fails when it is not current.

A rule looks at every string, number and key of a record, also inside JSON, percent, HTML, base64 and gzip wrappings.
How a value becomes a finding is named in the column *found by*:

- **form**: the pattern alone is specific enough.
- **check**: the pattern and its check digits or ranges.
- **context**: the pattern only where the key or a word in the 60 characters before it asks for it.
- **key**: the key of the field decides about the whole value, also where a check digit is wrong.

Names and places in prose are found by a model (`docs/model-card.md`), not by the rules on this page.

A rule of your own goes into the policy ([how](detection.md#rules-of-your-own)) or into a package with the entry point `maskgate.detectors`.
Why a rule found something or not, `maskgate scan --explain` says ([how](detection.md#ask-why)).
Rule ids are permanent: policies, lineage and audit logs name them.

## Values in parts

A value that is split over the members of an object or the elements of an array is found part by part, and its parts are one *subject*: the pointer under which the whole value would stand.

| record | subject | how it is known |
| --- | --- | --- |
| `{"card1": "4539", "card2": "1488", "card3": "0343", "card4": "6467"}` | `/card` | the parts together have a card's check digit |
| `{"ssn": ["536", "22", "8726"]}`, `{"iban": {"country": "GB", "check": "82", "bban": "…"}}` | `/ssn`, `/iban` | the key would decide about the whole value, and the parts together look like one |
| `{"client_secret_part_1": "…", "client_secret_part_2": "…"}` | `/client_secret` | the same, for every rule of this page whose key decides |
| `{"country_code": "+49", "number": "1711234567"}` | `/phone` | the numbers together are valid; under the key of a telephone the keys alone |
| `{"email_user": "…", "email_domain": "…"}` | `/email` | the second is the name of a host |
| `{"dob_day": 4, "dob_month": 2, "dob_year": 1980}` | `/dob` | the keys alone |
| `{"line1": "…", "line2": "…", "zip": "…", "city": "…"}` | `/address` | the keys alone: two kinds of an address, or an object that is called one |
| `{"user": {"first_name": "…", "last_name": "…"}}` | `/user/name` | the keys alone |

The id of the rule for a part ends in `-part` (`credit-card-part`), so that a policy can name it.
JSON numbers count with the zeros that they cannot begin with.
`maskgate scan` prints the subject of a part, and the operators see the whole value (`docs/operators.md`).

## Adding a rule

A rule is one file under `patterns/` (personal data) or `rules/` (credentials) with its pattern, check, key names, context words, source and samples.
`matches` are texts with the span marked `⟦…⟧`; `ignores` are texts in which the rule finds nothing; a sample `some_key: text` stands under that key.
`{d12}`, `{an24}`, `{x40}` in a sample are filled with random digits, letters and digits, or hex digits, so that no file holds a live-looking secret.
Tests walk the registry: no test needs to be written for a rule.

## How it is measured

`python -m benchmarks.detection` prints the share of characters leaked, precision, recall, F2 and records touched for each set.
The sets are nested events in 50 locales split by template family, prose, hard forms, hand-written records, bypass attempts, look-alikes without personal data, and credentials.
`--check` compares with the committed baseline and exits with 1 when a figure is worse by more than 0.002; `--show SET` prints what was missed and what was spoiled.
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
