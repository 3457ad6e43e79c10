"""The mask worker does not write to a compacted topic under a rule that makes record keys equal."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from maskgate.base.config import Settings
from maskgate.base.errors import ConfigurationError
from maskgate.kafka import admin
from maskgate.policy import compile_source
from maskgate.policy.source import parse
from maskgate.worker.worker import Worker


@pytest.mark.parametrize(
    ("action", "compacted", "refused"),
    [("replace", True, True), ("replace", False, False), ("hash", True, False)],
)
def test_a_compacted_topic_is_refused(
    monkeypatch: pytest.MonkeyPatch, action: str, compacted: bool, refused: bool
) -> None:
    monkeypatch.setattr(admin, "is_compacted", lambda kafka, topic: compacted and topic == "orders.masked")
    worker = object.__new__(Worker)
    worker._settings = Settings.model_validate({"pipeline": {"topics": ["orders"]}})
    text = f"rules: [{{id: labels, path: '#key', action: {action}}}]"
    policy = compile_source(parse(text.encode(), "policy.yaml"))
    worker._parts = SimpleNamespace(policy=policy)  # type: ignore[assignment]
    if not refused:
        worker._refuse_equal_keys()
        return
    with pytest.raises(ConfigurationError, match=r"orders\.masked is compacted"):
        worker._refuse_equal_keys()
