"""What is done with the places where a sure value of the record stands again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from maskgate.base.records import Record
from maskgate.masking.bound import Bound
from maskgate.masking.bound_policy import Lens
from maskgate.operators.replace import Replace
from maskgate_detectors import SEEN, Finding, Twin

Choose = Callable[[Finding], Bound]
_LABEL = Replace.model_validate({})
_RULE = -2  # beside the numbers of the policy's rules


def spread(
    findings: Sequence[Finding], twins: Sequence[Twin], lens: Lens, prefix: str, record: Record
) -> tuple[Sequence[Finding], dict[tuple[int, int], Bound]]:
    """The findings with the twins among them, and what is done at places where that is not what the policy says there.

    A value that is kept where it was found does not spread, nor does one into a path that is kept. A twin as it was
    found takes the operator of its source, one in another form a label.
    """
    added: list[Finding] = []
    other: dict[tuple[int, int], Bound] = {}
    sources: dict[int, Bound] = {}
    for finding, source in twins:
        bound = sources.get(id(source))
        if bound is None:
            bound = sources[id(source)] = lens.plan(prefix + source.path, source, record)
        own = lens.plan(prefix + finding.path, finding, record)
        if "keep" in (bound.operator, own.operator):
            continue
        if finding.detector != SEEN or bound.drop:
            bound = lens.bound(_RULE, finding.detector, _LABEL, finding.entity, "")
        if own.action is not bound.action and (own.constant is None or own.constant != bound.constant):
            other[finding.leaf_start, finding.start] = bound
        added.append(finding)
    if not added:
        return findings, other
    return sorted([*findings, *added], key=_order), other


def choosing(choose: Choose, other: dict[tuple[int, int], Bound]) -> Choose:
    """``choose`` but for the places in ``other``."""
    if not other:
        return choose
    return lambda finding: other.get((finding.leaf_start, finding.start)) or choose(finding)


def apart(twins: Sequence[Twin], findings: Sequence[Finding]) -> list[Twin]:
    """The twins over none of the findings."""
    return [
        twin
        for twin in twins
        if not any(
            other.leaf_start == twin.finding.leaf_start
            and (other.where == "whole" or (other.start < twin.finding.end and twin.finding.start < other.end))
            for other in findings
        )
    ]


def _order(finding: Finding) -> tuple[int, int]:
    return finding.leaf_start, finding.start
