"""Every claim of the threat model names a test, and the test exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("part", ["Claims", "What is not defended"])
def test_every_claim_of_the_threat_model_is_held_by_tests_that_exist(part: str) -> None:
    """The page names no test that was renamed or taken away, and no claim without one, also of what is not defended."""
    page = (ROOT / "docs" / "threat-model.md").read_text()
    claims = page.split(f"## {part}", 1)[1].split("\n## ", 1)[0]
    rows = [line for line in claims.splitlines() if line.startswith("| ")][2:]
    written = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    assert rows
    for row in rows:
        named = re.findall(r"`([a-z_]+)`", row.split("|")[-2])
        assert named, row
        missing = [name for name in named if f"def {name}(" not in written]
        assert not missing, missing
