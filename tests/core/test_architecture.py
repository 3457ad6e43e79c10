"""The page on the architecture shows the code as it is."""

from __future__ import annotations

from fakes import architecture


def test_the_picture_is_current() -> None:
    """Rooms, their docstrings and their imports are those of the code; `python -m fakes.architecture` writes them."""
    page = architecture.PAGE.read_text(encoding="utf-8")
    assert page == architecture.current(page)


def test_every_room_is_in_the_contract() -> None:
    """A package of the program that no floor names would be held by no contract."""
    rooms = {path.parent.name for path in (architecture.ROOT / "pipeline/maskgate").glob("*/__init__.py")}
    assert rooms == {room for layer in architecture.floors() for room in layer}


def test_imports_point_down() -> None:
    """Each room imports rooms below it only: the same as the contract, told by the page's own reading."""
    above: set[str] = set()
    for layer in architecture.floors():
        for room in layer:
            assert not set(architecture.imports(room)) & above, room
        above |= set(layer)
