"""Policy files: YAML with the line of every key, so that an error can name it; profiles; folders."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML

from maskgate.base.errors import PolicyError
from maskgate.base.yaml_size import MAX_NODES, NOT_READ, is_bomb, problem_of
from maskgate.operators.catalogue import OPERATORS
from maskgate.policy.model import Policy

Lines = dict[tuple[str, ...], int]
Json = Any  # what YAML and JSON can say
Tree = dict[str, Json]
PROFILES = ("gdpr", "pci", "hipaa-safe-harbor", "secrets-only", "dev-copy")
DEFAULT = "default"


class Source(NamedTuple):
    """A policy file: its name in errors, its bytes, and its checked content."""

    name: str
    text: bytes
    policy: Policy
    lines: Lines
    files: tuple[tuple[str, str], ...] = ()  # lists that it names: path and digest


def read(path: Path) -> Source:
    """The policy of a file, or of a folder's ``*.yaml`` files together.

    Raises:
        PolicyError: it cannot be read, is not YAML, or says what no policy can say; ``file:line`` comes first.
    """
    if path.is_dir():
        return _read_folder(path)
    try:
        text = path.read_bytes()
    except OSError as error:
        cure = "the setting `policy` (-p) names a policy file, a folder of them, or a profile"
        raise PolicyError(f"{path}: cannot be read: {error.strerror}; {cure}") from None
    return parse(text, str(path), path.parent)


def profile(name: str) -> Source:
    """A policy that ships with maskgate."""
    place = files("maskgate.policy").joinpath(f"profiles/{name}.yaml")
    return parse(place.read_bytes(), f"profile {name}")


def parse(text: bytes, name: str, base: Path | None = None) -> Source:
    """The policy of these bytes; ``name`` stands in errors, ``base`` is the folder of the lists that it names."""
    tree, lines = _yaml(text, name)
    return _with_lists(Source(name, text, _checked(tree, lines, name), lines), base)


def tree_of(text: bytes, name: str) -> Tree:
    """What these bytes say, as plain values that nobody checked."""
    return _yaml(text, name)[0]


def _with_lists(source: Source, base: Path | None) -> Source:
    """The policy with the values of the files that its allow and deny lists name."""
    files: list[tuple[str, str]] = []
    detection = source.policy.detection

    def filled(kind: str, items: Sequence[Any]) -> tuple[Any, ...]:
        out = []
        for i, item in enumerate(items):
            values: list[str] = []
            if item.file is not None:
                line, _ = line_of(source.lines, ("detection", kind, str(i), "file"))
                where = f"{source.name}{f':{line}' if line else ''}: detection.{kind}.{i}.file"
                values, digest = _list(item.file, base, where)
                files.append((str(base / item.file if base else item.file), digest))
            out.append(item.model_copy(update={"values": (*item.values, *values)}))
        return tuple(out)

    update = {"allow": filled("allow", detection.allow), "deny": filled("deny", detection.deny)}
    if not files:
        return source
    policy = source.policy.model_copy(update={"detection": detection.model_copy(update=update)})
    return source._replace(policy=policy, files=tuple(files))


def _list(name: str, base: Path | None, where: str) -> tuple[list[str], str]:
    """The values of a list file, and its digest; lines that begin with ``# `` are remarks."""
    if base is None:
        raise PolicyError(f"{where}: this policy stands alone: write the values under 'values'")
    if not (base / name).resolve().is_relative_to(base.resolve()):
        raise PolicyError(
            f"{where}: {base / name}: lies outside of the policy's folder (links and '..' count); "
            "put the list below it, so that a policy can name no other file of this host"
        )
    try:
        data = (base / name).read_bytes()
        lines = data.decode("utf-8-sig").split("\n")
    except OSError as error:
        raise PolicyError(f"{where}: {base / name}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise PolicyError(f"{where}: {base / name}:{line}: not UTF-8") from None
    values = [text for line in lines if (text := line.strip()) and not line.startswith("# ")]
    if not values:
        raise PolicyError(f"{where}: {base / name}: holds no value; one value a line is expected")
    return values, hashlib.sha256(data).hexdigest()


def _read_folder(path: Path) -> Source:
    """One policy of several files: lists follow one another in the order of the names, mappings are joined."""
    names = sorted(p for p in path.iterdir() if p.suffix in (".yaml", ".yml") and not p.name.startswith("."))
    if not names:
        raise PolicyError(f"{path}: no .yaml file in this folder")
    whole: Tree = {}
    texts: list[bytes] = []
    for file in names:
        source = read(file)
        texts.append(b"# " + file.name.encode() + b"\n" + source.text)
        tree, _ = _yaml(source.text, str(file))
        _join(whole, tree, file)
    return _with_lists(Source(str(path), b"\n".join(texts), _checked(whole, {}, str(path)), {}), path)


def _join(whole: Tree, tree: Tree, file: Path) -> None:
    for key, value in tree.items():
        held = whole.get(key)
        if held is None or held == value:
            whole[key] = value
        elif isinstance(held, list) and isinstance(value, list):
            whole[key] = held + value
        elif isinstance(held, dict) and isinstance(value, dict):
            _join(held, value, file)
        else:
            raise PolicyError(f"{file}: '{key}' is set in another file of the folder already")


def _yaml(text: bytes, name: str) -> tuple[Tree, Lines]:
    loader = YAML(typ="safe", pure=True)
    lines: Lines = {}
    try:
        if is_bomb(text.decode("utf-8")):
            raise PolicyError(f"{name}: its aliases stand for more than {MAX_NODES} values; write it out")
        root = loader.compose(text.decode("utf-8"))
        tree = _plain(root, (), lines, loader.constructor, name) if root is not None else {}
    except UnicodeDecodeError as error:
        raise PolicyError(f"{name}: not UTF-8 at byte {error.start}") from None
    except NOT_READ as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name}:{mark.line + 1}" if mark else name
        raise PolicyError(f"{where}: not YAML: {problem_of(error)}") from None
    if not isinstance(tree, dict):
        raise PolicyError(f"{name}:1: expected keys such as 'rules:', found a {type(tree).__name__}")
    return tree, lines


def _plain(node: Any, at: tuple[str, ...], lines: Lines, constructor: Any, name: str) -> Json:
    """Plain values of a YAML node; ``lines`` gets the line of every key and element."""
    if node.id == "mapping":
        out: Tree = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            line = key_node.start_mark.line + 1
            if key in out:
                raise PolicyError(f"{name}:{line}: '{key}' stands here twice")
            lines[(*at, key)] = line
            out[key] = _plain(value_node, (*at, key), lines, constructor, name)
        return out
    if node.id == "sequence":
        items = []
        for i, item in enumerate(node.value):
            lines[(*at, str(i))] = item.start_mark.line + 1
            items.append(_plain(item, (*at, str(i)), lines, constructor, name))
        return items
    value = constructor.construct_object(node, deep=True)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _checked(tree: Tree, lines: Lines, name: str) -> Policy:
    try:
        return Policy.model_validate(tree)
    except ValidationError as error:
        raise PolicyError("\n".join(_messages(error, lines, name))) from None


def _messages(error: ValidationError, lines: Lines, name: str) -> Iterator[str]:
    seen: set[str] = set()
    for item in error.errors(include_url=False, include_input=False):
        loc = _written(tuple(str(part) for part in item["loc"]), lines)
        line, depth = line_of(lines, loc)
        where = f"{name}:{line}" if line else name
        text = item["msg"].removeprefix("Value error, ")
        if item["type"] == "extra_forbidden":
            text = f"unknown key '{loc[-1]}'{_nearest(loc)}"
        elif item["type"] == "union_tag_invalid":
            tag = str((item.get("ctx") or {}).get("tag", ""))
            near = difflib.get_close_matches(tag, OPERATORS, n=1)
            text = f"unknown operator '{tag}'; " + (f"did you mean '{near[0]}'?" if near else "")
            text += f" operators: {', '.join(OPERATORS)}"
        message = f"{where}: {'.'.join(loc[: depth + 1] if depth else loc)}: {text}"
        if message not in seen:
            seen.add(message)
            yield message


def _written(loc: tuple[str, ...], lines: Lines) -> tuple[str, ...]:
    """The location without the operators' names that the checker puts into it."""
    out: tuple[str, ...] = ()
    for part in loc:
        if part not in OPERATORS or (*out, part) in lines:
            out = (*out, part)
    return out


def line_of(lines: Lines, loc: tuple[str, ...]) -> tuple[int | None, int]:
    """The line of the nearest known part of a location, and how many parts of it are known."""
    for n in range(len(loc), 0, -1):
        if loc[:n] in lines:
            return lines[loc[:n]], n
    return None, 0


def _fields_at(loc: tuple[str, ...]) -> list[str]:
    """Names of the keys that are allowed beside the last part of a location."""
    model: Any = Policy
    for part in loc[:-1]:
        info = getattr(model, "model_fields", {}).get(part)
        if info is not None:
            model = _model_in(info.annotation) or model
    if loc[-2:-1] and loc[-2] in ("action", "default"):
        names = {info.alias or n for cls in OPERATORS.values() for n, info in cls.model_fields.items()}
        return sorted(names)
    return [info.alias or name for name, info in getattr(model, "model_fields", {}).items()]


def _model_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        found = _model_in(inner)
        if found is not None:
            return found
    return None


def _nearest(loc: tuple[str, ...]) -> str:
    known = _fields_at(loc)
    near = difflib.get_close_matches(loc[-1], known, n=1)
    return f"; did you mean '{near[0]}'?" if near else f"; allowed: {', '.join(known)}"
