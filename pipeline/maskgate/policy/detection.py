"""From the policy's ``detection:`` to the engine's configuration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from maskgate.base.config import Settings
from maskgate.policy.source import Source, line_of
from maskgate_detectors import AllowList, CustomRule, DenyList, EngineConfig, Threshold


def engine_config(chain: Sequence[Source], settings: Settings) -> EngineConfig:
    """Settings, and over them what the policy and its profiles say (the nearest wins; lists add up)."""

    def first(field: str, fallback: Any) -> Any:
        values = (getattr(s.policy.detection, field) for s in chain)
        return next((v for v in values if v is not None), fallback)

    worker, detection = settings.worker, settings.detection
    languages = next((s.policy.languages for s in chain if s.policy.languages), detection.languages)
    thresholds: list[Threshold] = []
    for source in reversed(chain):
        part = source.policy.detection
        thresholds += [Threshold(score, entity=name) for name, score in part.thresholds.items()]
        thresholds += [Threshold(score, path=path) for path, score in part.paths.items()]
    models = dict(detection.models)
    for source in reversed(chain):
        models.update(source.policy.detection.models)
    extra: dict[str, Any] = {}
    disabled = [n for s in chain for n in s.policy.detection.disabled]
    enabled = {n for s in chain for n in s.policy.detection.enabled}
    extra["disabled"] = (EngineConfig().disabled | set(disabled)) - enabled
    return EngineConfig(
        model=first("model", detection.model),
        languages=tuple(languages),
        language_models=models,
        min_score=first("min_score", detection.min_score),
        max_record_bytes=worker.max_record_bytes,
        max_depth=worker.max_depth,
        max_nodes=worker.max_nodes,
        time_budget_s=worker.time_budget,
        time_budget_per_kb_s=worker.time_budget_per_kb,
        time_budget_max_s=worker.time_budget_max,
        custom=tuple(r for s in chain for r in _custom(s)),
        allow=tuple(r for s in chain for r in _allow(s)),
        deny=tuple(r for s in chain for r in _deny(s)),
        thresholds=tuple(thresholds),
        spread=first("spread", True),
        origins=_origins(chain),
        **extra,
    )


def _origins(chain: Sequence[Source]) -> dict[str, str]:
    """Where each model is named."""
    found: dict[str, str] = {}
    for source in reversed(chain):
        part = source.policy.detection
        names = [("model",)] if part.model is not None else []
        for loc in [*names, *(("models", language) for language in part.models)]:
            line, _ = line_of(source.lines, ("detection", *loc))
            found[".".join(loc)] = f"{source.name}:{line}" if line else source.name
    return found


def where(source: Source, part: str, i: int) -> str:
    line, _ = line_of(source.lines, ("detection", part, str(i)))
    return f"{source.name}:{line}" if line else source.name


def _custom(source: Source) -> list[Any]:
    return [
        CustomRule(**item.model_dump(), origin=where(source, "custom", i))
        for i, item in enumerate(source.policy.detection.custom)
    ]


def _allow(source: Source) -> list[Any]:
    return [AllowList(**item.model_dump(exclude={"file"})) for item in source.policy.detection.allow]


def _deny(source: Source) -> list[Any]:
    return [DenyList(**item.model_dump(exclude={"file"})) for item in source.policy.detection.deny]
