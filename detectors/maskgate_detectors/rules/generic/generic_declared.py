"""Credentials in declarations that have no sign between name and value: commands, blocks, cells and elements."""

# ruff: noqa: E501  (a pattern reads best whole)

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model import negative_patterns as unlike
from maskgate_detectors.model.rule import SECRET, Rule, detector

_NAMES = r"(?:key|token|secret|passw(?:or)?d|passphrase|pwd|credentials?|_pat|_pass|_auth)"
_CONNECTIONS = (
    "server=", "data source=", "host=", "uid=", "user id=", "user=", "database=", "dbname=", "endpoint=", "account=",
    "accountname=", "initial catalog=", "driver=", "dsn=", "jdbc:", "port=", "provider=",
)  # fmt: skip


@detector
def environment_secret() -> Rule:
    """https://docs.docker.com/reference/dockerfile/#env"""
    return Rule(
        id="secret-environment",
        entity=SECRET,
        label="Credential given to a variable of the environment without a sign",
        pattern=(
            rf"(?:^|[\s;|&\"'=])(?:setenv|setx|ENV|ARG|set(?: -[a-zA-Z]{{1,3}}){{1,3}}|Set-Item(?: -Path)?|export)[ \t]{{1,4}}"
            rf"(?i:[\"']?(?:env:)?\w{{0,60}}{_NAMES}[\"']?)[ \t]{{1,4}}(?:-Value[ \t])?[\"']?(?P<value>[^\s\"'$\\\\]{{6,400}})"
        ),
        triggers=(
            r"(?:setenv|setx|ENV|ARG|set(?: -[a-zA-Z]{1,3}){1,3}|Set-Item(?: -Path)?|export)[ \t]{1,4}"
            rf"(?i:[\\\"']{{0,2}}(?:env:)?\w{{0,60}}{_NAMES})[\\\"']{{0,2}}[ \t]",
        ),
        validate=secret_checks.password_there,
        valid_score=0.88,
        matches=(
            "ENV ACME_API_TOKEN ⟦{an32}⟧",
            "setenv ACME_SECRET ⟦{x32}⟧",
            "set -gx ACME_TOKEN ⟦{an24}⟧",
            "Set-Item env:ACME_KEY '⟦{an24}⟧'",
            'setx DB_PASSWORD "⟦Herbst{d4}!⟧"',
        ),
        ignores=("ARG ACME_TOKEN", "ENV API_KEY $API_KEY", "set -e TOKEN", "export ACME_KEY default"),
    )


@detector
def default_secret() -> Rule:
    """https://developer.hashicorp.com/terraform/language/values/variables"""
    return Rule(
        id="secret-default",
        entity=SECRET,
        label="Credential as the default of a variable, or made by echo in a makefile",
        pattern=(
            rf"(?i)(?:(?:variable|output)\s{{1,4}}\"[\w-]{{0,60}}{_NAMES}\"\s{{0,4}}\{{[^{{}}]{{0,400}}?\b(?:default|value)\s{{0,20}}=\s{{0,4}}\""
            rf"|\b\w{{0,60}}{_NAMES}\s{{0,4}}!=\s{{0,4}}(?:echo|printf)\s[\"']?)(?P<value>[^\s\"'$\\\\]{{6,400}})"
        ),
        triggers=(
            rf"(?i)(?:variable|output)\s{{1,4}}\"[\w-]{{0,60}}{_NAMES}\"\s{{0,4}}\{{",
            rf"(?i){_NAMES}\s{{0,4}}!=\s{{0,4}}(?:echo|printf)\s",
        ),
        validate=secret_checks.password_there,
        valid_score=0.88,
        matches=(
            'variable "acme_token" {\n  type    = string\n  default = "⟦{an32}⟧"\n}',
            "ACME_TOKEN != echo ⟦{x32}⟧",
        ),
        ignores=(
            'variable "acme_token" {\n  type = string\n}',
            'variable "acme_token" {\n  default = "required"\n}',
            "if TOKEN != echo",
        ),
    )


@detector
def secret_in_cell() -> Rule:
    """https://github.github.com/gfm/#tables-extension-"""
    return Rule(
        id="secret-in-cell",
        entity=SECRET,
        label="Credential in a cell beside its name, or set off from its name by marks of Markdown",
        pattern=(
            rf"(?i)(?:\|[ \t]{{0,20}}[`*]{{0,2}}[\w .-]{{0,40}}{_NAMES}[`*]{{0,2}}[ \t]{{0,40}}\|[ \t]{{0,20}}`?"
            rf"|\*\*[\w .-]{{0,40}}{_NAMES}:?\*\*:?[ \t]{{0,4}}`)(?P<value>[^\s|`\"'<>{{}}]{{8,400}})"
        ),
        triggers=(rf"(?i){_NAMES}[`*:]{{0,4}}[ \t]{{0,40}}[|`]",),
        validate=secret_checks.loose_token,
        valid_score=0.85,
        matches=("| acme_token | ⟦{an32}⟧ |", "**Acme token**: `⟦{an32}⟧`", "| `api_key` | `⟦{x32}⟧` |"),
        ignores=("| api_key | string |", "| token | prod-eu-1 |", "**token**: `string`", "the key | page-2024"),
    )


@detector
def secret_in_element() -> Rule:
    """https://html.spec.whatwg.org/multipage/input.html"""
    return Rule(
        id="secret-in-element",
        entity=SECRET,
        label="Credential in an attribute of an element that its name stands in, before or behind it",
        pattern=(
            rf"(?i)<\w[\w:.-]{{0,30}}\s(?:[^<>]{{0,200}}\s)?(?:"
            rf"(?:name|id|key|property|itemprop)=[\"'][\w.:-]{{0,60}}{_NAMES}[\"'][^<>]{{0,120}}?\s(?:content|value|data-value)=[\"']"
            rf"(?P<value>[^\s\"'<>{{}}]{{8,400}}))"
        ),
        triggers=(rf"(?i)=[\\\"']{{1,2}}[\w.:-]{{0,60}}{_NAMES}[\\\"']{{1,2}}[^<>]{{0,120}}(?:content|value)=",),
        validate=secret_checks.loose_token,
        valid_score=0.85,
        matches=('<meta name="acme-token" content="⟦{an32}⟧">', '<param id="k" name="apiKey" value="⟦{x32}⟧"/>'),
        ignores=('<meta name="token" content="string">', '<input name="password" value="{{ password }}">'),
    )


@detector
def secret_before_name() -> Rule:
    """https://html.spec.whatwg.org/multipage/input.html"""
    return Rule(
        id="secret-before-name",
        entity=SECRET,
        label="Credential as the value of an element whose name follows",
        pattern=(
            rf"(?i)<\w[\w:.-]{{0,30}}\s(?:[^<>]{{0,200}}\s)?(?:value|content)=[\"'](?P<value>[^\s\"'<>{{}}]{{8,400}})[\"']"
            rf"[^<>]{{0,120}}\s(?:name|id|key)=[\"'][\w.:-]{{0,60}}{_NAMES}[\"']"
        ),
        triggers=(rf"(?i)(?:name|id|key)=[\\\"']{{1,2}}[\w.:-]{{0,60}}{_NAMES}[\\\"']",),
        near=("value=", "content="),
        validate=secret_checks.loose_token,
        valid_score=0.85,
        matches=('<input type="hidden" value="⟦{an32}⟧" name="acme_token"/>',),
        ignores=('<input value="required" name="token">', '<input type="password" name="password">'),
    )


@detector
def secret_told_for() -> Rule:
    """https://cwe.mitre.org/data/definitions/798.html"""
    return Rule(
        id="secret-told-for",
        entity=SECRET,
        label="Key or token in a sentence that says whose it is",
        pattern=(
            r"(?i)\b(?:key|token|secret|password|credential) (?:for|of|to|used by|from) [\w .'-]{1,40}?(?: is|:| =| was)"
            r" ?[\"'`]?(?P<value>[A-Za-z0-9_+/=.~!@#$%^&*-]{8,400})"
        ),
        triggers=(
            r"(?i)(?:key|token|secret|password|credential) (?:for|of|to|used by|from) [\w .'-]{1,40}(?: is|:| =| was) ?",
        ),
        validate=secret_checks.loose_token,
        valid_score=0.8,
        matches=("token for acme is '⟦{an32}⟧'", "the key of the billing service: ⟦{x32}⟧"),
        ignores=(
            "the token for acme is expired-since-2024",
            "key of the table is user_id",
            "password for the demo: required",
        ),
    )


@detector
def kubernetes_secret() -> Rule:
    """https://kubernetes.io/docs/concepts/configuration/secret/"""
    return Rule(
        id="kubernetes-secret",
        entity=SECRET,
        label="Member of a Kubernetes Secret",
        pattern=r"(?:^|\n)[ \t]{0,8}kind: Secret\n(?:[^\n]*\n){0,40}?[ \t]{0,8}(?:data|stringData):\n[ \t]{1,8}[\w.-]{1,80}: [\"']?(?P<value>[^\s\"']{3,})",
        triggers=(r"kind: Secret",),
        score=0.95,
        matches=("apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ndata:\n  first: ⟦{b40}⟧\n",),
        ignores=("kind: SecretStore\ndata:\n  first: abcdef\n", "kind: Secret"),
    )


def _in_quotes(text: str) -> bool:
    """Whether what stands in quotes or braces is a value: no reference to one, no word that stands for one."""
    return text[:1] not in "$<%{@" and unlike.own_value(text)


def _quoted(text: str) -> bool:
    return _in_quotes(text[1:-1])


@detector
def connection_string_quoted() -> Rule:
    """https://learn.microsoft.com/sql/relational-databases/native-client/applications/using-connection-string-keywords-with-sql-server-native-client"""
    return Rule(
        id="connection-string-quoted",
        entity=SECRET,
        label="Password in a connection string, in braces (ODBC) or quotes (ADO, libpq), with what is doubled or escaped in it",
        pattern=(
            r"(?i)(?:;|^|[\"' ?&])(?:password|pwd|user password|passphrase|accesskey|accountkey|sharedaccesskey|secret)\s{0,2}=\s{0,2}"
            r"\{(?P<value>(?:[^{}\n]|\}\}){3,200})\}(?:$|[;\s\"'])"
        ),
        triggers=(r"(?i)(?:password|pwd|passphrase|accesskey|accountkey|secret)\s{0,2}=\s{0,2}\{[^{]",),
        near=_CONNECTIONS,
        validate=_in_quotes,
        valid_score=0.95,
        matches=("Driver={SQL Server};Server=db;Uid=app;Pwd={⟦p;8}}x{an4}⟧};Database=x",),
        ignores=("Server=db;Uid=app;Pwd={your_password};", "Server=db;Pwd={};", "Server=db;Pwd=${PW};"),
    )


@detector
def connection_string_in_quotes() -> Rule:
    """https://www.postgresql.org/docs/current/libpq-connect.html"""
    return Rule(
        id="connection-string-in-quotes",
        entity=SECRET,
        label="Password in quotes in a connection string, with escapes or doubled quotes",
        pattern=(
            r"(?i)(?:;|^|[\"' ?&])(?:password|pwd|user password|passphrase|accesskey|accountkey|sharedaccesskey|secret)\s{0,2}=\s{0,2}"
            r"(?P<value>'(?:[^'\\\n]|\\.|''){3,200}'|\"(?:[^\"\\\n]|\\.|\"\"){3,200}\")(?:$|[;\s\"'&])"
        ),
        triggers=(r"(?i)(?:password|pwd|passphrase|accesskey|accountkey|secret)\s{0,2}=\s{0,2}\\?[\"']",),
        near=_CONNECTIONS,
        validate=_quoted,
        valid_score=0.95,
        matches=(
            r"host=db user=app password=⟦'it\'s {an8}'⟧ dbname=x",
            'Server=db;User Id=app;Password=⟦"a;b{an8}"⟧;Database=x',
            "Server=db;Uid=app;Pwd=⟦'a''b;{an8}'⟧;",
        ),
        ignores=("Server=db;Uid=app;Pwd='changeme';", "host=db password='${PW}'", "Server=db;Password='required';"),
    )
