"""Schemas by id from a registry with the Confluent API; each is fetched once."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

from maskgate.base.errors import RecordError, WorldError


@dataclass(frozen=True)
class Schema:
    """A schema and those that it names: ``references`` are (name, schema) in the order of dependence."""

    kind: str  # AVRO, JSON or PROTOBUF
    text: str
    references: tuple[tuple[str, Schema], ...] = ()


class Registry:
    """A reader of schemas."""

    def __init__(self, url: str, username: str = "", password: str = "", client: Any = None) -> None:
        self._url = url.rstrip("/")
        self._auth = (username, password) if username else None
        self._client = client
        self._known: dict[int, Schema | None] = {}
        self._lock = threading.Lock()

    def schema(self, schema_id: int) -> Schema:
        """The schema of an id.

        Raises:
            RecordError: the registry does not have it (``unknown_schema``).
            WorldError: the registry does not answer.
        """
        with self._lock:
            if schema_id not in self._known:
                if len(self._known) > 10_000:
                    self._known.clear()
                self._known[schema_id] = self._fetch(f"/schemas/ids/{schema_id}")
            found = self._known[schema_id]
        if found is None:
            raise RecordError("unknown_schema", f"the registry has no schema {schema_id}")
        return found

    def _fetch(self, path: str) -> Schema | None:
        tree = self._get(path)
        if tree is None:
            return None
        kind = str(tree.get("schemaType", "AVRO"))
        if kind == "PROTOBUF":
            tree = self._get(f"{path}?format=serialized") or tree
        references = []
        for entry in tree.get("references") or ():
            found = self._fetch(f"/subjects/{entry['subject']}/versions/{entry['version']}")
            if found is None:
                return None
            references.append((str(entry["name"]), found))
        return Schema(kind, str(tree["schema"]), tuple(references))

    def _get(self, path: str) -> dict[str, Any] | None:
        import httpx

        client = self._client or httpx.Client(timeout=10.0)
        try:
            response = client.get(self._url + path, auth=self._auth)
        except httpx.HTTPError as error:
            raise WorldError(f"{self._url}: the schema registry does not answer: {type(error).__name__}") from None
        if response.status_code == 404:
            return None
        try:
            tree = response.json() if response.status_code == 200 else None
        except ValueError:
            tree = None
        if not isinstance(tree, dict) or not isinstance(tree.get("schema"), str):
            raise WorldError(f"{self._url}: the schema registry answered with status {response.status_code}")
        return tree
