"""The steps of CONTRIBUTING.md for a new detector."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from maskgate_detectors import Engine, EngineConfig
from maskgate_detectors.model import registry, rule, samples

ROOT = Path(__file__).parents[2]


def module(path: Path) -> ModuleType:
    """A Python file that is in no package."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.fixture
def tool() -> ModuleType:
    """The script that writes a rule."""
    return module(ROOT / "detectors" / "new_rule.py")


@pytest.mark.parametrize(("rule_id", "family"), [("acme-api-key", "credentials"), ("xx-person-number", "national")])
def test_a_new_rule_finds_its_own_samples(
    rule_id: str, family: str, tool: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The written file declares a rule that can be loaded, finds its samples and leaves the others."""
    (tmp_path / family).mkdir()
    registry.load()
    monkeypatch.setattr(rule, "DETECTORS", [])
    module(tool.write(rule_id, family, tmp_path))
    (made,) = rule.DETECTORS
    engine = Engine(EngineConfig(model="none", rules=(made,), prefilter="re2"))
    for template in made.matches:
        sample = samples.read(template, 0)
        found = engine.batch([b'{"%s": "%s"}' % ((sample.key or "text").encode(), sample.text.encode())])[0].findings
        assert tuple((f.start, f.end) for f in found) == sample.spans
    assert all(engine.batch([b'{"text": "%s"}' % text.encode()])[0].findings == () for text in made.ignores)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("Acme", "credentials"), "no id"),
        (("acme-key", "secrets"), "no family"),
        (("groq-api-key", "credentials"), "already"),
    ],
)
def test_wrong_use_says_what_to_do(arguments: tuple[str, str], said: str, tool: ModuleType) -> None:
    """A wrong id, a family that is not there and a taken name are refused before anything is written."""
    with pytest.raises(SystemExit, match=said):
        tool.write(*arguments)


def test_the_guide_names_targets_that_exist() -> None:
    """The make targets and families of CONTRIBUTING.md are those of the Makefile and the tool."""
    guide, makefile = (ROOT / "CONTRIBUTING.md").read_text(), (ROOT / "Makefile").read_text()
    for target in set(re.findall(r"`make ([a-z-]+)", guide)):
        assert re.search(rf"^{target}:|^{target} \||\b{target}\b.*:", makefile, re.MULTILINE), target
