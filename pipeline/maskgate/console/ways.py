"""The lineage explorer: which kinds of data went from which topic to which destination, as a graph one can click.

It is drawn on the server from the roll-up's counts. A number is a band where it is small: how many values of a kind
there are can name somebody.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urlencode

from maskgate.console.reader import line
from maskgate.console.trends import coarse, spell
from maskgate.lineage.ask.rollup import Found

PARTS = ("topic", "entity", "dest")
_HEADS = ("From topic", "Kind", "To")
_SHOWN = 9  # nodes of a column; the table has all
_ROW, _TOP, _WIDTH, _NODE, _HIGH = 46, 34, 960, 230, 30
_PLACES = (0.7, 0.3, 0.5, 0.84, 0.16)  # along a way, where its number may stand
_APART = (52, 15)
_NOWHERE = "not sent on"


@dataclass(frozen=True, slots=True)
class Node:
    """A topic, a kind or a destination."""

    name: str
    x: int
    y: int
    n: str
    href: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Edge:
    """What went from one node to another."""

    path: str
    width: float
    n: str
    title: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Graph:
    """What is drawn; ``left_off`` says how many names of each column the table alone has."""

    nodes: Sequence[Node]
    edges: Sequence[Edge]
    heads: Sequence[tuple[str, int]]
    height: int
    left_off: int
    width: int = _WIDTH
    node: int = _NODE
    high: int = _HIGH


def chosen_of(rows: Sequence[Found], chosen: Mapping[str, str]) -> list[Found]:
    """The rows that the clicked nodes leave."""
    return [row for row in rows if all(not chosen[part] or _name(row, part) == chosen[part] for part in PARTS)]


def draw(rows: Sequence[Found], chosen: Mapping[str, str], over: str) -> Graph:
    """The graph of the rows; clicking a node chooses it, clicking it again lets go."""
    columns: list[dict[str, int]] = [defaultdict(int) for _ in PARTS]
    between: list[dict[tuple[str, str], int]] = [defaultdict(int) for _ in PARTS[1:]]
    for row in rows:
        names = [_name(row, part) for part in PARTS]
        for column, name in zip(columns, names, strict=True):
            column[name] += row.n
        for pairs, pair in zip(between, pairwise(names), strict=True):
            pairs[pair] += row.n
    kept = [sorted(column, key=lambda name: (-column[name], name))[:_SHOWN] for column in columns]
    tallest = max((len(names) for names in kept), default=1)
    nodes: list[dict[str, Node]] = []
    for i, (part, names) in enumerate(zip(PARTS, kept, strict=True)):
        x, gap = i * (_WIDTH - _NODE) // 2, _ROW * (tallest - len(names)) // 2
        nodes.append({})
        for j, name in enumerate(names):
            picked = chosen[part] == name
            query = {"over": over} | dict(chosen) | {part: "" if picked else name}
            href = "/lineage?" + urlencode({k: v for k, v in query.items() if v})
            nodes[i][name] = Node(name, x, _TOP + gap + j * _ROW, spell(columns[i][name], "band"), href, picked)
    most = max((n for pairs in between for n in pairs.values()), default=1)
    ways = [
        (n, nodes[i][a], nodes[i + 1][b])
        for i, pairs in enumerate(between)
        for (a, b), n in pairs.items()
        if a in nodes[i] and b in nodes[i + 1]
    ]
    ways.sort(key=lambda way: (-way[0], way[1].name, way[2].name))
    taken: list[tuple[float, float]] = []
    edges = [_edge(start, end, n, most, taken) for n, start, end in ways]
    heads = [(head, i * (_WIDTH - _NODE) // 2) for i, head in enumerate(_HEADS)]
    left_off = sum(len(column) - len(names) for column, names in zip(columns, kept, strict=True))
    drawn = [node for column in nodes for node in column.values()]
    return Graph(drawn, edges, heads, _TOP + _ROW * tallest, left_off)


def _name(row: Found, part: str) -> str:
    return line(getattr(row, part), 120) or (_NOWHERE if part == "dest" else "not known")


def _edge(start: Node, end: Node, n: int, most: int, taken: list[tuple[float, float]]) -> Edge:
    """A curve between two nodes, wider by the logarithm of the count, with the number where there is room for it."""
    x1, y1 = start.x + _NODE, start.y + _HIGH / 2
    x2, y2 = end.x, end.y + _HIGH / 2
    middle = (x1 + x2) / 2
    told = spell(n, "band")
    spots = [(_bezier(x1, middle, middle, x2, at), _bezier(y1, y1, y2, y2, at) + 4) for at in _PLACES]
    free = [s for s in spots if all(abs(s[0] - x) > _APART[0] or abs(s[1] - y) > _APART[1] for x, y in taken)]
    taken += free[:1]
    width = 1.5 + 10.5 * math.log1p(coarse(n)) / math.log1p(max(1, coarse(most)))
    path = f"M{x1:g} {y1:g} C{middle:g} {y1:g} {middle:g} {y2:g} {x2:g} {y2:g}"
    x, y = free[0] if free else (0.0, 0.0)
    shown = told if free else ""
    return Edge(path, round(width, 1), shown, f"{start.name} to {end.name}: {told}", round(x, 1), round(y, 1))


def _bezier(a: float, b: float, c: float, d: float, t: float) -> float:
    u = 1 - t
    return u**3 * a + 3 * u * u * t * b + 3 * u * t * t * c + t**3 * d
