"""All operators, and how a policy names one: ``redact`` or ``{operator: partial, keep_last: 4}``."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from maskgate.operators.base import Action
from maskgate.operators.date_shift import DateShift
from maskgate.operators.drop import Drop
from maskgate.operators.encrypt import Encrypt
from maskgate.operators.fpe import Fpe
from maskgate.operators.generalize import Generalize
from maskgate.operators.hash import Hash
from maskgate.operators.keep import Keep
from maskgate.operators.partial import Partial
from maskgate.operators.pseudonym import Pseudonym
from maskgate.operators.redact import Redact
from maskgate.operators.replace import Replace
from maskgate.operators.tokenize import Tokenize

OPERATORS: dict[str, type[Action]] = {
    str(cls.model_fields["operator"].default): cls
    for cls in (
        Keep,
        Redact,
        Replace,
        Partial,
        Hash,
        Pseudonym,
        Tokenize,
        Fpe,
        Generalize,
        DateShift,
        Encrypt,
        Drop,
    )
}


def _named(value: Any) -> Any:
    return {"operator": value} if isinstance(value, str) else value


AnyAction = Annotated[
    Annotated[
        Keep | Redact | Replace | Partial | Hash | Pseudonym | Tokenize | Fpe | Generalize | DateShift | Encrypt | Drop,
        Field(discriminator="operator"),
    ],
    BeforeValidator(_named),
]
