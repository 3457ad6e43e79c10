"""`maskgate policy allow`: a finding that is no personal data becomes a change of the policy, with its test."""

from __future__ import annotations

import difflib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import click

from maskgate.base import config
from maskgate.base.errors import ConfigurationError
from maskgate.cli._input import format_option, pretty_option, text_option
from maskgate.crypto.keyring import Keyring
from maskgate.files.run import form_of, open_input, read
from maskgate.masking.masker import Masker
from maskgate.policy import compile_source, load_policy
from maskgate.policy.compiled import CompiledPolicy
from maskgate.policy.insert import with_item
from maskgate.policy.source import parse
from maskgate.policy_tests.allow import Named, case, entry, named
from maskgate_detectors import Engine

_FOLDER_FILE = "allowed.yaml"


@click.command("allow")
@click.argument("finding")
@click.argument("file", default="-", type=click.Path(allow_dash=True))
@format_option
@text_option
@pretty_option
@click.option("-p", "--policy", help="Policy file, folder, or the name of a profile.")
@click.option("--topic", default="events", show_default=True, help="Topic of the test.")
@click.option("--anywhere", is_flag=True, help="The value passes at every place, not only at this one.")
@click.option("--model", help="NER model; none: rules only.")
@click.option("--language", help="Language of the prose (default: the first of the settings).")
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write the changed policy to this file.")
@click.pass_obj
def allow(
    config_file: str | None,
    finding: str,
    file: str,
    form: str | None,
    policy: str | None,
    topic: str,
    anywhere: bool,
    model: str | None,
    language: str | None,
    output: str | None,
) -> int:
    """Propose the change of the policy that lets one finding pass, as a diff with its test.

    FINDING is an id that `maskgate scan --explain FILE` prints, FILE the same events. The value, its kind and its path
    become an entry of the allow list; the test fails under the policy as it is and passes under the changed one, and
    holds of the event only the value and what stays readable. Nothing is written without --output;
    `maskgate policy publish` signs the changed file.
    """
    settings, _ = config.load(config_file, {"policy": policy, "detection.model": model})
    before = load_policy(settings.policy)
    wanted = before.engine_config(settings)
    engine = Engine(wanted if model is None else replace(wanted, model=model))
    found = named(engine, _records(file, form, settings), finding, language)
    if found is None:
        raise ConfigurationError(
            f"no finding {finding} in {file}: name an id that `maskgate scan --explain` prints for the same file, "
            "policy and model"
        )
    target = _Target.of(settings.policy, output)
    changed, tested = _changed(target, found, anywhere, topic, _Masks(before, engine, settings, model))
    was, now = (text.splitlines(keepends=True) for text in (target.text, changed))
    click.echo("".join(difflib.unified_diff(was, now, target.name, output or target.name)), nl=False)
    if output is not None:
        Path(output).write_text(changed, encoding="utf-8")
    click.echo(f"maskgate: {_said(tested, output)}", err=True)
    return 0


class _Masks:
    """The masker of the policy as it is, and that of a changed one, under the same keys."""

    def __init__(self, before: CompiledPolicy, engine: Engine, settings: config.Settings, model: str | None) -> None:
        self._keys = Keyring.fresh()
        self._settings = settings
        self._model = model
        self.before = Masker(before, self._keys, engine)

    def after(self, policy: CompiledPolicy) -> Masker:
        wanted = policy.engine_config(self._settings)
        return Masker(policy, self._keys, Engine(wanted if self._model is None else replace(wanted, model=self._model)))


def _records(file: str, form: str | None, settings: config.Settings) -> Iterator[bytes]:
    with open_input(file) as source:
        for lines in read(form_of(file, form), source, file, settings.worker.max_record_bytes):
            yield from (line.data for line in lines if line.data is not None)


@dataclass(frozen=True)
class _Target:
    """The file that is changed: of a folder one of its own, of a profile a new policy over it."""

    name: str
    text: str
    folder: Path | None = None

    @classmethod
    def of(cls, policy: str | Path | None, output: str | None) -> _Target:
        if policy is None or not Path(policy).exists():
            return cls(output or "policy.yaml", f"version: 1\nid: policy\nextends: [{policy or 'default'}]\n")
        path = Path(policy)
        file = path / _FOLDER_FILE if path.is_dir() else path
        return cls(
            str(file), file.read_text(encoding="utf-8") if file.exists() else "", path if path.is_dir() else None
        )

    def compiled(self, text: str) -> CompiledPolicy:
        """The policy with ``text`` in the file; of a folder the whole folder, in a copy that goes again."""
        path = Path(self.name)
        if self.folder is None:
            return compile_source(parse(text.encode(), self.name, path.parent), path)
        with tempfile.TemporaryDirectory() as place:
            copy = Path(shutil.copytree(self.folder, Path(place) / "policy"))
            (copy / path.name).write_text(text, encoding="utf-8")
            return load_policy(copy)


def _changed(target: _Target, found: Named, anywhere: bool, topic: str, masks: _Masks) -> tuple[str, bool]:
    """The changed text, and whether a test of it could be made."""
    changed = with_item(target.text, ("detection", "allow"), entry(found, anywhere), target.name)
    test = case(found, topic, masks.before, masks.after(target.compiled(changed)))
    if test is None:
        return changed, False
    changed = with_item(changed, ("tests",), test, target.name)
    target.compiled(changed)
    return changed, True


def _said(tested: bool, output: str | None) -> str:
    test = "its test fails without the change and passes with it" if tested else (
        "no test was made: the value is masked with the change as well, by a rule with `always` or by what is found "
        "around it, or only other records show the difference"
    )  # fmt: skip
    done = f"written to {output}" if output else "nothing is written; -o FILE writes it"
    return f"{test}; {done}; `maskgate policy publish FILE` signs it"
