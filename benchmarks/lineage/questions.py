"""How long questions take over many rows, in a local folder and in a Delta table of this host.

    .venv/bin/python benchmarks/lineage/questions.py [--rows 10000000] [--fields 2]

Rows are made here (two findings each, every value another). Prints one JSON object; figures stand in docs/lineage.md.
"""

from __future__ import annotations

import argparse
import json
import platform
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa

from maskgate.base.address import Address, Where
from maskgate.crypto import signing
from maskgate.lineage.ask import questions
from maskgate.lineage.sinks import claims, opened
from maskgate.lineage.sinks.columns import SCHEMA

_FILE_ROWS = 500_000
_T0 = 1_795_300_000_000
_SQL = """SELECT printf('%032x', i) event_id, 'masked' kind, epoch_ms({t0} + i) "time", 'orders' source_topic,
  (i % 6)::INTEGER source_partition, i::BIGINT source_offset, i::BIGINT source_end_offset, epoch_ms({t0} + i)
  source_time, 1::BIGINT records, 'orders.masked' dest_topic, (i % 6)::INTEGER dest_partition, NULL::VARCHAR dest_key,
  'topic:orders' actor, 'acl' actor_assurance, 'mask' "action", NULL::VARCHAR purpose, NULL::VARCHAR reason,
  'default' policy_id, '1' policy_version, 'ab' policy_digest, 'cd' detector_digest,
  MAP {{'maskgate': '0.2.0'}} detector_versions, NULL::VARCHAR request_id, NULL::VARCHAR item_id, 800::BIGINT bytes_in,
  800::BIGINT bytes_out, list_transform(range({fields}), lambda f: {{'path': '/user/f' || f, 'entity': 'EMAIL_ADDRESS',
  'operator': 'pseudonym', 'detector': 'email', 'score': 1.0, 'count': 1::INTEGER,
  'value_mac': md5((i * 7 + f)::VARCHAR)}}) fields, 0::INTEGER kafka_partition,
  i::BIGINT kafka_offset, epoch_ms({t0} + i) append_time
FROM range({start}, {stop}) t(i)"""


def fill(where: Where, rows: int, fields: int) -> None:
    """Write the rows as a compacted sink leaves them."""
    store = opened.open_store(where, "bench", signing.from_seed(b"bench".ljust(32, b".")))
    for start in range(0, rows, _FILE_ROWS):
        stop = min(start + _FILE_ROWS, rows)
        sql = _SQL.format(t0=_T0, start=start, stop=stop, fields=fields)
        table = duckdb.sql(sql).to_arrow_table().cast(SCHEMA)
        footer = claims.Footer(
            "maskgate.lineage", "tid", 0, start, stop - 1, stop - start, _T0 + start, _T0 + stop - 1, "2"
        )
        parts: list[pa.Table] = [table.slice(at, 50_000) for at in range(0, stop - start, 50_000)]
        store.publish(parts, footer)


def timed(ask: Callable[[], object]) -> float:
    """The better of three, in seconds."""
    took = []
    for _ in range(3):
        began = time.perf_counter()
        ask()
        took.append(time.perf_counter() - began)
    return round(min(took), 3)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--fields", type=int, default=2)
    given = parser.parse_args()
    out: dict[str, object] = {"machine": platform.processor() or platform.machine(), **vars(given)}
    with tempfile.TemporaryDirectory() as name:
        places: dict[str, Where] = {"local": Path(name) / "local"}
        places["delta"] = Address(f"delta+file://{name}/delta", Path(name) / "copies")
        middle = given.rows // 2
        for kind, where in places.items():
            fill(where, given.rows, given.fields)
            mac = duckdb.sql(f"SELECT md5(({middle} * 7)::VARCHAR)").fetchall()[0][0]
            out[kind] = {
                "story_s": timed(lambda w=where: questions.of_record(w, "orders", middle % 6, middle)),  # type: ignore[misc]
                "subject_s": timed(lambda w=where, m=mac: questions.of_subject(w, {m}, None)),  # type: ignore[misc]
            }
    print(json.dumps(out))


if __name__ == "__main__":
    main()
