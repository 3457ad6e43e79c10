"""The JSON Schema of the policy file."""

from __future__ import annotations

from typing import Any

from maskgate.approvals.rules import ApprovalPolicy
from maskgate.operators.catalogue import OPERATORS
from maskgate.policy.model import Policy


def policy_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) for editors: operators also by their bare name, the approvals section included."""
    schema = Policy.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "maskgate policy"
    approvals = ApprovalPolicy.model_json_schema(ref_template="#/$defs/{model}")
    definitions = schema["$defs"]
    for name, part in approvals.pop("$defs", {}).items():
        definitions["Approval" + name if name in definitions else name] = part
    clashes = [n for n in ("When",) if f"Approval{n}" in definitions]
    schema["properties"]["approvals"] = _renamed(approvals, clashes)
    for name in list(definitions):
        if name.startswith("Approval") or name in ApprovalPolicy.model_json_schema().get("$defs", {}):
            definitions[name] = definitions[name] if name in ("When",) else _renamed(definitions[name], clashes)
    bare = {"enum": list(OPERATORS), "description": "The operator without arguments"}
    _loosen(schema, bare)
    return schema


def _renamed(part: Any, clashes: list[str]) -> Any:
    """References to the approvals' own definitions where a name is taken twice."""
    if isinstance(part, dict):
        ref = part.get("$ref")
        for name in clashes:
            if ref == f"#/$defs/{name}":
                part = {**part, "$ref": f"#/$defs/Approval{name}"}
        return {key: _renamed(value, clashes) for key, value in part.items()}
    return [_renamed(item, clashes) for item in part] if isinstance(part, list) else part


_LISTS = set(
    "topic path entity detector absent extends subject keys context values entities paths destination matches ignores "
    "disabled enabled server tool".split()
)


def _loosen(part: Any, bare: dict[str, Any]) -> None:
    """Operators may be a name, lists of names one name: what the reader of the file accepts, the schema allows."""
    if isinstance(part, list):
        for i, item in enumerate(part):
            _loosen(item, bare)
            if isinstance(item, dict) and item.get("discriminator"):
                part[i] = {"anyOf": [bare, item]}
        return
    if not isinstance(part, dict):
        return
    for key, value in list(part.items()):
        _loosen(value, bare)
        if isinstance(value, dict) and value.get("discriminator"):
            part[key] = {"anyOf": [bare, value]}
        properties: dict[str, Any] = part["properties"] if key == "properties" else {}
        for name in _LISTS & set(properties):
            inner = properties[name]
            if inner.get("type") == "array" and inner.get("items", {}).get("type") == "string":
                text = {k: v for k, v in inner.items() if k in ("description", "default", "title")}
                properties[name] = text | {
                    "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]
                }
