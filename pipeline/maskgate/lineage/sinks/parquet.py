"""Writing rows as a Parquet file of ours."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from maskgate.base.errors import WorldError
from maskgate.lineage.sinks import expected
from maskgate.lineage.sinks.claims import Footer
from maskgate.lineage.sinks.expected import Entry


def entry_of(path: Path, footer: Footer, missing: int = 0, adopted: bool = False) -> Entry:
    """What the manifest says of a finished file."""
    size = path.stat().st_size
    name, times = str(footer.name), (footer.first_append_ms, footer.last_append_ms)
    return Entry(name, expected.digest(path), size, footer.rows, footer.end, missing, adopted, *times)


def write_file(path: Path, tables: Iterable[pa.Table], footer: Footer) -> None:
    """A synced Parquet file with page checksums and the footer; not visible to anyone yet.

    Raises:
        WorldError: the disk is full or gone.
    """
    try:
        with path.open("wb") as out:
            writer: pq.ParquetWriter | None = None
            for rows in tables:
                table = rows.replace_schema_metadata(footer.metadata())
                if writer is None:
                    writer = pq.ParquetWriter(
                        out, table.schema, compression="zstd", write_page_checksum=True, store_schema=True
                    )
                writer.write_table(table)
            if writer is not None:
                writer.close()
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        path.unlink(missing_ok=True)
        raise WorldError(f"{path.parent}: cannot write lineage: {error.strerror or type(error).__name__}") from None


__all__ = ["entry_of", "write_file"]
