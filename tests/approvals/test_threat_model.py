"""Every claim of the threat model names a test, and the test exists."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_claim_of_the_threat_model_is_held_by_tests_that_exist() -> None:
    """The page names no test that was renamed or taken away, and no claim without one."""
    page = (ROOT / "docs" / "threat-model.md").read_text()
    claims = page.split("## Claims", 1)[1].split("\n## ", 1)[0]
    rows = [line for line in claims.splitlines() if line.startswith("| ")][2:]
    written = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    assert rows
    for row in rows:
        named = re.findall(r"`([a-z_]+)`", row.split("|")[2])
        assert named, row
        missing = [name for name in named if f"def {name}(" not in written]
        assert not missing, missing
