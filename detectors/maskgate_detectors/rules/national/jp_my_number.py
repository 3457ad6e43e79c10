"""Japanese individual number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def jp_my_number() -> Rule:
    """https://www.cao.go.jp/bangouseido/"""
    return Rule(
        id="jp-my-number",
        entity="JP_MY_NUMBER",
        label="Japanese individual number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{4}[- ]?\d{4}[- ]?\d{4})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("jp.in_"),
        valid_score=0.9,
        needs_context=True,
        context=words(
            "マイナンバー, 個人番号, my number", "マイナンバー, 個人番号, my number, individual number, kojin bango"
        ),
        keys=words("my number, individual number, kojin bango, マイナンバー, 個人番号"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"\d{4} \d{4} \d{4}",
        countries=("JP",),
        matches=(
            "my_number: ⟦863108556895⟧",
            "マイナンバー ⟦863108556895⟧",
        ),
        ignores=(
            "order 863108556895",
            "マイナンバー 375532676336",
        ),
    )
