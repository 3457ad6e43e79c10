"""Compares the two blind passes over the real development set: ``python -m training.realdev.agreement [--differences]``."""

from __future__ import annotations

import argparse

from maskgate_detectors.models.tokens import split
from training.realdev import marks


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--differences", action="store_true", help="print what the annotators marked differently")
    parser.add_argument("--passes", nargs=2, default=["pass_a.txt", "pass_b.txt"])
    args = parser.parse_args()
    first, second = (marks.read(name) for name in args.passes)
    print(f"texts {len(first)}, texts marked alike {sum(first[i] == second[i] for i in first)}")
    for kind in ("PERSON", "LOCATION"):
        a = {(i, *s) for i, spans in first.items() for s in spans if s[2] == kind}
        b = {(i, *s) for i, spans in second.items() for s in spans if s[2] == kind}
        print(
            f"{kind}: A {len(a)} spans, B {len(b)}, same {len(a & b)}, F1 {2 * len(a & b) / max(len(a) + len(b), 1):.3f}"
        )
    print(f"Cohen's kappa over tokens: {kappa(first, second):.3f}")
    if args.differences:
        rows = marks.texts()
        for i in first:
            if first[i] != second[i]:
                text = rows[i]["text"]
                only = [
                    [f"{text[s:e]!r}/{k[0]}" for s, e, k in one if (s, e, k) not in other]
                    for one, other in ((first[i], second[i]), (second[i], first[i]))
                ]
                print(f"{i}\tA only {only[0]}\tB only {only[1]}")


def kappa(first: dict[int, list[marks.Span]], second: dict[int, list[marks.Span]]) -> float:
    """Return Cohen's kappa of the label of each token."""
    pairs = []
    for i, row in marks.texts().items():
        for s, e in split(row["text"]):
            pairs.append(tuple(next((k for a, b, k in spans[i] if a < e and b > s), "O") for spans in (first, second)))
    kinds = {k for pair in pairs for k in pair}
    agreed = sum(a == b for a, b in pairs) / len(pairs)
    chance = sum(
        (sum(a == k for a, _ in pairs) / len(pairs)) * (sum(b == k for _, b in pairs) / len(pairs)) for k in kinds
    )
    return (agreed - chance) / (1 - chance)


if __name__ == "__main__":
    main()
