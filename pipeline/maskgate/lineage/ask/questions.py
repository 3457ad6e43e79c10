"""The questions people ask about lineage, as SQL over the view ``lineage``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from maskgate.base.address import Where
from maskgate.base.errors import ConfigurationError
from maskgate.lineage.ask.query import Answer, select
from maskgate.masking.valuemac import Span
from maskgate_detectors.fields.parts import NAME_PART, subject_of

_PATH = 7  # its place among the columns of an answer about a value

_STORY = """time, kind, source_topic, source_partition, source_offset, source_end_offset, dest_topic, dest_key, actor,
 actor_assurance, action, purpose, reason, policy_id, policy_version, request_id, item_id,
 list_transform(fields, lambda f: f.path || ' ' || f.entity || ' ' || f.operator) AS fields"""


def of_record(where: Where, topic: str, partition: int, offset: int) -> Answer:
    """The story of one source record: its own row or its batch's, and what the gate did with what it became."""
    sql = f"""WITH around AS (SELECT * FROM lineage WHERE source_topic = $1 AND source_partition = $2
      AND $3 BETWEEN source_offset AND source_end_offset),
    own AS (SELECT * FROM around WHERE source_offset = $3 AND kind <> 'passed'
      OR NOT EXISTS (FROM around WHERE source_offset = $3 AND kind <> 'passed'))
    SELECT {_STORY} FROM lineage WHERE event_id IN (SELECT event_id FROM own)
      OR (item_id IS NOT NULL AND item_id IN (SELECT item_id FROM own WHERE item_id IS NOT NULL))
    ORDER BY time, kind"""  # noqa: S608 (constants only)
    return select(where, sql, (topic, partition, offset))


def of_request(where: Where, request_id: str) -> Answer:
    """The story of a request or an item, including the record it was made from."""
    sql = f"""WITH own AS (SELECT item_id FROM lineage WHERE (request_id = $1 OR item_id = $1) AND item_id IS NOT NULL)
    SELECT {_STORY} FROM lineage WHERE request_id = $1 OR item_id = $1 OR item_id IN (SELECT item_id FROM own)
    ORDER BY time, kind"""  # noqa: S608 (constants only)
    return select(where, sql, (request_id,))


def of_field(where: Where, path: str, topic: str | None) -> Answer:
    """What was found and done at a path; ``*`` stands for any one step, and array indexes count as ``*``."""
    pattern = "".join("[^/]+" if part == "*" else _escape(part) for part in _split(path))
    sql = """SELECT l.source_topic, regexp_replace(f.path, '/[0-9]+(/|$)', '/*\\1', 'g') AS path, f.entity, f.operator,
      f.detector, l.policy_id, l.policy_version, sum(f.count)::BIGINT AS count, min(l.time) AS first,
      max(l.time) AS last
    FROM lineage l, unnest(l.fields) AS t(f)
    WHERE regexp_full_match(f.path, $1) AND ($2 IS NULL OR l.source_topic = $2)
    GROUP BY ALL ORDER BY count DESC, l.source_topic, path, f.entity, f.operator"""
    return select(where, sql, (pattern, topic))


def _split(path: str) -> Sequence[str]:
    return [part for part in re.split(r"((?<=/)\*(?=/|$))", path) if part]


def _escape(text: str) -> str:
    """The text as RE2 takes it literally."""
    return "".join(c if c.isalnum() or c in "/_" else f"\\x{{{ord(c):x}}}" for c in text)


def of_subject(where: Where, macs: set[str], entity: str | None, spans: Mapping[str, Span] | None = None) -> Answer:
    """Every place where a value with one of these MACs went.

    ``spans`` are the MACs of parts of a name (``masking.valuemac.search_spans``): first and last name in fields of
    their own are found where they are one person's and make the whole name.
    """
    if not macs:
        raise ConfigurationError("lineage subject: the keyring holds no lineage key; run `maskgate keys create`")
    sql = """SELECT l.event_id, f.detector, f.value_mac, l.time, l.kind, l.source_topic, l.source_partition,
      l.source_offset, l.dest_topic, l.dest_key, f.path, f.entity, f.operator, l.actor, l.purpose, l.request_id,
      l.item_id
    FROM lineage l, unnest(l.fields) AS t(f)
    WHERE (list_contains($1, f.value_mac) OR (f.detector = $4 AND list_contains($3, f.value_mac)))
      AND ($2 IS NULL OR f.entity = $2)
    ORDER BY l.time, l.source_topic, l.source_partition, l.source_offset, f.path"""
    found = select(where, sql, (sorted(macs), entity, sorted(spans or ()), NAME_PART))
    people: dict[tuple[str, str], set[Span]] = {}
    for event, detector, mac, *rest in found.rows:
        if mac not in macs:
            people.setdefault((event, subject_of(rest[_PATH], detector)), set()).add((spans or {})[mac])
    rows = [
        tuple(rest)
        for event, detector, mac, *rest in found.rows
        if mac in macs or _tiles(people[event, subject_of(rest[_PATH], detector)])
    ]
    return Answer(found.columns[3:], rows)


def _tiles(spans: Iterable[Span]) -> bool:
    """Some of the spans stand one behind the other and make the whole."""
    reached = {0}
    for start, end, _ in sorted(spans):
        if start in reached:
            reached.add(end)
    return any(size in reached for _, _, size in spans)


def stats(where: Where, since: str | None) -> Answer:
    """Records and bytes by day, topic, kind and destination."""
    sql = """SELECT strftime(time, '%Y-%m-%d') AS day, source_topic, kind, dest_topic, sum(records)::BIGINT AS records,
      sum(bytes_in)::BIGINT AS bytes_in, sum(bytes_out)::BIGINT AS bytes_out,
      sum(coalesce(list_sum(list_transform(fields, lambda f: f.count)), 0))::BIGINT AS fields
    FROM lineage WHERE $1 IS NULL OR time >= $1::TIMESTAMPTZ
    GROUP BY ALL ORDER BY ALL"""
    return select(where, sql, (since,))


def entities(where: Where, since: str | None) -> Answer:
    """What was found by topic, entity and operator; a value in parts is one of ``values`` and several of ``count``."""
    sql = """SELECT l.source_topic, f.entity, f.operator, sum(f.count)::BIGINT AS count,
      count(DISTINCT {'record': l.event_id, 'value': f.value_mac}) AS "values",
      count(DISTINCT l.event_id) AS records
    FROM lineage l, unnest(l.fields) AS t(f) WHERE $1 IS NULL OR l.time >= $1::TIMESTAMPTZ
    GROUP BY ALL ORDER BY ALL"""
    return select(where, sql, (since,))


def masked_between(where: Where, start_ms: int, end_ms: int) -> Answer:
    """What was masked in a period, by topic, kind and operator."""
    sql = """SELECT l.source_topic, f.entity, f.operator, sum(f.count)::BIGINT AS count
    FROM lineage l, unnest(l.fields) AS t(f) WHERE epoch_ms(l.time) >= $1 AND epoch_ms(l.time) < $2
    GROUP BY ALL ORDER BY ALL"""
    return select(where, sql, (start_ms, end_ms))
