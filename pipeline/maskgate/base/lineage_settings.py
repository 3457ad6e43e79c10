"""The section of the configuration that says where lineage is kept."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from pydantic import Field, field_validator

from maskgate.base import address
from maskgate.base.section import Duration, Section


class Lineage(Section):
    """The lineage sink."""

    dir: Path = Field(Path(".maskgate/lineage"), description="Folder of the Parquet files; with a store: of copies")
    max_rows: int = Field(50_000, description="Rows that wait in memory at most, over all partitions", ge=1)
    max_wait: Duration = Field(10.0, description="Longest time rows wait for their file")
    registry_url: str = Field("", description="Schema registry (Confluent API); empty: single-object encoding")
    store: str = Field("", description="URL of an object store or Delta table to use instead of the folder")
    store_endpoint: str = Field("", description="Address of the object store's API; empty: that of the cloud")
    store_region: str = Field("", description="Region of the bucket; empty: from the environment")

    @field_validator("dir", mode="before")
    @classmethod
    def _local(cls, value: Any) -> Any:
        """``s3://bucket`` would become a local folder of that name, and nobody would find the rows."""
        scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):/", value) if isinstance(value, str) else None
        if scheme:
            raise ValueError(f"the scheme '{scheme[1]}' is no path: write a local folder here, a URL in lineage.store")
        return value

    @field_validator("store")
    @classmethod
    def _known(cls, value: str) -> str:
        if value and (problem := address.problem(value)):
            raise ValueError(problem)
        return value.rstrip("/")

    @property
    def where(self) -> address.Where:
        """Where the rows are kept."""
        if not self.store:
            return self.dir
        return address.Address(self.store, self.dir, self.store_endpoint, self.store_region)
