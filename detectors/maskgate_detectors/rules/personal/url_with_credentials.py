"""URLs that carry a password or a person's token."""

from __future__ import annotations

from maskgate_detectors.model.rule import SECRET, Rule, detector

_PLACEHOLDERS = frozenset(
    {
        "password",
        "pass",
        "pwd",
        "passwd",
        "secret",
        "changeme",
        "xxx",
        "xxxx",
        "***",
        "****",
        "*****",
        "token",
        "<password>",
    }
)


def _not_a_placeholder(text: str) -> bool:
    """Whether the password is none of the words documentation uses for one."""
    password = text.rpartition(":")[2].casefold()
    return password not in _PLACEHOLDERS and not password.startswith(("$", "%", "<", "{"))


@detector
def url_with_credentials() -> Rule:
    """https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1"""
    return Rule(
        id="url-with-credentials",
        entity=SECRET,
        label="User and password in a URL",
        pattern=(
            r"(?i)(?:[a-z][a-z0-9+.-]{1,30})://(?P<value>[^\s/:@?#\"'<>]{0,100}:[^\s/@\"'<>{}$]{1,200}(?:@[^\s"
            r"/@:?&=,;\"'<>]{1,60}){0,2})@[a-z0-9\[_.-]"
        ),
        triggers=(r"(?i)[a-z]:(?:\\?/){2}[^\s/:@?#\"'<>\\]{0,40}:[^\s/@\"'<>\\]{1,60}@[a-z0-9\[]",),
        score=0.95,
        validate=_not_a_placeholder,
        matches=(
            "postgres://⟦app:{an12}⟧@db.internal:5432/shop",
            "https://⟦deploy:{an20}⟧@git.example.com/x.git",
            "redis://⟦:{an16}⟧@cache:6379/0",
            "postgres://⟦app:P@ss{an8}⟧@pg-0:5432/shop",
            "amqp://⟦guest:{an9}⟧@mq:5672/vhost",
            "neo4j+s://⟦neo4j:{an13}⟧@x.databases.neo4j.io",
        ),
        ignores=(
            "https://example.com:8080/a@b",
            "http://user@example.com",
            "postgres://user:password@localhost/db",
            "https://${USER}:${PASS}@host/",
            "jdbc:mysql://db:3306/x?email=a@b.co",
        ),
    )
