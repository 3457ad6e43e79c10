"""Credentials by what stands beside them in an array, and members of objects of Kubernetes."""

# ruff: noqa: E501  (a case reads best on one line)

from __future__ import annotations

import json

import pytest

from maskgate_detectors import Engine, EngineConfig

BODY = "MHcCAQEEIJ8r4TnvK1xWm7YbLpD3sHcGa9JfE2oUt6RiQdoAoGCCqGSM49"


@pytest.fixture(scope="module")
def engine() -> Engine:
    """All rules, no model."""
    return Engine(EngineConfig(model="none", time_budget_s=10.0))


def _found(engine: Engine, record: object) -> set[str]:
    scan = engine.batch([json.dumps(record).encode()])[0]
    assert scan.error is None
    return {item.path for item in scan.findings}


@pytest.mark.parametrize(
    ("record", "paths"),
    [
        ({"cmd": ["mysql", "-uroot", "-pS3cret!x", "db"]}, {"/cmd/2"}),
        ({"args": ["run", "--password", "hunter2x", "--name", "web"]}, {"/args/2"}),
        ({"a": ["/usr/bin/curl", "-u", "bob:Sommer22", "https://x"]}, {"/a/2"}),
        ({"a": ["curl", "-ubob:pw1"]}, {"/a/1"}),
        ({"a": ["docker", "login", "-u", "ci", "-p", "dckr9xyz"]}, {"/a/5"}),
        ({"a": ["sshpass", "-p", "Winter22", "ssh", "h"]}, {"/a/2"}),
        (
            {"k": ["-----BEGIN EC PRIVATE KEY-----", BODY, "AbC=", "-----END EC PRIVATE KEY-----", "ok"]},
            {"/k/1", "/k/2", "/k/3"},
        ),
        ({"kind": "Secret", "data": {"a.txt": "aGVsbG8="}, "stringData": {"x": "plainword"}}, {"/data/a.txt", "/stringData/x"}),
        ({"kind": "SecretList", "items": [{"data": {"k": "dmFs"}}]}, {"/items/0/data/k"}),
        ({"objectRef": {"resource": "secrets"}, "requestObject": {"data": {"k": "dmFsdWU="}}}, {"/requestObject/data/k"}),
        ({"items": [{"kind": "ConfigMap", "data": {"k": "v"}}, {"kind": "Secret", "data": {"k": "dmFs"}}]}, {"/items/1/data/k"}),
        ({"a": ["ls", "-l", "-p", "dir"]}, set()),
        ({"a": ["docker", "run", "-p", "8080:80", "nginx"]}, set()),
        ({"a": ["git", "commit", "-u", "x:y"]}, set()),
        ({"a": ["--token", "$TOKEN"]}, set()),
        ({"a": ["--token-ttl", "30m"]}, set()),
        ({"k": ["-----BEGIN CERTIFICATE-----", "text of it", "-----END CERTIFICATE-----"]}, set()),
        ({"kind": "SecretStore", "data": {"k": "value"}}, set()),
        ({"x": ["-1", "-", "a-b"]}, set()),
    ],
    ids=lambda value: json.dumps(value)[:60] if isinstance(value, dict) else "",
)  # fmt: skip
def test_an_argument_is_what_the_elements_beside_it_say(engine: Engine, record: object, paths: set[str]) -> None:
    """Alone, in a second record of the same form with other values, and inside a string of JSON."""
    assert _found(engine, record) == paths
    assert _found(engine, {"other": 1} | record) == paths  # type: ignore[operator]
    assert bool(_found(engine, {"log": json.dumps(record)})) is bool(paths)


def test_records_of_one_form_are_judged_by_their_own_values(engine: Engine) -> None:
    """What one array of arguments said is not remembered for another."""
    first, second = {"a": ["run", "--password", "hunter2x"]}, {"a": ["run", "--verbose", "hunter2x"]}
    for _ in range(2):
        assert _found(engine, first) == {"/a/2"}
        assert _found(engine, second) == set()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Driver={SQL Server};Server=db;Uid=app;Pwd={p;8}}xQ9};Database=x", "p;8}}xQ9"),
        (r"host=db user=app password='it\'s s3cret' dbname=x", r"it\'s s3cret"),
        ("jdbc:sqlserver://db:1433;user=sa;password={p@ss;w0rd};encrypt=true", "p@ss;w0rd"),
        ('Server=db;User Id=app;Password="a;b s3c";Database=x', "a;b s3c"),
        ("redis://:p4ssword@h:6379/0", "p4ssword"),
        ("exec ['mysql', '-uroot', '-pS3cret!x']", "S3cret!x"),
        ("run ['curl', '-u', 'bob:Sommer22']", "Sommer22"),
        ("hooks.slack.com/services/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", "k8Jt2mQw9ZrV4xYbN6sPdHfG"),
    ],
)
def test_what_quotes_and_braces_hold_is_found_whole(engine: Engine, text: str, value: str) -> None:
    """Doubled braces, escaped quotes, blanks and semicolons belong to the password."""
    at = text.index(value)
    covered = {place for hit in engine.scan_text(text) for place in range(hit.start, hit.end)}
    assert set(range(at, at + len(value))) <= covered
