"""A policy from its file, folder or profile, with everything that it extends, all of it checked."""

from __future__ import annotations

import difflib
from pathlib import Path

from maskgate.base.errors import PolicyError
from maskgate.policy import source as sources
from maskgate.policy.check import refuse
from maskgate.policy.compiled import CompiledPolicy
from maskgate.policy.source import Source


def load_policy(path: Path | str | None = None) -> CompiledPolicy:
    """The policy of a file or folder, or the name of a profile, or (None) the built-in default.

    Raises:
        PolicyError: with ``file:line`` first.
    """
    if path is None:
        return compile_source(sources.profile(sources.DEFAULT))
    if str(path) in (*sources.PROFILES, sources.DEFAULT) and not Path(path).exists():
        return compile_source(sources.profile(str(path)))
    if not Path(path).exists() and len(Path(path).parts) == 1 and not Path(path).suffix:  # a name, not a path
        names = (*sources.PROFILES, sources.DEFAULT)
        near = difflib.get_close_matches(str(path), names, n=1)
        hint = f"did you mean '{near[0]}'? " if near else ""
        raise PolicyError(f"{path}: no such file, folder or profile; {hint}profiles: {', '.join(sources.PROFILES)}")
    return compile_source(sources.read(Path(path)), Path(path))


def compile_source(source: Source, path: Path | None = None) -> CompiledPolicy:
    """The policy with everything it extends, all of it checked."""
    chain: list[Source] = []
    _extend(source, path, chain, ())
    compiled = CompiledPolicy(chain)
    refuse(compiled)
    return compiled


def _extend(source: Source, path: Path | None, chain: list[Source], above: tuple[str, ...]) -> None:
    if source.name in above:
        raise PolicyError(f"{source.name}: extends itself through {' → '.join(above)}")
    if any(s.name == source.name for s in chain):
        return
    chain.append(source)
    for i, name in enumerate(source.policy.extends):
        if name in (*sources.PROFILES, sources.DEFAULT):
            _extend(sources.profile(name), None, chain, (*above, source.name))
            continue
        line, _ = sources.line_of(source.lines, ("extends", str(i)))
        where = f"{source.name}{f':{line}' if line else ''}"
        base = path if path is None or path.is_dir() else path.parent
        file = None if base is None else base / name
        if file is None or not file.exists():
            raise PolicyError(f"{where}: extends: no profile or file '{name}'; profiles: {', '.join(sources.PROFILES)}")
        _extend(sources.read(file), file, chain, (*above, source.name))
