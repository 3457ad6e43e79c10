"""The picture of docs/architecture.md, from the imports; ``python -m fakes.architecture`` in ``tests/`` writes it."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "architecture.md"
_BLOCK = re.compile(r"(<!-- rooms: made by tests/fakes/architecture.py -->\n).*?(<!-- end -->)", re.S)


def floors() -> list[list[str]]:
    """The rooms of the program from the top down, as the import contract states them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return [[room.strip() for room in layer.split("|")] for layer in layers]


def says(room: str) -> str:
    """What a room's own docstring says, in its first line."""
    tree = ast.parse((ROOT / "pipeline/maskgate" / room / "__init__.py").read_text(encoding="utf-8"))
    return (ast.get_docstring(tree) or "").split("\n")[0]


def imports(room: str) -> list[str]:
    """The other rooms that a room imports, at any place and for types as well."""
    found = set()
    for path in (ROOT / "pipeline/maskgate" / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module == "maskgate":
                names += [f"maskgate.{alias.name}" for alias in node.names]
            found |= {name.split(".")[1] for name in names if name.startswith("maskgate.")}
    return sorted((found & {one for layer in floors() for one in layer}) - {room})


def picture() -> str:
    """The rooms from the top down, with what each is and what it imports."""
    rooms = [room for layer in floors() for room in layer]
    lines = [f"| `{room}` | {says(room)} | {', '.join(imports(room)) or '–'} |" for room in rooms]
    return "\n".join(["| room | what it is | imports |", "| --- | --- | --- |", *lines]) + "\n"


def current(page: str) -> str:
    """The page with its picture as the code has it now."""
    return _BLOCK.sub(lambda match: match[1] + picture() + match[2], page)


if __name__ == "__main__":
    PAGE.write_text(current(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
