"""The proxy's lineage on a real broker: a row is there before the agent sees the answer, or the answer is withheld."""

from __future__ import annotations

from typing import Any

import pytest

from maskgate.base.config import Kafka
from maskgate.base.errors import WorldError
from maskgate.kafka import topics
from maskgate.lineage.event import LineageEvent, event_id, now_ms
from maskgate.lineage.wire import codec

MAIL = "amelia.okafor@example.co.uk"


@pytest.mark.kafka
def test_every_answer_has_its_row_on_the_lineage_topic(bench: Any, kafka_clean: Any) -> None:
    """When the client has its answer, a reader of committed records has the row, and nothing raw in it."""
    from maskgate.gateway.mcp import rows

    async def story(agent: Any) -> None:
        for name in ("x", "y"):
            answer = await agent.call_tool("lookup", {"name": name})
            assert answer.structured_content["email"] == "<EMAIL_ADDRESS>"
        sent.extend(kafka_clean.read(topics.LINEAGE))

    sent: list[Any] = []
    bench.play(story, rows=rows.KafkaRows(kafka_clean.kafka))
    found = [codec.decode(record.value()) for record in sent]
    assert [row["source_topic"] for row in found].count("mcp.fake.lookup") == 2
    assert len({row["event_id"] for row in found}) == len(found)
    assert all(MAIL.encode() not in record.value() for record in sent)


def test_a_broker_that_is_not_there_withholds_the_answer(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No row, no answer; the error says where it was to go."""
    from maskgate.gateway.mcp import rows

    monkeypatch.setattr(rows, "_WAIT_S", 1.0)
    nowhere = rows.KafkaRows(Kafka(bootstrap_servers="127.0.0.1:9"))
    row = LineageEvent(event_id("masked", "t", 1), "masked", now_ms(), source_topic="t")
    with pytest.raises(WorldError, match=topics.LINEAGE):
        nowhere.write(row)

    async def story(agent: Any) -> None:
        answer = await agent.call_tool("lookup", {"name": "x"})
        assert answer.is_error
        assert MAIL not in str(answer)
        assert "<EMAIL_ADDRESS>" not in str(answer)

    bench.play(story, rows=nowhere)
