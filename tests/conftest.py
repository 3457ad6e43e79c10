"""What every test shares: a quiet environment."""

from __future__ import annotations

import os

import pytest

pytest_plugins = ["kafka_fixtures"]


@pytest.fixture(autouse=True)
def _no_outside_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees settings of the machine it runs on."""
    for name in list(os.environ):
        if name.startswith("MASKGATE_") and not name.startswith("MASKGATE_TEST_"):
            monkeypatch.delenv(name)
