"""Checks that ask the broker: reachable, topics, rights, clock, members, lag of lineage."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

from maskgate.base.config import Settings
from maskgate.base.errors import MaskgateError, WorldError
from maskgate.doctor import Check, Line, Scope
from maskgate.kafka import acls, admin, policy_feed, probe, topics
from maskgate.kafka.errors import Unrecoverable
from maskgate.kafka.topic_id import topic_id
from maskgate.lineage.sinks import claims
from maskgate.people import file as people_file
from maskgate.policy import load_policy, published
from maskgate.policy.published import Admins
from maskgate.policy.record_keys import equal_keys

_CLOCK_WARN_S, _CLOCK_FAIL_S = 2.0, 60.0
_GROUP_ROLES = ("mask", "gate", "lineage", "watch")


def reachable(scope: Scope) -> Iterator[Line]:
    """Whether a broker answers."""
    kafka = scope.settings.kafka
    began = time.perf_counter()
    found = admin.reachable(kafka)
    took = (time.perf_counter() - began) * 1000
    yield Line("broker", "ok", f"{kafka.bootstrap_servers} answers in {took:.0f} ms; {len(found)} topics are visible")
    if kafka.embedded:
        yield Line(
            "broker", "warn", "the embedded broker: no transactions, not exactly-once", "use Kafka for real data"
        )
    elif kafka.security_protocol in ("PLAINTEXT", "SASL_PLAINTEXT") and not _is_local(kafka.bootstrap_servers):
        text = f"{kafka.security_protocol}: records cross the network in the clear"
        yield Line("broker", "warn", text, "set kafka.security_protocol to SASL_SSL")


def _is_local(servers: str) -> bool:
    hosts = {server.strip().rsplit(":", 1)[0].strip("[]") for server in servers.split(",")}
    return hosts <= {"localhost", "127.0.0.1", "::1"}


def _destinations(settings: Settings) -> list[str]:
    try:
        found = load_policy(settings.policy).exports.destinations.values()
    except MaskgateError:
        return []  # the policy's own check says what is wrong
    return [target.topic for target in found if target.topic]


def _rights_of_user(settings: Settings) -> tuple[set[str], set[str]] | None:
    """Topics that our own user is meant to see, and those whose settings it may read; None: an administrator."""
    if not settings.kafka.security_protocol.startswith("SASL"):
        return None
    own = [a for a in acls.acls(settings, _destinations(settings)) if a.principal == settings.kafka.sasl_username]
    if not own:
        return None
    seen = {acl.name for acl in own if acl.kind == "topic"}
    return seen, {acl.name for acl in own if acl.operation == "DescribeConfigs"}


def topic_settings(scope: Scope) -> Iterator[Line]:
    """Topics: there, with the settings that matter, retention, replicas, and matching partitions."""
    settings = scope.settings
    have = admin.reachable(settings.kafka)
    specs = topics.specs(settings, have, _destinations(settings))
    rights_here = _rights_of_user(settings)
    if rights_here is not None:
        specs = [spec for spec in specs if spec.name in rights_here[0]]
    missing = [spec.name for spec in specs if spec.name not in have]
    if missing:
        yield Line("topics", "fail", f"missing: {', '.join(missing)}", "run `maskgate topics create`")
    readable = [spec for spec in specs if rights_here is None or spec.name in rights_here[1]]
    problems = [p for p in admin.check_topics(settings.kafka, readable) if p.split(":", 1)[0] not in missing]
    for problem in problems:
        text, _, do = problem.partition("; ")
        yield Line("topics", "fail", text, do)
    if len(readable) < len(specs):
        text = f"settings of {len(specs) - len(readable)} topics: this user may not read them"
        yield Line("topics", "skip", text, "run doctor as an administrator of the broker")
    if readable and not problems and not missing:
        yield Line("topics", "ok", f"{len(readable)} topics are as they should be")
    for topic in settings.pipeline.topics:
        for name in (topics.masked(topic), topics.dead_letters(topic)):
            if topic in have and name in have and have[name] < have[topic]:
                text = (
                    f"{name} has {have[name]} partitions, {topic} has {have[topic]}: the worker cannot keep the order"
                )
                yield Line("topics", "fail", text, f"add partitions to {name}")
    if not settings.kafka.embedded:
        yield from _replicated(settings, [spec.name for spec in specs if spec.name in have])
        yield from _equal_keys(settings, have)
        yield from _kept(settings, [s.name for s in readable if s.name in have and s.name in settings.pipeline.topics])


def _replicated(settings: Settings, names: list[str]) -> Iterator[Line]:
    for found in probe.replicas(settings, names):
        if found.behind:
            text = f"{found.topic}: {found.behind} partitions miss a replica"
            yield Line("topics", "warn", text, "look at the brokers: one may be down")
        elif found.topic == topics.LOG and found.replicas < 2:
            text = f"{found.topic}: one replica; a lost disk loses every decision"
            yield Line("topics", "warn", text, "use 3 brokers and kafka.replication_factor 3")


def _equal_keys(settings: Settings, have: Mapping[str, int]) -> Iterator[Line]:
    """Compacted topics whose keys a rule makes equal: the worker refuses to start."""
    policy = load_policy(settings.policy)
    for topic in settings.pipeline.topics:
        flat = next(equal_keys(policy, topic), None)
        name = topics.masked(topic)
        if flat is not None and name in have and admin.is_compacted(settings.kafka, name):
            text = f"{name} is compacted, and {flat.where}: rule '{flat.id}' makes its record keys equal"
            yield Line("topics", "fail", text, "use hash, tokenize or fpe for keys, or leave them to the default")


def _kept(settings: Settings, inputs: list[str]) -> Iterator[Line]:
    configs = admin.topic_configs(settings.kafka, inputs) if inputs else {}
    for name, config in configs.items():
        keep = int(config.get("retention.ms", "-1"))
        if 0 <= keep < 3_600_000:
            text = f"{name}: kept for {keep // 60_000} min; a worker that is down for longer loses records"
            yield Line("topics", "warn", text, "raise retention.ms")


def rights(scope: Scope) -> Iterator[Line]:
    """ACLs against the list of `maskgate topics acls`."""
    settings = scope.settings
    if settings.kafka.embedded:
        yield Line("acls", "skip", "the embedded broker knows no users")
        return
    have = acls.granted(settings.kafka)
    if have is None:
        yield Line(
            "acls",
            "warn" if _is_local(settings.kafka.bootstrap_servers) else "fail",
            "the broker has no authorizer: anybody may write the approval topics",
            "set authorizer.class.name and run `maskgate topics acls --apply` (docs/deploy.md)",
        )
        return
    wanted = acls.acls(settings, _destinations(settings))
    found = acls.difference(settings, wanted, have)
    for acl in found.missing:
        yield Line("acls", "fail", f"missing: {acl}", "run `maskgate topics acls --apply`")
    for acl in found.extra:
        text = f"User:{acl.principal} may {acl.operation} {acl.kind} {acl.name}"
        yield Line("acls", "fail", f"too much: {text}", "remove it with kafka-acls.sh --remove")
    yield from _producers(settings, have)
    if not found.missing and not found.extra:
        yield Line("acls", "ok", f"{len(wanted)} rights are in force, and none too many on what is guarded")


def _producers(settings: Settings, have: list[acls.Acl]) -> Iterator[Line]:
    """The policy may say who writes a topic only where nobody else can."""
    try:
        mapped = load_policy(settings.policy).exports.principals
    except MaskgateError:
        return
    for topic, who in mapped.items():
        writers = {
            a.principal
            for a in have
            if a.operation in ("Write", "All") and a.kind == "topic" and acls.reaches(a, topic)
        }
        if len(writers) > 1:
            text = (
                f"the policy takes {who.sub} for the writer of {topic}, but {', '.join(sorted(writers))} may write it"
            )
            yield Line("acls", "fail", text, "leave one writer, or have producers sign (docs/agents.md)")


def waiting(scope: Scope) -> Iterator[Line]:
    """Policies that one administrator published and that wait for another one's signature."""
    settings = scope.settings
    if settings.people is None or topics.POLICY not in admin.reachable(settings.kafka):
        return
    admins = Admins.of(people_file.parse(people_file.load(settings.people, {})))
    try:
        feed = policy_feed.Feed(settings.kafka, lambda: admins, "doctor", tell=False)
    except Unrecoverable:
        return  # the rights' own check says what is missing
    feed.latest()
    feed.close()
    for raw, why in feed.succession.waiting.values():
        digest = published.read(raw, {}).compiled().ref.digest[: published.DIGITS]
        text = f"a published policy waits ({digest}): {why}"
        yield Line("policy", "warn", text, f"another administrator: `maskgate policy approve {digest}`")


def clock(scope: Scope) -> Iterator[Line]:
    """Our clock against the broker's: votes count by broker time, people see ours."""
    try:
        ahead = probe.clock_offset(scope.settings)
    except WorldError as error:
        yield Line("clock", "skip", f"the broker's time could not be asked: {error}")
        return
    if ahead is None:
        yield Line("clock", "skip", "no way to ask for the broker's time", "run doctor as the user of the mask workers")
        return
    text = f"the broker's clock is {abs(ahead):.1f} s {'ahead of' if ahead > 0 else 'behind'} ours"
    if abs(ahead) > _CLOCK_FAIL_S:
        yield Line("clock", "fail", text, "run a time service (chrony, systemd-timesyncd) on both")
    elif abs(ahead) > _CLOCK_WARN_S:
        yield Line("clock", "warn", text, "run a time service on both")
    else:
        yield Line("clock", "ok", text)


def instances(scope: Scope) -> Iterator[Line]:
    """Whether the roles run, and no other host uses this host's instance id."""
    settings = scope.settings
    if settings.kafka.embedded:
        return
    name = settings.pipeline.name
    groups = {role: acls.GATE_ID if role == "gate" else topics.group(name, role) for role in _GROUP_ROLES}
    found = probe.members(settings, list(groups.values()))
    here = probe.own_addresses()
    if hidden := [role for role, group in groups.items() if group not in found and role in scope.roles]:
        yield Line("members", "skip", f"no right to see the groups of {', '.join(hidden)}")
    for role, group in groups.items():
        if group not in found:
            continue
        inside = found[group]
        if not inside and role in scope.roles:
            yield Line("members", "warn", f"{role}: no process is running", f"start it: `maskgate run {role}`")
        elif inside:
            yield Line("members", "ok", f"{role}: {len(inside)} running")
        for member in inside:
            ours = member.instance.startswith(f"{group}.{settings.pipeline.instance}.")
            if ours and member.host not in here:
                text = f"{member.host} uses this host's instance id '{settings.pipeline.instance}'"
                yield Line("members", "fail", text, "give each host its own pipeline.instance: twins fence each other")


def lineage_lag(scope: Scope) -> Iterator[Line]:
    """How far the Parquet files are behind the topic, and whether rows were deleted before they were written."""
    settings = scope.settings
    folder = settings.lineage.dir
    if "lineage" not in scope.roles or settings.kafka.embedded or not (folder / claims.CLAIMS).is_dir():
        return
    current = topic_id(settings)
    behind = 0
    for partition, (low, high) in probe.watermarks(settings).items():
        newest = claims.newest(folder, current, partition)
        written = newest.footer.end + 1 if newest else 0
        behind += max(0, high - max(written, low))
        if low > written:
            text = f"lineage partition {partition}: offsets {written}…{low - 1} were deleted before they were written"
            yield Line("lineage", "fail", text, "raise retention.ms of the lineage topic, keep the sink running")
    yield Line("lineage", "ok", f"the files are at most {behind} offsets behind the topic")


CHECKS: tuple[tuple[str, Check], ...] = (
    ("topics", topic_settings),
    ("acls", rights),
    ("waiting", waiting),
    ("clock", clock),
    ("members", instances),
    ("lineage", lineage_lag),
)
