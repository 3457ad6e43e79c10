"""The typed settings of mutual TLS, SCRAM over TLS and OAUTHBEARER against a real broker, and what is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from benchmarks.chaos import chaos

from fakes.secure_kafka import Authority, Provider, SecureKafka
from maskgate.base.config import Kafka
from maskgate.base.errors import WorldError
from maskgate.kafka import admin, topics
from maskgate.kafka.session import Out, Session
from maskgate.local import kafka_local
from maskgate.watch.app import credentials
from maskgate.watch.tokens import Tokens

BASE = {"security_protocol": "SASL_SSL", "sasl_mechanism": "OAUTHBEARER"}
CLIENT = BASE | {"oauth_token_url": "http://127.0.0.1:1", "oauth_client_id": "c", "oauth_client_secret": "s3cret"}
CERTIFICATE = ("ssl_certificate_location", "ssl_key_location")


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory, kafka_possible: None) -> Iterator[SecureKafka]:
    """One broker for all ways in."""
    assert not kafka_local.missing()
    running = SecureKafka(tmp_path_factory.mktemp("secure"))
    admin.ensure_topics(running.plain(), [topics.TopicSpec("t", 1)])
    yield running
    running.stop()


def way_in(secure: SecureKafka, way: str) -> Kafka:
    """Settings of a way in, right in every part."""
    return {"mtls": secure.mtls, "mtls, key with a password": lambda: secure.mtls(password="locked"),
            "scram": secure.scram, "oauth": secure.oauth}[way]()  # fmt: skip


@pytest.mark.kafka
@pytest.mark.parametrize("way", ["mtls", "mtls, key with a password", "scram", "oauth"])
def test_a_session_reads_and_commits_over_every_way_in(secure: SecureKafka, way: str) -> None:
    """A transactional session writes a record, and a session of its own reads it: consumer, producer and admin."""
    kafka = way_in(secure, way)
    assert "t" in admin.reachable(kafka, timeout_s=20)
    name = way.replace(",", "").replace(" ", "-")
    session = Session(kafka, group=f"g-{name}", transactional_id=f"g-{name}", topics=["t"], partitions={("t", 0): 0})
    session.commit([Out("t", name.encode(), partition=0)], {})
    found: list[bytes | None] = []
    for _ in range(200):
        found += [m.value() for m in session.poll(10, 0.1)]
        if name.encode() in found:
            break
    session.close()
    assert name.encode() in found


@pytest.mark.kafka
def test_the_watch_signs_in_with_a_certificate_or_a_token(secure: SecureKafka) -> None:
    """faust's own client (aiokafka) takes the same settings."""
    from aiokafka.admin import AIOKafkaAdminClient

    async def listed(kafka: Kafka) -> list[str]:
        found: Any = credentials(kafka)
        more = {"sasl_mechanism": "OAUTHBEARER", "sasl_oauth_token_provider": found.oauth_cb} if kafka.oauth else {}
        client = AIOKafkaAdminClient(
            bootstrap_servers=kafka.bootstrap_servers,
            security_protocol=kafka.security_protocol,
            ssl_context=found.ssl_context if kafka.oauth else found.context,
            **more,
        )
        await client.start()
        try:
            return list(await client.list_topics())
        finally:
            await client.close()

    for kafka in (secure.mtls(), secure.oauth()):
        assert "t" in asyncio.run(listed(kafka))


@pytest.mark.kafka
@pytest.mark.parametrize("way", ["no certificate", "another authority", "broker of another authority", "wrong secret"])
def test_what_does_not_prove_itself_gets_no_answer(secure: SecureKafka, way: str, tmp_path: Path) -> None:
    """The broker refuses strangers, and we refuse a broker that our authority did not sign."""
    other = Authority(tmp_path, "other")
    kafka = {
        "no certificate": lambda: secure.mtls().model_copy(update=dict.fromkeys(CERTIFICATE, "")),
        "another authority": lambda: secure.mtls(other),
        "broker of another authority": lambda: secure.scram().model_copy(update={"ssl_ca_location": str(other.file)}),
        "wrong secret": lambda: secure.oauth("wrong"),
    }[way]()  # fmt: skip
    with pytest.raises(WorldError):
        admin.reachable(kafka, timeout_s=4)


def test_a_token_is_kept_until_shortly_before_its_end() -> None:
    """The watch asks once for several connections, and again for a token that ends soon; a refusal has no secret."""
    provider = Provider()
    kafka = Kafka.model_validate(CLIENT | {"oauth_token_url": provider.address, "oauth_client_id": "maskgate-roles"})
    with pytest.raises(WorldError) as caught:
        asyncio.run(Tokens(kafka).token())
    assert "s3cret" not in str(caught.value)
    good = Kafka.model_validate(kafka.model_dump() | {"oauth_client_secret": "a-secret-of-the-tests"})

    async def twice() -> tuple[str, str]:
        tokens = Tokens(good)
        return await tokens.token(), await tokens.token()

    first, second = asyncio.run(twice())
    assert (first == second, provider.given) == (True, 1)
    provider.lasts_s = 30
    asyncio.run(twice())
    assert provider.given == 3
    provider.stop()


@pytest.mark.parametrize(
    ("tree", "told"),
    [
        ({"ssl_certificate_location": "a", "security_protocol": "SSL"}, "belong together"),
        ({"ssl_certificate_location": "a", "ssl_key_location": "b"}, "needs security_protocol SSL"),
        (BASE, "OAUTHBEARER needs oauth_token_url"),
        ({"sasl_mechanism": "SCRAM"}, "Input should be"),
    ],
    ids=["half a certificate", "a certificate without TLS", "half a client", "no mechanism"],
)
def test_half_a_setting_is_refused_before_a_byte_is_sent(tree: dict[str, Any], told: str) -> None:
    """The error names the settings that are missing."""
    with pytest.raises(ValueError, match=told):
        Kafka.model_validate(tree)


def test_no_secret_shows_in_the_settings() -> None:
    """Passwords of keys and clients are hidden as the others are."""
    assert "s3cret" not in repr(Kafka.model_validate(CLIENT | {"ssl_key_password": "s3cret"}))


@pytest.mark.kafka
@pytest.mark.slow
@pytest.mark.long
def test_nothing_is_lost_or_doubled_over_tls_and_scram(secure: SecureKafka, tmp_path: Path) -> None:
    """Workers, gate and sink over SASL_SSL while they and the broker (every connection with it) are killed."""
    targets = ("worker", "broker", "gate", "broker", "lineage")
    plan = chaos.Plan(
        2000, kills=6, topic="tls-events", partitions=3, targets=targets, batch_records=40, pause_s=1.5, aim_every=1
    )
    report = chaos.run(plan, tmp_path, secure.scram(), secure.node)
    assert report.kills["broker"] > 0
    assert report.sound(), report
    assert (report.events, report.held, report.dead) == (2000, 100, 4)
