"""Puts one item into a list of a policy file as text: what people wrote there, remarks and all, stays as it is."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML

from maskgate.base.errors import PolicyError
from maskgate.policy.source import Tree, tree_of

Node = Any  # of ruamel.yaml, which has no types for it


def with_item(text: str, at: tuple[str, ...], item: Mapping[str, object], name: str) -> str:
    """``text`` with ``item`` in the list at the keys ``at``, which is made where it is not there.

    Raises:
        PolicyError: the list cannot be extended in the way it is written; the error says what to add by hand.
    """
    held = tree_of(text.encode(), name)
    changed = _inserted(text, at, flow(item))
    if changed is None or not _says(changed, held, at, item, name):
        raise PolicyError(f"{name}: {'.'.join(at)} cannot be extended as it is written; add to it: {flow(item)}")
    return changed


def _says(changed: str, tree: Tree, at: tuple[str, ...], item: Mapping[str, object], name: str) -> bool:
    """The changed text holds the item and all that was there, and nothing else."""
    try:
        is_ = tree_of(changed.encode(), name)
    except PolicyError:
        return False
    _put(tree, at, dict(item))
    return is_ == tree


def flow(value: Mapping[str, object]) -> str:
    """A value as YAML in one line."""
    out = io.StringIO()
    writer: Node = YAML(typ="safe", pure=True)
    writer.default_flow_style, writer.width, writer.allow_unicode = True, 1 << 30, True
    writer.sort_base_mapping_type_on_output = False
    writer.dump(dict(value), out)
    return out.getvalue().strip()


def _put(tree: Tree, at: tuple[str, ...], item: Tree) -> None:
    for key in at[:-1]:
        tree = tree.setdefault(key, {})
    held = tree.get(at[-1], [])
    bare = [{"values": held}] if held and all(isinstance(value, str) for value in held) else held
    tree[at[-1]] = [item, *bare]


def _inserted(text: str, at: tuple[str, ...], item: str) -> str | None:
    """The changed text; None where nothing is known of the way it is written."""
    node: Node = YAML(typ="safe", pure=True).compose(text)
    if node is None:
        return _ended(text) + _made(at, item, 0)
    top = True
    for depth, key in enumerate(at):
        if node.id != "mapping":
            return None
        inner = next((value for name, value in node.value if name.value == key), None)
        if inner is None:
            return _keyed(text, node, at[depth:], item, top)
        node, top = inner, False
    return _listed(text, node, item) if node.id == "sequence" else None


def _keyed(text: str, node: Node, at: tuple[str, ...], item: str, top: bool) -> str:
    """With a key, and what it holds, in a mapping that has it not."""
    if node.flow_style:
        start = node.start_mark.index + 1
        inner = f"[{item}]"
        for key in reversed(at[1:]):
            inner = f"{{{key}: {inner}}}"
        return f"{text[:start]}{at[0]}: {inner}{', ' if node.value else ''}{text[start:]}"
    if top:
        return _ended(text) + _made(at, item, 0)
    first = node.value[0][0].start_mark
    index: int = first.index
    column: int = first.column
    return text[:index] + _made(at, item, column).lstrip(" ") + " " * column + text[index:]


def _listed(text: str, node: Node, item: str) -> str:
    """With the item first in a list; a list of bare values becomes one entry that holds them."""
    start: int = node.start_mark.index
    column: int = node.start_mark.column
    bare = bool(node.value) and all(entry.id == "scalar" for entry in node.value)
    if bare:
        end = node.end_mark.index if node.flow_style else node.value[-1].end_mark.index
        values = ", ".join(text[entry.start_mark.index : entry.end_mark.index] for entry in node.value)
        held = f"{{values: [{values}]}}"
        new = f"[{item}, {held}]" if node.flow_style else f"- {item}\n{' ' * column}- {held}"
        return text[:start] + new + text[end:]
    if node.flow_style:
        return f"{text[: start + 1]}{item}{', ' if node.value else ''}{text[start + 1 :]}"
    return f"{text[:start]}- {item}\n{' ' * column}{text[start:]}"


def _made(at: tuple[str, ...], item: str, column: int) -> str:
    """The keys in blocks, each in the one before, and the item in the list of the last."""
    lines = [f"{' ' * (column + 2 * depth)}{key}:\n" for depth, key in enumerate(at)]
    return "".join(lines) + f"{' ' * (column + 2 * len(at))}- {item}\n"


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"
