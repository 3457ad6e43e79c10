"""Who may do what on the broker: one list, from which ``maskgate topics`` prints, applies and checks the ACLs.

The approval stage rests on it: only the gate writes the log, the view and the released topics; only workers and the
intake API write requests; no reviewer reads requests or dead letters. Nobody is given a right by a prefix of a topic's
name, so that a topic created later is closed.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from confluent_kafka import KafkaError, KafkaException, admin

from maskgate.base.config import Kafka, Settings
from maskgate.base.errors import WorldError
from maskgate.kafka import topics
from maskgate.kafka.client import failure, quiet

GATE_ID = "maskgate.gate"
READERS = "maskgate.reader."
_GUARDED = (*topics.CONTROL, topics.LINEAGE)
_NEEDED_BY: Mapping[str, frozenset[str]] = {
    "Describe": frozenset({"Read", "Write", "Alter", "Delete", "All"}),
    "DescribeConfigs": frozenset({"AlterConfigs", "All"}),
}


class Acl(NamedTuple):
    """One right: ``principal`` may do ``operation`` on the resource."""

    principal: str
    operation: str
    kind: str
    name: str
    prefixed: bool = False

    def __str__(self) -> str:
        """The options of ``kafka-acls.sh`` that grant it."""
        option = {"topic": "--topic", "group": "--group", "transactional_id": "--transactional-id"}.get(self.kind)
        where = f"{option} '{self.name}'" if option else "--cluster"
        pattern = " --resource-pattern-type prefixed" if self.prefixed else ""
        return f"--add --allow-principal 'User:{self.principal}' --operation {self.operation} {where}{pattern}"


def _topic(who: str, operation: str, names: Iterable[str]) -> Iterator[Acl]:
    return (Acl(who, operation, "topic", name) for name in names)


def _mask(settings: Settings) -> Iterator[Acl]:
    who, inputs = settings.principals.mask, settings.pipeline.topics
    outputs = [name(topic) for topic in inputs for name in (topics.masked, topics.dead_letters)]
    group = topics.group(settings.pipeline.name, "mask")
    yield from _topic(who, "Read", [*inputs, topics.POLICY, topics.PEOPLE])  # what is published, and who may
    yield from _topic(who, "Read", [*outputs, topics.REQUESTS, topics.LINEAGE])  # what a lost marker left open
    yield from _topic(who, "Write", [*outputs, topics.REQUESTS, topics.LINEAGE])
    yield from _topic(who, "DescribeConfigs", [*inputs, *outputs, topics.REQUESTS, topics.LINEAGE])
    yield Acl(who, "Read", "group", group)
    yield Acl(who, "Write", "transactional_id", f"{group}.", True)
    yield Acl(who, "Describe", "transactional_id", f"{group}.", True)


def _gate(settings: Settings, released: Iterable[str]) -> Iterator[Acl]:
    who = settings.principals.gate
    yield from _topic(who, "Read", [topics.REQUESTS, topics.VOTES, topics.PEOPLE, topics.POLICY, topics.LOG])
    yield from _topic(who, "Write", [topics.LOG, topics.STATE, topics.CHECKPOINTS, topics.LINEAGE, *released])
    yield from _topic(who, "Read", [topics.STATE, topics.CHECKPOINTS])
    yield from _topic(who, "DescribeConfigs", [*topics.CONTROL, *released])
    yield Acl(who, "Read", "group", GATE_ID)
    yield Acl(who, "Read", "group", f"{GATE_ID}.", True)  # its readers of log, ends and items
    yield Acl(who, "Describe", "group", "*")  # who has read what is recalled
    yield Acl(who, "Write", "transactional_id", GATE_ID)
    yield Acl(who, "Describe", "transactional_id", GATE_ID)


def _others(settings: Settings) -> Iterator[Acl]:
    """Sink, watch, console, admin."""
    by, pipeline = settings.principals, settings.pipeline.name
    yield from _topic(by.lineage, "Read", [topics.LINEAGE])
    yield Acl(by.lineage, "Read", "group", topics.group(pipeline, "lineage"))
    yield from _topic(by.watch, "Read", [topics.LOG, topics.LINEAGE])
    yield Acl(by.watch, "Read", "group", topics.group(pipeline, "watch"))
    yield from _topic(by.console, "Read", [topics.LOG, topics.STATE, topics.REQUESTS, topics.PEOPLE])
    signs_claims = [topics.PEOPLE] if any(p.groups_claim for p in settings.console.providers) else []
    yield from _topic(by.console, "Write", [topics.VOTES, topics.REQUESTS, *signs_claims])
    yield Acl(by.console, "Read", "group", f"{GATE_ID}.items")  # the reader of held items is the gate's
    yield from _topic(by.admin, "Write", [topics.PEOPLE, topics.POLICY])
    yield from _topic(by.admin, "Read", [topics.PEOPLE, topics.POLICY, topics.LOG, topics.STATE])


def _people(settings: Settings) -> Iterator[Acl]:
    """Those outside: reviewers, auditors, operators, producers, consumers."""
    by = settings.principals
    for who in by.reviewers:
        yield from _topic(who, "Write", [topics.VOTES])
        yield from _topic(who, "Read", [topics.STATE])
    for who in by.auditors:
        yield from _topic(who, "Read", [topics.LOG, topics.CHECKPOINTS, topics.PEOPLE, topics.POLICY, topics.LINEAGE])
    for who in by.operators:
        yield from _topic(who, "Read", [topics.dead_letters(topic) for topic in settings.pipeline.topics])
    for topic, who in by.producers.items():
        yield from _topic(who, "Write", [topic])
    for who, topic in by.consumers.items():
        yield from _topic(who, "Read", [topic])
        yield Acl(who, "Read", "group", f"{who}.", True)
    ours = (by.mask, by.gate, by.lineage, by.watch, by.console, by.admin)
    for who in {*ours, *by.reviewers, *by.auditors, *by.operators}:  # readers without a group's life still name one
        yield Acl(who, "Read", "group", READERS, True)


def acls(settings: Settings, destinations: Iterable[str] = ()) -> list[Acl]:
    """Every right that this pipeline needs, sorted; ``destinations`` are the topics of the policy's destinations."""
    released = [*(topics.released(topic) for topic in settings.pipeline.topics), *destinations]
    found = {*_mask(settings), *_gate(settings, released), *_others(settings), *_people(settings)}
    return sorted(found)


def _library() -> Any:
    """The client's admin module; its stubs re-export none of the names that its documentation gives."""
    return admin


def _binding(acl: Acl) -> Any:
    lib = _library()
    return lib.AclBinding(
        lib.ResourceType[acl.kind.upper()],
        acl.name,
        lib.ResourcePatternType.PREFIXED if acl.prefixed else lib.ResourcePatternType.LITERAL,
        f"User:{acl.principal}",
        "*",
        lib.AclOperation[_constant(acl.operation)],
        lib.AclPermissionType.ALLOW,
    )


def _filter(acl: Acl) -> Any:
    """What names exactly this right when it is to be removed."""
    lib, binding = _library(), _binding(acl)
    return lib.AclBindingFilter(
        binding.restype,
        binding.name,
        binding.resource_pattern_type,
        binding.principal,
        binding.host,
        binding.operation,
        binding.permission_type,
    )


def _constant(operation: str) -> str:
    """``DescribeConfigs`` as the client names it: ``DESCRIBE_CONFIGS``."""
    return "".join(f"_{c}" if c.isupper() and i else c for i, c in enumerate(operation)).upper()


def _admin(kafka: Kafka) -> Any:
    return _library().AdminClient(quiet(kafka.client()))


def apply(kafka: Kafka, wanted: Iterable[Acl], timeout_s: float = 30.0) -> int:
    """Grant every right of the list and wait until they are in force; those that are there stay. Says how many.

    Raises:
        WorldError: the broker refused (no authorizer, no right to alter ACLs), or they did not come into force.
    """
    wanted = list(wanted)
    admin = _admin(kafka)  # it has to outlive its futures
    futures = admin.create_acls([_binding(acl) for acl in wanted], request_timeout=timeout_s)
    for future in futures.values():
        try:
            future.result()
        except KafkaException as error:
            raise failure(error, "create an ACL") from None
    until = time.monotonic() + timeout_s
    while set(wanted) - set(granted(kafka) or ()):  # a role that starts before would stop for good
        if time.monotonic() > until:
            raise WorldError("the ACLs were accepted, but are not in force yet; look at the brokers")
        time.sleep(0.1)
    return len(futures)


def remove(kafka: Kafka, unwanted: Iterable[Acl], timeout_s: float = 30.0) -> None:
    """Take these rights away; one that is not there is no error.

    Raises:
        WorldError: the broker refused.
    """
    admin = _admin(kafka)
    for future in admin.delete_acls([_filter(acl) for acl in unwanted], request_timeout=timeout_s).values():
        try:
            future.result()
        except KafkaException as error:
            raise failure(error, "remove an ACL") from None


def granted(kafka: Kafka, timeout_s: float = 15.0) -> list[Acl] | None:
    """The rights in force; None where the broker asks for none (no authorizer).

    Raises:
        WorldError: they cannot be read.
    """
    lib, admin = _library(), _admin(kafka)
    anything = lib.AclBindingFilter(
        lib.ResourceType.ANY,
        None,
        lib.ResourcePatternType.ANY,
        None,
        None,
        lib.AclOperation.ANY,
        lib.AclPermissionType.ANY,
    )
    try:
        found = admin.describe_acls(anything, request_timeout=timeout_s).result()
        if not found and not _enforced(admin, timeout_s):
            return None
    except KafkaException as error:
        raise failure(error, "read the ACLs") from None
    allow = [b for b in found if b.permission_type == lib.AclPermissionType.ALLOW]
    return sorted(
        Acl(
            b.principal.removeprefix("User:"),
            "".join(part.capitalize() for part in b.operation.name.split("_")),
            b.restype.name.lower(),
            b.name,
            b.resource_pattern_type == lib.ResourcePatternType.PREFIXED,
        )
        for b in allow
    )


def _enforced(admin: Any, timeout_s: float) -> bool:
    """Whether there is an authorizer, asked where no ACL is shown: the client turns a refusal into an empty list."""
    lib = _library()
    may = admin.describe_cluster(include_authorized_operations=True, request_timeout=timeout_s).result()
    operations = may.authorized_operations or []
    if lib.AclOperation.DESCRIBE not in operations:
        raise WorldError("no right to read the ACLs; run as a user with Describe on the cluster")
    if lib.AclOperation.ALTER not in operations:
        return True
    nothing = _filter(Acl(f"nobody-{uuid.uuid4()}", "Read", "topic", f"nothing-{uuid.uuid4()}"))
    try:
        next(iter(admin.delete_acls([nothing], request_timeout=timeout_s).values())).result()
    except KafkaException as error:
        if error.args[0].code() == KafkaError.SECURITY_DISABLED:
            return False
        raise
    return True


class Difference(NamedTuple):
    """What is missing, and who may do more on guarded topics than the list says."""

    missing: list[Acl]
    extra: list[Acl]


def difference(settings: Settings, wanted: Iterable[Acl], have: Iterable[Acl]) -> Difference:
    """Compare the list with the rights in force; extra rights count on control, lineage, released and dead letters."""
    wanted, have = list(wanted), list(have)
    guarded = {
        *_GUARDED,
        *(acl.name for acl in wanted if acl.kind == "topic" and acl.principal == settings.principals.gate),
    }
    guarded |= {topics.dead_letters(topic) for topic in settings.pipeline.topics}
    missing = [acl for acl in wanted if not any(_grants(other, acl) for other in have)]
    extra = [
        acl
        for acl in have
        if acl.kind == "topic"
        and any(reaches(acl, name) for name in guarded)
        and not any(_grants(other, acl) for other in wanted)
        and not _harmless(acl, wanted)
    ]
    return Difference(missing, extra)


def _harmless(acl: Acl, wanted: Iterable[Acl]) -> bool:
    """To see that a topic exists, or its settings, shows no record."""
    return acl.operation in ("Describe", "DescribeConfigs") and acl.principal != "*"


def reaches(acl: Acl, name: str) -> bool:
    """Whether the right covers the resource of this name."""
    return acl.name in ("*", name) or (acl.prefixed and name.startswith(acl.name))


def _grants(have: Acl, want: Acl) -> bool:
    """Whether one right includes another."""
    if have.kind != want.kind or have.principal not in ("*", want.principal):
        return False
    if want.prefixed and not (have.name == "*" or (have.prefixed and want.name.startswith(have.name))):
        return False
    implied = _NEEDED_BY.get(want.operation, frozenset({"All"}))
    return reaches(have, want.name) and (have.operation == want.operation or have.operation in implied)


def check(kafka: Kafka, settings: Settings, wanted: Iterable[Acl]) -> list[str]:
    """One line per difference, with what to do; empty when the broker holds exactly the list on what is guarded."""
    have = granted(kafka)
    if have is None:
        return ["the broker has no authorizer: anybody may write the approval topics; set authorizer.class.name"]
    found = difference(settings, wanted, have)
    lines = [f"missing: {acl}" for acl in found.missing]
    return lines + [f"too much: User:{a.principal} may {a.operation} {a.kind} {a.name}; remove it" for a in found.extra]
