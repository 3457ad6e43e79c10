"""Lineage as OpenLineage run events: a start and a completion per job and hour, for Marquez, DataHub and their like.

A job is one way from a topic to a topic. The events carry names of fields and counts, no values and no MACs; run ids
follow from job and hour, so that a second export changes nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from maskgate.base.address import Where
from maskgate.lineage.ask.query import select

Tree = dict[str, Any]
"""An event, or a part of one, as JSON."""
JOBS = "maskgate"
PRODUCER = "urn:maskgate"
_SPEC = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"
_FACETS = "https://openlineage.io/spec/facets"
_SPACE = uuid.UUID("6f1d9a52-6f5c-5d0e-9f44-1f7b0b1f3a11")

_JOBS = """SELECT date_trunc('hour', time) AS hour, kind, source_topic, dest_topic, sum(records)::BIGINT AS records,
  sum(bytes_out)::BIGINT AS bytes, min(time) AS first, max(time) AS last
FROM lineage WHERE kind IN ('masked', 'passed', 'held', 'quarantined', 'released') AND source_topic IS NOT NULL
  AND ($1 IS NULL OR time >= $1::TIMESTAMPTZ) AND ($2 IS NULL OR time < $2::TIMESTAMPTZ)
GROUP BY ALL ORDER BY ALL"""
_FIELDS = """SELECT date_trunc('hour', l.time) AS hour, l.kind, l.source_topic, l.dest_topic,
  regexp_replace(f.path, '/[0-9]+(/|$)', '/*\\1', 'g') AS path, f.operator, f.entity, sum(f.count)::BIGINT AS count
FROM lineage l, unnest(l.fields) AS t(f) WHERE l.kind IN ('masked', 'held', 'released') AND l.source_topic IS NOT NULL
  AND ($1 IS NULL OR l.time >= $1::TIMESTAMPTZ) AND ($2 IS NULL OR l.time < $2::TIMESTAMPTZ)
GROUP BY ALL ORDER BY ALL"""


def _facet(name: str, file: str, version: str, **fields: Any) -> Tree:
    url = f"{_FACETS}/{version}/{file}.json#/$defs/{file}"
    return {name: {"_producer": PRODUCER, "_schemaURL": url} | fields}


def _columns(rows: list[Tree], namespace: str, source: str) -> Tree:
    fields: Tree = {}
    for row in rows:
        entry = fields.setdefault(
            row["path"], {"inputFields": [{"namespace": namespace, "name": source, "field": row["path"]}]}
        )
        entry["inputFields"][0].setdefault("transformations", []).append(
            {
                "type": "DIRECT",
                "subtype": "IDENTITY" if row["operator"] == "keep" else "TRANSFORMATION",
                "description": f"{row['entity']}: {row['operator']} ({row['count']} times)",
                "masking": row["operator"] != "keep",
            }
        )
    return _facet("columnLineage", "ColumnLineageDatasetFacet", "1-2-0", fields=fields)


def events(where: Where, namespace: str, *, since: str | None = None, until: str | None = None) -> Iterator[Tree]:
    """The run events of a period, oldest first. ``namespace`` is the broker's: ``kafka://host:9092``."""
    by_job: dict[tuple[Any, ...], list[Tree]] = {}
    for row in select(where, _FIELDS, (since, until)).dicts():
        by_job.setdefault((row["hour"], row["kind"], row["source_topic"], row["dest_topic"]), []).append(row)
    for row in select(where, _JOBS, (since, until)).dicts():
        key = (row["hour"], row["kind"], row["source_topic"], row["dest_topic"])
        yield _event("START", row["first"], row, [], namespace)
        yield _event("COMPLETE", row["last"], row, by_job.get(key, []), namespace)


def _event(kind: str, at: datetime, row: Tree, uses: list[Tree], namespace: str) -> Tree:
    source, dest, hour = row["source_topic"], row["dest_topic"], row["hour"]
    job = f"{row['kind']}.{source}" + (f".{dest}" if dest else "")
    nominal = {"nominalStartTime": hour.isoformat(), "nominalEndTime": (hour + timedelta(hours=1)).isoformat()}
    sort = {"processingType": "STREAMING", "integration": "MASKGATE", "jobType": "JOB"}
    return {
        "eventType": kind,
        "eventTime": at.isoformat(),
        "producer": PRODUCER,
        "schemaURL": _SPEC,
        "run": {
            "runId": str(uuid.uuid5(_SPACE, f"{namespace} {job} {hour.isoformat()}")),
            "facets": _facet("nominalTime", "NominalTimeRunFacet", "1-0-1", **nominal),
        },
        "job": {"namespace": JOBS, "name": job, "facets": _facet("jobType", "JobTypeJobFacet", "2-0-3", **sort)},
        "inputs": [{"namespace": namespace, "name": source, "facets": {}}],
        "outputs": [_output(row, uses, namespace)] if dest and kind == "COMPLETE" else [],
    }


def _output(row: Tree, uses: list[Tree], namespace: str) -> Tree:
    size = {"rowCount": row["records"], "size": row["bytes"]}
    return {
        "namespace": namespace,
        "name": row["dest_topic"],
        "facets": _columns(uses, namespace, row["source_topic"]) if uses else {},
        "outputFacets": _facet("outputStatistics", "OutputStatisticsOutputDatasetFacet", "1-0-2", **size),
    }
