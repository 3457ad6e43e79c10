"""Settings of providers: what cannot be safe is refused at the start, and rights follow what is configured."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from maskgate.base.config import Console, Settings
from maskgate.kafka import acls, topics

OKTA = {"name": "okta", "issuer": "https://a.example", "client_id": "c", "client_secret": "s"}
OTHER = {"name": "other", "issuer": "https://b.example", "client_id": "c", "client_secret": "s"}


@pytest.mark.parametrize(
    ("providers", "said"),
    [
        pytest.param([OKTA | {"issuer": "http://a.example"}], "https address", id="without TLS"),
        pytest.param([OKTA | {"issuer": "https://u:p@a.example"}], "https address", id="with a user in the address"),
        pytest.param([OKTA | {"issuer": "http://localhost.evil.example"}], "https address", id="a name like loopback"),
        pytest.param([OKTA | {"client_secret": ""}], "belong together", id="no secret"),
        pytest.param([OKTA | {"auth_method": "none"}], "belong together", id="a secret that is not shown"),
        pytest.param([OKTA | {"scopes": ["email"]}], "holds openid", id="no ID token asked for"),
        pytest.param([OKTA | {"groups": {"a": "b"}}], "groups_claim", id="groups from nowhere"),
        pytest.param([OKTA, OKTA | {"issuer": "https://b.example"}], "one name", id="two of one name"),
        pytest.param([OKTA, OTHER | {"issuer": "https://a.example"}], "one issuer", id="two of one issuer"),
        pytest.param([OKTA | {"groups_claim": "groups"}, OTHER], "several providers", id="any group of one of two"),
        pytest.param(
            [OKTA | {"groups_claim": "g", "step_up": {"groups": {"a": "b"}}}], "by amr or acr", id="strong by nothing"
        ),
    ],
)
def test_what_is_not_safe_is_refused(providers: list[dict[str, Any]], said: str) -> None:
    """The message says what to change."""
    with pytest.raises(ValidationError, match=said):
        Console.model_validate({"providers": providers})


@pytest.mark.parametrize(("claim", "may"), [("", False), ("groups", True)])
def test_only_a_console_that_signs_groups_may_write_people(claim: str, may: bool) -> None:
    """Without groups of a provider it keeps the rights that it had."""
    settings = Settings(console=Console.model_validate({"providers": [OKTA | {"groups_claim": claim}]}))
    rights = {(a.principal, a.operation) for a in acls.acls(settings) if a.name == topics.PEOPLE}
    assert ((settings.principals.console, "Write") in rights) is may
