"""What is wrong with a people file, in words that say where and what to write instead."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from maskgate.base.yaml_lines import line_at, lines_of


def lines(error: ValidationError, model: type[BaseModel], where: str, text: str) -> Iterator[str]:
    """One line per fault; never a value of the file."""
    known = lines_of(text) if text else {}
    for item in error.errors(include_url=False, include_input=False, include_context=False):
        place = tuple(str(part) for part in item["loc"])
        line = line_at(known, place)
        at = f"{where}:{line}" if line else where
        said = _said(item["type"], item["msg"], _around(model, item["loc"][:-1]), place[-1] if place else "")
        yield f"{at}: {'.'.join(place)}: {said}"


def _said(kind: str, message: str, allowed: list[str], word: str) -> str:
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(word, allowed, n=1)
        return f"unknown key; did you mean '{near[0]}'?" if near else f"unknown key; allowed: {', '.join(allowed)}"
    if kind == "missing":
        return f"is missing; an entry here has: {', '.join(allowed)}"
    return message


def _around(model: type[BaseModel], place: tuple[Any, ...]) -> list[str]:
    """The members that the model at this place has."""
    for part in place:
        if isinstance(part, str) and part in model.model_fields:
            inner = _model_in(model.model_fields[part].annotation)
            model = inner or model
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for arg in get_args(annotation) if (found := _model_in(arg))), None)
