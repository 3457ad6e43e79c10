"""Optional parts of the installation: which package belongs to which extra, and the error that names it."""

from __future__ import annotations

from importlib.util import find_spec

from maskgate.base.errors import ConfigurationError

EXTRAS: dict[str, tuple[str, ...]] = {
    "aws": ("boto3",),
    "console": ("fastapi", "uvicorn", "python_multipart"),
    "delta": ("deltalake",),
    "lineage": ("pyarrow", "duckdb"),
    "mcp": ("mcp",),
    "objectstore": ("obstore",),
    "openlineage": ("openlineage",),
    "pkcs11": ("pkcs11",),
    "tui": ("textual",),
}
"""Extra → the packages that it brings and that code of ours imports without a check of its own."""

_MEANT = {
    "aws": "keys of AWS KMS need",
    "console": "the review pages and HTTP servers need",
    "delta": "lineage in a Delta table needs",
    "lineage": "Parquet files and questions to the lineage need",
    "mcp": "the MCP server needs",
    "objectstore": "lineage in an object store needs",
    "openlineage": "sending OpenLineage events needs",
    "pkcs11": "keys of a PKCS #11 module need",
    "tui": "the full-screen view needs",
}


def need(extra: str) -> None:
    """Refuse to go on without a package of that extra.

    Raises:
        ConfigurationError: one of its packages is not installed; the message has the command that installs it.
    """
    for package in EXTRAS[extra]:
        if find_spec(package) is None:
            raise _error(extra)


def told(error: ModuleNotFoundError) -> ConfigurationError | None:
    """What a failed import means to the user; None where the package belongs to no extra."""
    package = (error.name or "").partition(".")[0]
    return next((_error(extra) for extra, packages in EXTRAS.items() if package in packages), None)


def _error(extra: str) -> ConfigurationError:
    return ConfigurationError(f"{_MEANT[extra]} an extra: pip install 'maskgate[{extra}]' (or 'maskgate[all]')")
