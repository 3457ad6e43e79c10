"""OpenLineage events sent by the transports of ``openlineage-python``: HTTP (Marquez, DataHub), Kafka, a file.

Where to and how is the package's own configuration (``openlineage.yml``, ``OPENLINEAGE_…``), as for every other sender.
Each event is built of its generated classes first: what they refuse is not sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from openlineage.client import OpenLineageClient, event_v2
from openlineage.client.generated import (
    column_lineage_dataset,
    job_type_job,
    nominal_time_run,
    output_statistics_output_dataset,
    schema_dataset,
    tags_dataset,
)

from maskgate.base.errors import ConfigurationError, WorldError
from maskgate.lineage.ask.openlineage import Tree

Event = event_v2.RunEvent | event_v2.DatasetEvent
_SOURCE = "MASKGATE"


def built(tree: Tree) -> Iterator[Event]:
    """A run event of our own as the package's classes, and one for the dataset that it wrote."""
    producer = tree["producer"]
    outputs = [_output(item, producer) for item in tree["outputs"]]
    run, job = tree["run"], tree["job"]
    yield event_v2.RunEvent(
        eventTime=tree["eventTime"],
        producer=producer,
        eventType=event_v2.RunState[tree["eventType"]],
        run=event_v2.Run(run["runId"], _facets(run, "nominalTime", nominal_time_run.NominalTimeRunFacet)),
        job=event_v2.Job(job["namespace"], job["name"], _facets(job, "jobType", job_type_job.JobTypeJobFacet)),
        inputs=[event_v2.InputDataset(item["namespace"], item["name"]) for item in tree["inputs"]],
        outputs=outputs,
    )
    for output in outputs:
        found = output.facets or {}
        if "schema" in found:
            facets = {name: found[name] for name in ("schema", "tags")}
            dataset = event_v2.StaticDataset(output.namespace, output.name, facets=facets)
            yield event_v2.DatasetEvent(eventTime=tree["eventTime"], producer=producer, dataset=dataset)


def _facets(owner: Tree, name: str, cls: Callable[..., object]) -> Tree:
    found = owner["facets"].get(name)
    return {} if found is None else {name: cls(**_own(found), producer=found["_producer"])}


def _own(facet: Tree) -> Tree:
    return {key: value for key, value in facet.items() if not key.startswith("_")}


def _output(item: Tree, producer: str) -> event_v2.OutputDataset:
    """Columns with ``masking``, the schema as far as findings name it, and the kinds as tags."""
    size = item["outputFacets"]["outputStatistics"]
    statistics = output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(**_own(size), producer=producer)
    facets: Tree = {}
    if lineage := item["facets"].get("columnLineage"):
        facets = _columns(lineage["fields"], producer)
    return event_v2.OutputDataset(item["namespace"], item["name"], {"outputStatistics": statistics}, facets=facets)


def _columns(fields: Tree, producer: str) -> Tree:
    columns, tags = {}, []
    for path, field in fields.items():
        inputs = []
        for source in field["inputFields"]:
            done = [column_lineage_dataset.Transformation(**each) for each in source["transformations"]]
            place = source["namespace"], source["name"], source["field"]
            inputs.append(column_lineage_dataset.InputField(*place, done))
            kinds = sorted({each["description"].partition(":")[0] for each in source["transformations"]})
            tags += [tags_dataset.TagsDatasetFacetFields("sensitivity", kind, _SOURCE, path) for kind in kinds]
        columns[path] = column_lineage_dataset.Fields(inputs)
    names = [schema_dataset.SchemaDatasetFacetFields(path) for path in fields]
    return {
        "columnLineage": column_lineage_dataset.ColumnLineageDatasetFacet(columns, producer=producer),
        "schema": schema_dataset.SchemaDatasetFacet(names, producer=producer),
        "tags": tags_dataset.TagsDatasetFacet(tags, producer=producer),
    }


def send(trees: Iterable[Tree]) -> int:
    """Send run events of our own; how many events went.

    Raises:
        ConfigurationError: no transport is configured. WorldError: the receiver does not take them.
    """
    try:
        client = OpenLineageClient()
    except Exception as error:  # whatever the package makes of its own configuration
        raise ConfigurationError(f"openlineage.yml: cannot be used ({type(error).__name__})") from None
    if client.transport.kind in ("console", "noop"):
        raise ConfigurationError(
            "OpenLineage: no transport is configured; write one into openlineage.yml, or set OPENLINEAGE_URL"
        )
    sent = 0
    try:
        for tree in trees:
            for event in built(tree):
                client.emit(event)
                sent += 1
        client.close()
    except (ConfigurationError, WorldError):
        raise
    except Exception as error:  # of requests, of Kafka, of a file: their words can hold a token
        raise WorldError(
            f"OpenLineage: the receiver took {sent} events and then failed ({type(error).__name__}); "
            "send again: runs have the same ids"
        ) from None
    return sent


__all__ = ["built", "send"]
