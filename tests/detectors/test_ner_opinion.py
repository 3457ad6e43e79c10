"""A general model proposes entities; the packed model says which of them are names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from maskgate_detectors import Engine, EngineConfig
from maskgate_detectors.freetext.entity import Entity
from maskgate_detectors.freetext.ner import judge_of
from maskgate_detectors.freetext.opinion import weighed
from maskgate_detectors.models.tagger import Entity as Own


class Tagger:
    """A packed model that answers what it was told to."""

    def __init__(self, own: Sequence[Own] = (), share: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> None:
        self.own, self.share = list(own), share

    def classes(self, word: str) -> int:
        return 0

    def weigh(self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]) -> Any:
        return [(self.own, [self.share for _ in asked]) for asked in spans]


@pytest.mark.parametrize(
    ("entity", "share", "settled"),
    [
        pytest.param("PERSON", (0.3, 0.1, 0.0), [], id="an unlikely person is dropped"),
        pytest.param("PERSON", (0.5, 0.0, 0.0), ["PERSON"], id="a likely person stays"),
        pytest.param("PERSON", (0.1, 0.8, 0.0), ["LOCATION"], id="a person that is a place is a place"),
        pytest.param("ORGANIZATION", (0.8, 0.0, 0.1), ["PERSON"], id="a firm that is a person is a person"),
        pytest.param("ORGANIZATION", (0.4, 0.0, 0.6), ["ORGANIZATION"], id="a firm stays a firm"),
        pytest.param("", (0.2, 0.2, 0.0), [], id="a number or a work of art is nothing"),
        pytest.param("", (0.0, 0.9, 0.0), ["LOCATION"], id="a work of art that is a place is a place"),
    ],
)
def test_the_packed_model_decides(entity: str, share: tuple[float, float, float], settled: list[str]) -> None:
    """Each candidate becomes what the packed model holds likely, or nothing."""
    found = weighed(Tagger(share=share), ["x" * 20], [[Entity(3, 9, entity, 0.85)]])
    assert [item.entity for item in found[0]] == settled


def test_its_borders_win() -> None:
    """An address of which the general model saw the town alone is found as a whole; what it did not see is not."""
    own = [Own(0, 12, "LOCATION", 0.9), Own(15, 20, "PERSON", 0.9)]
    found = weighed(Tagger(own), ["x" * 20], [[Entity(8, 12, "LOCATION", 0.85)]])
    assert found == [[Entity(0, 12, "LOCATION", 0.85)]]


def test_its_doubts_win() -> None:
    """What the packed model itself marks, but not surely enough for a word that it does not know, is left."""
    found = weighed(Tagger([Own(3, 9, "PERSON", 0.6)], (0.6, 0.0, 0.0)), ["x" * 20], [[Entity(3, 9, "PERSON", 0.85)]])
    assert found == [[]]


def test_a_text_without_candidates_is_not_read() -> None:
    """The second opinion costs nothing where the general model found nothing."""
    seen: list[str] = []

    class Watched(Tagger):
        def weigh(self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]) -> Any:
            seen.extend(texts)
            return super().weigh(texts, spans)

    assert weighed(Watched(), ["none", "one"], [[], [Entity(0, 3, "PERSON", 0.85)]]) == [[], []]
    assert seen == ["one"]


def test_the_chance_of_a_span() -> None:
    """The packed model gives each span its chances per label, whether or not it would mark the span itself."""
    from maskgate_detectors import models

    text = "Please call Henrietta Vandersteen about the Grafana upgrade."
    name, thing = text.index("Henrietta"), text.index("Grafana")
    tagger = models.load_default().get_pipe("ner")
    ((own, shares),) = tagger.weigh([text], [[(name, name + 21), (thing, thing + 7), (0, 0)]])
    assert [(item.start, item.label) for item in own] == [(name, "PERSON")]
    assert shares[0][0] > 0.9
    assert max(shares[1][:2]) < 0.3
    assert shares[2] == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(("language", "judged"), [("en", True), ("nl", True), ("ru", False), ("ja", False)])
def test_it_judges_only_the_languages_it_knows(language: str, judged: bool) -> None:
    """The entities of a pipeline for another language stand as that pipeline found them."""
    assert (judge_of(language) is not None) is judged


@pytest.fixture(scope="module")
def engine() -> Engine:
    made = Engine(EngineConfig(model="en_core_web_sm"))
    made.warm()
    return made


@pytest.mark.parametrize(
    "text",
    [
        "Deploying Prometheus and Grafana with Helm, Terraform and Ansible on Fedora.",
        "Press Save Draft or Preview Changes on the Invoice Settings page.",
        "Cannot reach Zookeeper, Kibana or Logstash from Jenkins; restart Tomcat.",
        "The Licensor shall notify the Licensee under Schedule B of the Master Services Agreement.",
        "Back-off restarting failed container Keycloak in pod sso-0; Argo CD is OutOfSync.",
    ],
)
def test_things_are_left_alone(engine: Engine, text: str) -> None:
    """Software, buttons and parties to a contract that a newspaper model takes for names stay as they are."""
    assert [text[f.start : f.end] for f in engine.scan_text(text)] == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Meeting with Shreya Venkatesan about the Oracle licence on Monday.", "Shreya Venkatesan"),
        ("Our landlord Mr Achterberg lives in Eindhoven and owns a Volvo.", "Achterberg"),
    ],
)
def test_names_are_still_found(engine: Engine, text: str, name: str) -> None:
    """Persons and their towns are found beside firms and brands."""
    found = [text[f.start : f.end] for f in engine.scan_text(text)]
    assert name in found
    assert not {"Oracle", "Volvo"} & set(found)


@pytest.mark.parametrize(
    "reason",
    [
        "contract 2211, fields agreed",
        "Fields checked against contract 2211.",
        "Fields agreed with legal",
        "scope agreed",
    ],
)
def test_reasons_of_reviewers_name_nobody(reason: str) -> None:
    """A word of the dictionary in small letters or at the start of a sentence is no name: votes need reasons."""
    assert Engine(EngineConfig()).scan_text(reason) == []
