"""What one line with prose costs, in imports of pydantic, so that the load of the machine does not count."""

from __future__ import annotations

from benchmarks.install import one_line

MOST = 22  # measured: 12; with spaCy imported and the list of words as objects, twice: 30


def test_one_line_with_prose_costs_no_spacy_and_no_list_of_objects() -> None:
    """Half of what it was when the packed model loaded spaCy and the words were read twice; tried again if over."""
    for _ in range(3):
        mask, unit = one_line.measured(2)
        if mask < MOST * unit:
            return
    assert mask < MOST * unit
