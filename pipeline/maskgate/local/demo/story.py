"""The story: events stream in, most pass masked, some are held; people decide; then the account is read back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from maskgate.base.errors import MaskgateError
from maskgate.base.records import Header
from maskgate.kafka import kcat
from maskgate.kafka import topics as names
from maskgate.kafka.session import to_record
from maskgate.lineage.ask import query
from maskgate.local import brokers
from maskgate.local.demo import events, stage
from maskgate.local.demo.account import Expected
from maskgate.local.demo.messenger import Messenger, asks, shown
from maskgate.local.demo.workspace import CRM, EVENTS, PARTNER, Workspace
from maskgate.watch import usage

Say = Callable[[str], None]
EVENT_COUNT = 360
CRM_EVERY = 4


@dataclass
class Story:
    """Plays against running roles; ``expected`` grows with what it does on purpose."""

    work: Workspace
    roles: stage.Roles
    say: Say
    expected: Expected = field(default=Expected(0, 0, 0, 0, 0, 0))
    sent: list[tuple[str, bytes]] = field(default_factory=list)

    def stream(self) -> int:
        """Produce the sample events, the exports among them and the poison; the number of records."""
        out: list[tuple[str, str, bytes, tuple[Header, ...]]] = []
        for n, value in enumerate(events.stream(EVENT_COUNT)):
            out.append((CRM if n % CRM_EVERY == 0 else EVENTS, f"k{n % 37}", value, _export(n)))
        poison = events.poison()
        out += [(EVENTS, f"poison{n}", value, ()) for n, value in enumerate(poison)]
        for topic in (EVENTS, CRM):
            mine = [(key.encode(), value, headers) for at, key, value, headers in out if at == topic]
            kcat.produce_records(self.work.settings.kafka, topic, mine)
        exports = sum(1 for *_, headers in out if headers)
        self.sent = [(topic, value) for topic, _, value, _ in out]
        self.expected = Expected(len(poison), exports, 0, 0, 0, 0)
        return len(out)

    def await_masked(self, produced: int) -> None:
        """Wait until every record is masked, held or dead-lettered."""
        kafka = self.work.settings.kafka
        results = [f(t) for t in (EVENTS, CRM) for f in (names.masked, names.dead_letters)] + [names.REQUESTS]
        done = 0

        def look() -> bool:
            nonlocal done
            done = sum(1 for _ in brokers.read_to_end(kafka, results))
            return done >= produced

        stage.wait_for("every record to be masked, held or dead-lettered", look, self.roles, lambda: done)

    def await_requests(self) -> list[dict[str, Any]]:
        """The open requests, once the gate has opened one for every export."""
        found: list[dict[str, Any]] = []

        def look() -> list[dict[str, Any]] | None:
            found[:] = stage.requests(self.work.config_file)
            return list(found) if len(found) >= self.expected.exports else None

        return stage.wait_for("the gate to open a request for each export", look, self.roles, lambda: len(found))

    def await_card(self, messenger: Messenger) -> list[str]:
        """The first message that asks for a decision, as lines of a box."""
        card = stage.wait_for(
            "the first message to the reviewers",
            lambda: next((one for one in messenger.cards if asks(one)), None),
            self.roles,
            lambda: len(messenger.cards),
        )
        return shown(card)

    def decide(self, requests: list[dict[str, Any]]) -> None:
        """Two reviewers approve one export, one is denied, one expires, a self-approval is refused."""
        ada, grace, linus = (
            stage.Person(self.work.config_file, self.work.key_of(who)) for who in ("ada", "grace", "linus")
        )
        short = [r for r in requests if r["tier"] == "quick"]
        of_linus = [r for r in requests if r not in short and _asker(r).endswith("linus")]
        others = [r for r in requests if r not in short and r not in of_linus]
        approved, denied = others[0]["request_id"], others[1]["request_id"]
        mine = of_linus[0]["request_id"]

        self._must(ada.decide("approve", approved, "contract 2211, fields agreed"), "Ada approves")
        self._must(grace.decide("approve", approved, "recipient and transport checked"), "Grace approves")
        self._must(ada.decide("deny", denied, "no contract with this partner"), "Ada denies")
        accepted, said = linus.decide("approve", mine, "it is mine, so it is fine")
        if accepted:
            raise MaskgateError("a self-approval was accepted")
        last = said.splitlines()[-1] if said else "refused"
        self.say(f"  Linus approves his own export → {last.removeprefix('maskgate: ')}")
        self.expected = Expected(self.expected.poison, self.expected.exports, 1, 1, len(short), 1)

    def await_end(self) -> None:
        """Wait for the release, the denial, the expiry, and until lineage has reached the files."""
        wanted = {"released": self.expected.released, "denied": self.expected.denied, "expired": self.expected.expired}

        states: list[str] = []

        def done() -> bool:
            states[:] = [str(r["state"]).lower() for r in stage.requests(self.work.config_file)]
            return all(states.count(state) >= count for state, count in wanted.items())

        stage.wait_for("the release, the denial and the expiry", done, self.roles, lambda: tuple(states))
        kafka = self.work.settings.kafka
        offsets = brokers.end_offsets(kafka, [names.LINEAGE])
        stage.wait_for("lineage to reach its files", lambda: self._lineage_written(offsets), self.roles)

    def _lineage_written(self, ends: dict[tuple[str, int], int]) -> bool:
        """Whether the claims cover every lineage record there was."""
        try:
            rows = query.select(self.work.settings.lineage.dir, "SELECT count(*) FROM lineage").rows[0][0]
        except Exception:  # no claim yet
            return False
        records = sum(1 for _ in brokers.read_to_end(self.work.settings.kafka, [names.LINEAGE]))
        return bool(ends) and rows >= records

    def statistics(self) -> list[str]:
        """What the watch counted, in words."""
        found = usage.read(self.work.settings.pipeline.state_dir)
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted((found.get("kinds") or {}).items()))
        top = sorted((found.get("entities") or {}).items(), key=lambda item: -item[1])[:6]
        return [f"by what became of them: {kinds}", *(f"{name}: {count}" for name, count in top)]

    def _must(self, result: tuple[bool, str], what: str) -> None:
        accepted, said = result
        if not accepted:
            raise MaskgateError(f"{what}: refused: {said}")
        self.say(f"  {what} → {said.splitlines()[-1] if said else 'accepted'}")

    def before_after(self, count: int = 3) -> list[tuple[str, str]]:
        """Some events as they came and as they left, the same event in both."""
        kafka = self.work.settings.kafka
        by_source: dict[tuple[str, int, int], bytes] = {}
        for m in brokers.read_to_end(kafka, [EVENTS, CRM]):
            by_source[(str(m.topic()), int(m.partition() or 0), int(m.offset() or 0))] = m.value() or b""
        shown: list[tuple[str, str]] = []
        for m in brokers.read_to_end(kafka, [names.masked(EVENTS)]):
            headers = to_record(m).headers
            where = next((value or b"//" for name, value in headers if name == "maskgate.source"), b"//").decode()
            topic, partition, offset = where.rsplit("/", 2)
            before = by_source.get((topic, int(partition or 0), int(offset or 0)), b"")
            if before and before != m.value() and len(before) < 420:
                shown.append((before.decode(), (m.value() or b"").decode()))
            if len(shown) == count:
                break
        return shown


def _export(n: int) -> tuple[Header, ...]:
    """Headers of the events that somebody wants to send to the partner."""
    if n % 60 == 5:
        return (("maskgate.export", PARTNER.encode()), ("maskgate.purpose", b"monthly settlement with partner A"))
    if n == 12:
        return (("maskgate.export", PARTNER.encode()), ("maskgate.purpose", b"ad-hoc look"), ("demo.quick", b"1"))
    if n in (16, 40):
        return (("maskgate.export", PARTNER.encode()), ("maskgate.purpose", b"CRM hand-over"))
    return ()


def _asker(request: dict[str, Any]) -> str:
    requester = request.get("requester", "")
    if isinstance(requester, dict):
        requester = requester.get("sub", "")
    return str(requester)
