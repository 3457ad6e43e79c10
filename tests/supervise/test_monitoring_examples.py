"""The board, the alert rules and the page of docs name metrics that are there, and all of them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from maskgate.base.meters import METRICS

ROOT = Path(__file__).parents[2]
PLACE = ROOT / "examples" / "monitoring"
LABELS = {"role", "slot", "instance", "job", "le"}
_SERIES = re.compile(r"\bmaskgate_[a-z_]+")


def families(expression: str) -> set[str]:
    """The metrics of a PromQL expression; the parts of a histogram count as it."""
    found = set(_SERIES.findall(expression))
    return {re.sub(r"_(bucket|sum|count)$", "", name) if name not in METRICS else name for name in found}


def balanced(expression: str) -> bool:
    """Brackets and quotes close."""
    stack: list[str] = []
    for char in re.sub(r'"[^"]*"', "", expression):
        if char in "([{":
            stack.append(char)
        elif char in ")]}" and (not stack or "([{".index(stack.pop()) != ")]}".index(char)):
            return False
    return not stack and expression.count('"') % 2 == 0


def documented_labels() -> dict[str, set[str]]:
    """Metric → labels, as docs/operations.md says."""
    rows = re.findall(
        r"^\| `(maskgate_\w+)` \| \w+ \| [^|]+ \| ([^|]*) \|", (ROOT / "docs/operations.md").read_text(), re.M
    )
    return {name: {label.strip() for label in labels.split(",")} - {""} for name, labels in rows}


@pytest.fixture(scope="module")
def rules() -> list[dict[str, Any]]:
    """The alert rules."""
    tree = YAML(typ="safe").load((PLACE / "alerts.yml").read_text())
    return [rule for group in tree["groups"] for rule in group["rules"]]


@pytest.fixture(scope="module")
def panels() -> list[dict[str, Any]]:
    """The board's panels."""
    found: list[dict[str, Any]] = json.loads((PLACE / "grafana.json").read_text())["panels"]
    return found


def test_every_metric_has_a_line_in_the_docs() -> None:
    """Name, kind and meaning stand in docs/operations.md as in the code."""
    text = (ROOT / "docs/operations.md").read_text()
    for name, metric in METRICS.items():
        (line,) = [row for row in text.splitlines() if row.startswith(f"| `{name}` |")]
        assert f"| {metric.kind} |" in line
        assert line.endswith(f"| {metric.help} |")
    assert set(documented_labels()) == set(METRICS)


def test_alerts_are_whole(rules: list[dict[str, Any]]) -> None:
    """Each rule has an expression over metrics of ours, a severity, and words that name labels it keeps."""
    assert len({rule["alert"] for rule in rules}) == len(rules)
    for rule in rules:
        assert balanced(rule["expr"]), rule["alert"]
        assert families(rule["expr"]), rule["alert"]
        assert families(rule["expr"]) <= set(METRICS), rule["alert"]
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert re.fullmatch(r"\d+[smh]", rule.get("for", "1m"))
        text = " ".join(rule["annotations"].values())
        used = set(re.findall(r"\$labels\.(\w+)", text))
        kept = re.search(r"by \(([^)]*)\)", rule["expr"])
        have = {label.strip() for label in kept[1].split(",")} if kept else LABELS.union(
            *(documented_labels()[name] for name in families(rule["expr"]))
        )  # fmt: skip
        assert used <= have, rule["alert"]


def test_the_board_shows_every_metric(panels: list[dict[str, Any]]) -> None:
    """Each panel asks for metrics of ours with labels they have, and none is left out."""
    shown: set[str] = set()
    for panel in panels:
        for target in panel["targets"]:
            assert balanced(target["expr"]), panel["title"]
            names = families(target["expr"])
            assert names <= set(METRICS), panel["title"]
            shown |= names
            have = LABELS.union(*(documented_labels()[name] for name in names))
            for group in re.findall(r"by \(([^)]*)\)", target["expr"]):
                assert {label.strip() for label in group.split(",")} <= have, panel["title"]
    assert shown == set(METRICS)


def test_panels_do_not_lie_on_each_other(panels: list[dict[str, Any]]) -> None:
    """Places in the grid are distinct and inside it."""
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        taken |= cells
    assert len({panel["id"] for panel in panels}) == len(panels)
