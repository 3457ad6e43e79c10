"""What a policy says about detection: lists from files, languages of topics, names that nothing has."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from maskgate.base.errors import PolicyError
from maskgate.base.records import Masked, Record
from maskgate.crypto.keyring import Keyring
from maskgate.masking.masker import Masker
from maskgate.policy import load_policy
from maskgate.policy.check import lint
from maskgate.policy.holder import PolicyHolder
from maskgate.policy.loading import compile_source
from maskgate.policy.source import parse
from maskgate_detectors import DetectorError, Engine


def write(folder: Path, text: str, **files: str) -> Path:
    """A policy file with files beside it."""
    for name, content in files.items():
        (folder / f"{name}.txt").write_text(content)
    path = folder / "p.yaml"
    path.write_text(text)
    return path


def masked(policy: Any, event: str, topic: str = "t") -> str:
    """The event after masking."""
    masker = Masker(policy, Keyring.fresh(), Engine(policy.engine_config()))
    outcome = masker.batch([Record(topic, 0, 0, event.encode())])[0]
    assert isinstance(outcome, Masked)
    return (outcome.value or b"").decode()


LISTS = """
detection:
  model: none
  deny:
    - {id: staff, entity: PERSON, values: [Vorn], file: staff.txt}
  allow:
    - {file: ours.txt}
"""


def test_lists_come_from_files_beside_the_policy(tmp_path: Path) -> None:
    """Each line is a value, `# ` begins a remark; `values` and `file` add up."""
    path = write(tmp_path, LISTS, staff="# staff\nZork Blip\r\n\n#falcon\n", ours="info@acme-corp.com\n")
    said = '{"a": "zork blip, vorn, #FALCON, staff, info@acme-corp.com, me@acme-corp.com"}'
    expected = '{"a": "<PERSON>, <PERSON>, <PERSON>, staff, info@acme-corp.com, <EMAIL_ADDRESS>"}'
    assert masked(load_policy(path), said) == expected
    folder = tmp_path / "folder"
    folder.mkdir()
    write(folder, LISTS, staff="Zork Blip\n#falcon\n", ours="info@acme-corp.com")
    assert masked(load_policy(folder), said) == expected


LIST = "detection:\n  model: none\n  deny:\n    - {id: s, entity: PERSON, file: '%s'}\n"


@pytest.mark.parametrize("way", ["../out.txt", "sub/../../out.txt", "absolute", "link.txt", "linked/out.txt"])
def test_a_list_lies_below_the_policys_folder(tmp_path: Path, way: str) -> None:
    """No policy reads another file of the host: not by `..`, a full path, a link, or a folder that is one."""
    (tmp_path / "out.txt").write_text("Zork\n")
    home = tmp_path / "home"
    (home / "sub").mkdir(parents=True)
    (home / "link.txt").symlink_to(tmp_path / "out.txt")
    (home / "linked").symlink_to(tmp_path)
    path = write(home, LIST % (tmp_path / "out.txt" if way == "absolute" else way))
    with pytest.raises(PolicyError, match=r"p\.yaml:4: .*outside of the policy's folder"):
        load_policy(path)


def test_a_list_that_kubernetes_mounts_is_read(tmp_path: Path) -> None:
    """A config map is links to a folder beside them."""
    (tmp_path / "..2026").mkdir()
    (tmp_path / "..2026" / "words.txt").write_text("Zork\n")
    (tmp_path / "..data").symlink_to("..2026")
    (tmp_path / "words.txt").symlink_to("..data/words.txt")
    assert masked(load_policy(write(tmp_path, LIST % "words.txt")), '{"a": "Zork"}') == '{"a": "<PERSON>"}'


def test_a_changed_list_is_a_changed_policy(tmp_path: Path) -> None:
    """The version follows the lists, a running holder sees the change, and the diff shows none of the values."""
    path = write(tmp_path, LISTS, staff="Zork", ours="x")
    holder = PolicyHolder(path)
    before = holder.current.ref
    (tmp_path / "staff.txt").write_text("Zork\nBlip\n")
    os.utime(tmp_path / "staff.txt", ns=(1, 1))
    change = holder.poll()
    assert change is not None and change.accepted and change.detection_changed
    assert holder.current.ref.digest != before.digest
    assert "Blip" not in change.diff
    (tmp_path / "staff.txt").unlink()
    refused = holder.poll()
    assert refused is not None and not refused.accepted and "p.yaml:5" in refused.error


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("detection: {deny: [{id: s, entity: X, file: nope.txt}]}", r"p\.yaml:1.*nope\.txt: cannot be read"),
        ("detection: {deny: [{id: s, entity: X, file: empty.txt}]}", r"p\.yaml:1.*empty\.txt: holds no value"),
        ("detection: {deny: [{id: s, entity: X}]}", r"p\.yaml:1.*needs 'values' or a 'file'"),
        ("detection: {allow: [{paths: [/a]}]}", r"p\.yaml:1.*'values', a 'file' or a 'pattern'"),
        ("detection:\n  allow:\n    - {pattern: '(a'}", r"p\.yaml:3.*RE2 refuses"),
        ("detection:\n  thresholds: {PERSON: 8}", r"p\.yaml:2.*thresholds\.PERSON"),
        ("detection:\n  custom:\n    - {id: email, entity: X, pattern: a1}", r"p\.yaml:3.*rule email.*taken"),
        (
            "detection:\n  custom:\n    - {id: a, entity: X, pattern: a1}\n    - {id: a, entity: X, pattern: b1}",
            r"p\.yaml:4: rule a.*taken twice: .*p\.yaml:3 has it",
        ),
        (
            "detection:\n  custom:\n    - {id: a, entity: X, pattern: a1, checksum: lun}",
            r"p\.yaml:3.*no checksum named 'lun'; did you mean 'luhn'\? there are .*stdnum\.MODULE",
        ),
        (
            "detection:\n  custom:\n    - {id: a, entity: X, pattern: a1, checksum: lru_cache}",
            r"p\.yaml:3.*no checksum named 'lru_cache'",
        ),
        (
            "detection:\n  custom:\n    - {id: a, entity: X, pattern: a1, checksum: stdnum.no.such}",
            r"p\.yaml:3.*no checksum named 'stdnum\.no\.such'",
        ),
        (
            "detection:\n  custom:\n    - {id: a, entity: X, pattern: a1, needs_context: true}",
            r"p\.yaml:3.*can find nothing",
        ),
        (
            "detection:\n  custom:\n    - {id: a, entity: X, pattern: 'x\\d{3}', matches: [\"x ⟦x12⟧3\"]}",
            r"p\.yaml:3.*sample 1 of matches.*found 2–6, marked 2–5",
        ),
        (
            "detection:\n  custom:\n    - {id: a, entity: X, pattern: '\\d{5}', matches: ['12345']}",
            r"p\.yaml:3.*sample 1 of matches.*shape that holds nothing.*add 'keys'",
        ),
        (
            "detection:\n  custom:\n    - {id: a, entity: X, pattern: '(a{1,500}){1,500}b', matches: ['ab']}",
            r"p\.yaml:3.*RE2 refuses",
        ),
    ],
)  # fmt: skip
def test_what_cannot_work_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    """File, line, what is wrong and what to do."""
    with pytest.raises(PolicyError, match=said):
        load_policy(write(tmp_path, text, empty="# nothing\n"))


def test_a_policy_that_stands_alone_names_no_file() -> None:
    """A policy that comes over the topic has no folder."""
    with pytest.raises(PolicyError, match="write the values under 'values'"):
        compile_source(parse(LISTS.encode(), "topic"))


def test_names_that_nothing_has_are_warned_about(tmp_path: Path) -> None:
    """Thresholds, switches and models that do nothing are told with their line and the nearest name."""
    text = """\
detection:
  model: no_such_model
  models: {de: no_such_de}
  thresholds: {PERSN: 0.8, STAFF: 0.9}
  disabled: [emial, PERSON]
  custom:
    - {id: badge, entity: STAFF, pattern: 'B-\\d{4}'}
"""
    found = {(w.where.rpartition(":")[2], w.code) for w in lint(load_policy(write(tmp_path, text)))}
    assert found == {
        ("4", "unknown-name"), ("5", "unknown-name"), ("2", "missing-model"), ("3", "missing-model"), ("7", "no-sample")
    }  # fmt: skip


def test_a_missing_model_is_refused_with_its_line(tmp_path: Path) -> None:
    """The engine does not start without a model that a policy names."""
    policy = load_policy(write(tmp_path, "detection:\n  models:\n    de: no_such_de\n"))
    with pytest.raises(DetectorError, match=r"p\.yaml:3: detection\.models\.de: model no_such_de: not installed"):
        Engine(policy.engine_config())


@pytest.fixture(scope="module")
def toy_model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A spaCy pipeline that was taught one sentence."""
    import random

    import spacy
    from spacy.training import Example

    random.seed(1)
    spacy.util.fix_random_seed(1)
    nlp = spacy.blank("de")
    nlp.add_pipe("ner").add_label("PER")
    text = "Frau Weber wohnt in München und hat angerufen."
    example = Example.from_dict(nlp.make_doc(text), {"entities": [(5, 10, "PER")]})
    optimizer = nlp.initialize(lambda: [example])
    for _ in range(30):
        nlp.update([example], sgd=optimizer)
    path = tmp_path_factory.mktemp("model") / "toy"
    nlp.to_disk(path)
    return str(path)


def test_a_topic_says_its_language(tmp_path: Path, toy_model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Prose of a topic is read by the model of its language, also when topics come mixed in one batch."""
    text = f"""
detection:
  model: en_core_web_sm
  models: {{de: {toy_model}}}
topics:
  "de-*": {{language: de}}
"""
    policy = load_policy(write(tmp_path, text))
    assert (policy.language("de-tickets"), policy.language("tickets")) == ("de", None)
    engine = Engine(policy.engine_config())
    asked: list[tuple[str, str | None]] = []
    find = engine.ner.find

    def noted(texts: Sequence[str], language: str | None = None) -> Any:
        asked.extend((text, language) for text in texts)
        return find(texts, language)

    monkeypatch.setattr(engine.ner, "find", noted)
    masker = Masker(policy, Keyring.fresh(), engine)
    said, other = "Frau Weber wohnt in München und hat angerufen.", "Yesterday Anna Berg went to Lisbon."
    texts = [("de-x", said), ("en", other), ("de-y", said)]
    records = [Record(t, 0, i, json.dumps({"note": v}, ensure_ascii=False).encode()) for i, (t, v) in enumerate(texts)]
    values = [json.loads(outcome.value or b"")["note"] for outcome in masker.batch(records)]  # type: ignore[union-attr]
    assert values[0] == values[2] == "Frau <PERSON> wohnt in München und hat angerufen."
    assert values[1].startswith("Yesterday <PERSON>")
    assert sorted(asked, key=str) == [(said, "de"), (said, "de"), (other, None)]
