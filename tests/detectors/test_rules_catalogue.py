"""The reference page of kinds says what the rules are."""

from __future__ import annotations

from pathlib import Path

from maskgate_detectors.model import catalogue


def test_reference_page_is_current() -> None:
    """``docs/detectors.md`` is what ``python -m maskgate_detectors.model.catalogue`` prints."""
    page = Path(__file__).parents[2] / "docs" / "detectors.md"
    assert page.read_text(encoding="utf-8") == catalogue.page()
