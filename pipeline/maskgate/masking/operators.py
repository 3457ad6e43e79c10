"""All operators, and how a policy names one: ``redact`` or ``{operator: partial, keep_last: 4}``."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from maskgate.masking.base import Action
from maskgate.masking.date_shift import DateShift
from maskgate.masking.drop import Drop
from maskgate.masking.encrypt import Encrypt
from maskgate.masking.fpe import Fpe
from maskgate.masking.generalize import Generalize
from maskgate.masking.hash import Hash
from maskgate.masking.keep import Keep
from maskgate.masking.partial import Partial
from maskgate.masking.pseudonym import Pseudonym
from maskgate.masking.redact import Redact
from maskgate.masking.replace import Replace
from maskgate.masking.tokenize import Tokenize

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
