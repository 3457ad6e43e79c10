"""Microseconds of CPU per value for each operator, on values that are all different.

.venv/bin/python benchmarks/masking/operators.py [--values 20000]
"""

from __future__ import annotations

import argparse
import json
import random
import time

from maskgate.crypto.keyring import Keyring
from maskgate.masking.valuemac import value_mac
from maskgate.operators.catalogue import OPERATORS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--values", type=int, default=20_000, help="values that are all different")
    report = measure(parser.parse_args().values)
    print(json.dumps({k: round(v, 2) for k, v in report.items()}, indent=2))


def measure(count: int) -> dict[str, float]:
    """Microseconds by operator."""
    draw = random.Random(3)
    keys = Keyring.fresh()
    mails = [f"user{draw.randrange(10**9)}@mail.example" for _ in range(count)]
    digits = [f"4{draw.randrange(10**15):015d}" for _ in range(count)]
    dates = [f"19{draw.randrange(100):02d}-0{draw.randrange(1, 10)}-1{draw.randrange(10)}" for _ in range(count)]
    report: dict[str, float] = {}
    for name, cls in OPERATORS.items():
        values, entity = {"fpe": (digits, "CREDIT_CARD"), "date_shift": (dates, "DATE_TIME")}.get(
            name, (dates, "DATE_TIME") if name == "generalize" else (mails, "EMAIL_ADDRESS")
        )
        mask = cls.model_validate({}).bind(entity, keys)
        report[name] = best(count, lambda mask=mask, values=values: [mask(v, "s") for v in values])
        number = cls.model_validate({"as": "number"} if name == "generalize" else {}).bind_number("CREDIT_CARD", keys)
        if name not in ("date_shift",):
            report[f"{name} (number)"] = best(count, lambda number=number: [number(v, "") for v in digits])
    mac = value_mac(keys)
    report["value_mac"] = best(count, lambda: [mac("EMAIL_ADDRESS", v) for v in mails])
    return report


def best(count: int, work: object, rounds: int = 3) -> float:
    """Least CPU microseconds per value."""
    out = float("inf")
    for _ in range(rounds):
        started = time.process_time()
        work()  # type: ignore[operator]
        out = min(out, time.process_time() - started)
    return out / count * 1e6


if __name__ == "__main__":
    main()
