"""Checks that need no broker: policy, people, keys, model, disk, pages, notices."""

from __future__ import annotations

import ipaddress
import os
import shutil
import stat
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import maskgate_detectors
from maskgate.approvals import lock_out
from maskgate.base import filemodes, meters
from maskgate.base.address import Address
from maskgate.base.config import Settings
from maskgate.base.errors import ConfigurationError, MaskgateError
from maskgate.crypto import role_keys, signing
from maskgate.crypto.kept import Kept
from maskgate.crypto.keyring import Keyring
from maskgate.crypto.keyring_file import in_use
from maskgate.doctor import Check, Line, Scope
from maskgate.doctor.audit_sync import audit_sync
from maskgate.lineage.ask import query
from maskgate.lineage.sinks import claims
from maskgate.lineage.sinks.expected import good
from maskgate.lineage.sinks.opened import open_place
from maskgate.people import file as people_file
from maskgate.people import grants
from maskgate.people.registry import People
from maskgate.policy import kept, load_policy
from maskgate.policy.record_keys import equal_keys
from maskgate.watch import undelivered

_MIB = 1 << 20
_PRIVATE = {"mask": ("pipeline",), "gate": ("gate",), "console": ("intake",)}
_PUBLIC = {"mask": ("gate-seal",), "gate": ("pipeline", "intake"), "console": ("gate", "pipeline")}
_WHY = {
    "pipeline": "mask workers cannot sign what they hold: exports go to the dead letters",
    "gate": "the gate does not start",
    "intake": "the console takes no requests for actions",
    "gate-seal": "records that ask for raw fields are dead-lettered",
}


def policy(scope: Scope) -> Iterator[Line]:
    """Whether the policy loads, and its own tests pass."""
    yield from _kept(scope, "policy", scope.settings.policy, lambda: load_policy(scope.settings.policy))
    loaded = load_policy(scope.settings.policy)
    name = str(scope.settings.policy or "built-in default")
    yield Line("policy", "ok", f"{name}: id {loaded.ref.id}, version {loaded.ref.version}")
    yield from _published(scope, name, loaded.ref.digest)
    for flat in equal_keys(loaded):
        text = f"{flat.where}: rule '{flat.id}' makes record keys equal: a compacted topic would keep one record of all"
        yield Line("policy", "warn", text, "use hash, tokenize or fpe for keys, or leave them to the default")
    if "gate" in scope.roles or "console" in scope.roles:
        yield from _people(scope, loaded)


def _published(scope: Scope, name: str, digest: str) -> Iterator[Line]:
    """Whether the roles of this host took another policy from the topic than lies in the file."""
    state = scope.settings.pipeline.state_dir
    if not Keyring.file(state).exists():
        return
    found = kept.published(state, Keyring.load(state))
    if found is not None and found.ref.digest != digest:
        text = f"{name}: ignored; the published {found.ref.id} {found.ref.version} is in force here"
        yield Line("policy", "warn", text, f"put the file into force: `maskgate policy publish {name}`")


def _kept(scope: Scope, what: str, path: Path | None, read: Callable[[], object]) -> Iterator[Line]:
    """Where a file cannot be used: with which last good one roles go on, also after a restart."""
    try:
        read()
    except ConfigurationError:
        state = scope.settings.pipeline.state_dir
        for role in ("mask", "gate"):
            found = Kept.of(state, f"{role}-{what}", Keyring.load(state)).load() if role in scope.roles else None
            if found is not None:
                when = time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime(found.at))
                text = f"{path}: cannot be used; {role} goes on with the {what} that was good on {when}"
                yield Line(what, "warn", text, f"mend the file: `maskgate {what} check`")


def _people(scope: Scope, loaded: object) -> Iterator[Line]:
    path = scope.settings.people
    if path is None:
        yield Line("people", "warn", "no people file: nobody can approve", "set `people:` to a file (docs/people.md)")
        return
    folder = scope.settings.pipeline.state_dir / "keys"
    roles = ("pipeline", "intake", "gate", "console", "admin")
    own = {role: folder / f"{role}.pub" for role in roles if (folder / f"{role}.pub").exists()}
    yield from _kept(scope, "people", path, lambda: people_file.load(path, own))
    people = people_file.parse(people_file.load(path, own))
    problems = lock_out.lock_outs(people, loaded.approvals, int(time.time() * 1000))  # type: ignore[attr-defined]
    for problem in problems:
        yield Line("people", "fail", problem, f"enrol more reviewers with keys of their own in {path}")
    if not problems:
        yield Line(
            "people", "ok", f"{path}: {len(people.persons)} persons, {len(people.groups)} groups; every tier can be met"
        )
    for role in ("pipeline", "intake") if "gate" in scope.roles else ():
        if not people.role_keys(role):
            text = f"no key of the role '{role}' is known: the gate refuses what it signs"
            yield Line("people", "warn", text, f"put {role}.pub into {folder} or name it under `services:` in {path}")
    yield from _admins(path, people)
    yield from _agents(path, people)
    yield from _own_pipeline_key(scope, path, people)


def _agents(path: Path, people: People) -> Iterator[Line]:
    """Agents for which no person answers, and why: no owner is named, or one whom nobody is."""
    for name in people.without_owner():
        owner = people.services[name].owner
        text = f"nobody owns the agent '{name}': whoever runs it may approve what it asks for"
        do = f"give its entry under `services:` in {path} `owner: {{iss: …, sub: …}}`, an account of a person there"
        if owner is not None:
            text = (
                f"the owner of the agent '{name}' is no account of a person: whoever runs it may approve what it asks"
            )
            do = f"write its `owner:` as it stands under `accounts:` of a person in {path}, or add the account there"
        yield Line("people", "warn", text, do)


def _own_pipeline_key(scope: Scope, path: Path, people: People) -> Iterator[Line]:
    """Whether the gate takes what this host's workers sign."""
    own = scope.settings.pipeline.state_dir / "keys" / "pipeline.pub"
    if "mask" not in scope.roles or not own.exists():
        return
    public = signing.load_public(own)
    if public not in people.role_keys("pipeline").values():
        text = f"{own} is not enrolled in {path}: unless a signed change did it, the gate refuses what this host holds"
        do = f"`maskgate people service NAME --role pipeline --key {own}`, or name the key under `services:`"
        yield Line("people", "warn", text, do)


def _admins(path: Path, people: People) -> Iterator[Line]:
    """Who may change the registry: alone, or unknown to us, is worth a warning."""
    admins = [s for s in people.services.values() if s.role == "admin" and s.key.usable]
    if admins and people.admins_needed == 1:
        text = f"one of {len(admins)} admin keys alone can enrol voters and publish policies (admin_n: 1)"
        yield Line("people", "warn", text, f"enrol a second admin key and take admin_n out of {path}, or set it to 2")
    for service in admins:
        if grants.holders(people, service.key.key_id) == (service.key.key_id,):
            text = f"the holder of the admin key '{service.name}' is not named: the own vote passes for another's"
            yield Line("people", "warn", text, f"give the service the iss and sub of a person in {path}")


def keys(scope: Scope) -> Iterator[Line]:
    """Keyring and signing keys of the roles on this host: there, readable, and by nobody else."""
    state = scope.settings.pipeline.state_dir
    if {"mask", "gate", "console"} & set(scope.roles):
        if not Keyring.file(state).exists() and not os.environ.get("MASKGATE_KEYRING"):
            yield Line("keys", "fail", f"{Keyring.file(state)}: no keyring", "run `maskgate keys create`")
        else:
            ring = Keyring.load(state)
            purposes = ", ".join(f"{key.purpose} {key.id}" for key in ring.every() if key.state == "active")
            yield Line("keys", "ok", f"keyring: {purposes}")
            yield from _keys_in_use(state, in_use(ring))
    folder = state / "keys"
    yield from _folder_rights(folder)
    for role in scope.roles:
        for name in _PRIVATE.get(role, ()):
            yield from _private_key(scope.settings, name)
    here = {name for role in scope.roles for name in _PRIVATE.get(role, ())}  # said already where they are missing
    wanted = {name for role in scope.roles for name in _PUBLIC.get(role, ())} - here
    for name in sorted(wanted):
        if not (folder / f"{name}.pub").exists() and not role_keys.place(scope.settings, name):
            text = f"{folder / name}.pub is not here" + (f": {_WHY[name]}" if name == "gate-seal" else "")
            yield Line(
                "keys", "warn", text, f"`maskgate keys create {name}` on the gate's host, and copy {name}.pub here"
            )


def _keys_in_use(state: Path, wanted: Mapping[str, str]) -> Iterator[Line]:
    """Which keys the running workers of this host mask with: other ones than the file's are a rotation half done."""
    for name, used in meters.keys_in_use(state).items():
        told = ", ".join(f"{purpose} {key_id}" for purpose, key_id in sorted(used.items()))
        if used == dict(wanted):
            yield Line("keys", "ok", f"{name} uses {told}")
        else:
            do = "wait a minute; if it stays, its log says why it refuses the file (keys_refused)"
            yield Line("keys", "warn", f"{name} does not use the keyring's newest keys but {told}", do)


def _folder_rights(folder: Path) -> Iterator[Line]:
    if not folder.exists():
        return
    for path in [folder, *sorted(folder.glob("*.pem")), *sorted(folder.glob("*.json"))]:
        mode = stat.S_IMODE(path.stat().st_mode)
        if filemodes.too_open(path.stat()):
            yield Line("keys", "fail", f"{path}: others may read it (mode {mode:o})", filemodes.cure(path))
        elif path.is_dir() and mode & 0o022:
            yield Line("keys", "fail", f"{path}: others may write there (mode {mode:o})", f"chmod 700 '{path}'")


def _private_key(settings: Settings, name: str) -> Iterator[Line]:
    folder = settings.pipeline.state_dir / "keys"
    if not role_keys.place(settings, name):
        text = f"{folder / name}.pem: no such key: {_WHY[name]}"
        yield Line("keys", "fail", text, f"run `maskgate keys create {name}`")
        return
    signer = role_keys.signer(settings, name)
    assert signer is not None
    public = folder / f"{name}.pub"
    if public.exists() and signing.load_public(public) != signer.public:
        yield Line("keys", "fail", f"{public} is not the public half of {name}.pem", "write it again from the key")
        return
    yield Line("keys", "ok", f"{name}: {signer.key_id} ({role_keys.place(settings, name)})")


def model(scope: Scope) -> Iterator[Line]:
    """Whether the detectors load (the packed model checks its sums while it loads) and find a sample."""
    if not {"mask", "console", "gate"} & set(scope.roles):
        return
    settings = scope.settings
    began = time.perf_counter()
    try:
        engine = maskgate_detectors.Engine(load_policy(settings.policy).engine_config(settings))
        engine.warm()
    except ValueError as error:  # DetectorError, ModelError: our own words
        do = "install maskgate again, or set detection.model to one that is installed"
        yield Line("model", "fail", str(error), do)
        return
    scan = engine.batch([b'{"note": "write to maskgate.doctor@example.org"}'])[0]
    if scan.error or not any(finding.entity == "EMAIL_ADDRESS" for finding in scan.findings):
        yield Line("model", "fail", "a sample e-mail address was not found", "look at detection: in the policy")
        return
    versions = ", ".join(f"{name} {version}" for name, version in engine.versions.items())
    if engine.ner.unmeasured:
        text = f"names in prose of {', '.join(engine.ner.unmeasured)} are read by a model that was not measured on it"
        yield Line("model", "warn", text, "name a spaCy model for it under detection.models, or measure your own texts")
    yield Line("model", "ok", f"{settings.detection.model}: loaded in {time.perf_counter() - began:.1f} s; {versions}")


def disk(scope: Scope) -> Iterator[Line]:
    """Room, rights, and hard links where lineage is written."""
    places = [("state", scope.settings.pipeline.state_dir)]
    if "lineage" in scope.roles:
        places.append(("lineage", scope.settings.lineage.dir))
    for name, folder in places:
        there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
        probe = there / f".doctor-{uuid.uuid4().hex}"
        try:
            probe.write_bytes(b"x")
        except OSError as error:
            text = f"{name} folder {folder}: {error.strerror or type(error).__name__}"
            yield Line("disk", "fail", text, f"give the user of this role the right to write in {there}")
            continue
        try:
            yield from _room(name, folder, shutil.disk_usage(there).free // _MIB)
            if name == "lineage" and not scope.settings.lineage.store:
                yield from _hard_links(probe)
        finally:
            probe.unlink(missing_ok=True)


def _room(name: str, folder: Path, free: int) -> Iterator[Line]:
    text = f"{name} folder {folder}: {free} MiB free"
    if free < 100:
        yield Line("disk", "fail", text, "make room: a full disk stops the role")
    else:
        yield Line("disk", "warn" if free < 1024 else "ok", text, "make room soon" if free < 1024 else "")


def _hard_links(probe: Path) -> Iterator[Line]:
    other = probe.with_suffix(".link")
    try:
        os.link(probe, other)
    except OSError as error:
        do = "put lineage.dir on a local file system: hard links fence two sinks against each other"
        yield Line("disk", "fail", f"no hard links in {probe.parent}: {error.strerror}", do)
    else:
        other.unlink()


def lineage(scope: Scope) -> Iterator[Line]:
    """The state of the Parquet folder, without reading every page."""
    folder, where = scope.settings.lineage.dir, scope.settings.lineage.where
    if "lineage" in scope.roles and isinstance(where, Address):
        yield from _store(where)
    if "lineage" not in scope.roles or where != folder or not (folder / claims.CLAIMS).is_dir():
        return
    try:
        live = claims.live(folder)
    except MaskgateError as error:
        yield Line("lineage", "fail", str(error), "restore the file, or run `maskgate lineage verify --repair`")
        return
    days = len({claims.day(claim.footer.first_append_ms) for claim in live})
    rows = sum(claim.footer.rows for claim in live)
    many = len(live) > 2000
    text = f"{rows} rows in {len(live)} files of {days} days"
    do = "run `maskgate lineage compact` every day" if many else ""
    yield Line("lineage", "warn" if many else "ok", text, do)


def _store(where: Address) -> Iterator[Line]:
    """Whether an object store or a table answers, and has the files that the manifest tells of."""
    try:
        place = open_place(where)
        parts = query.complain(place).expected.parts
    except MaskgateError as error:
        yield Line("lineage", "fail", str(error), "look at lineage.store and at the credentials in the environment")
        return
    live = [entry for key, part in parts.items() for _, entry in good(part, key, place.same_size)]
    many = len(live) > 2000
    text = f"{sum(entry.rows for entry in live)} rows in {len(live)} files at {where}"
    yield Line("lineage", "warn" if many else "ok", text, "run `maskgate lineage compact` every day" if many else "")


def pages(scope: Scope) -> Iterator[Line]:
    """Console and webhook settings that would surprise, and notices that nobody got."""
    if "console" in scope.roles:
        yield from _console(scope)
    watch = scope.settings.watch
    if "watch" in scope.roles and watch.webhook_url:
        parts = urlsplit(watch.webhook_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ConfigurationError("watch.webhook_url: not an http(s) address")
        if not watch.webhook_secret.get_secret_value():
            yield Line("watch", "warn", "the webhook's posts are not signed", "set watch.webhook_secret")
        elif parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
            yield Line("watch", "warn", "the webhook is posted without TLS", "use an https address")
        else:
            yield Line("watch", "ok", f"webhook to {parts.hostname}, signed")
        if kept := undelivered.read(scope.settings.pipeline.state_dir):
            text = f"{len(kept)} notices were not delivered, the last because {kept[-1]['why']}"
            yield Line("watch", "fail", text, "mend the receiver, then run `maskgate watch redeliver`")


def _console(scope: Scope) -> Iterator[Line]:
    console = scope.settings.console
    good = True
    for origin in console.origins:
        parts = urlsplit(origin)
        host = parts.hostname or ""
        if _is_address(host):
            good = False
            yield Line("console", "warn", f"origin {origin}: passkeys need a name, not an address", "use a host name")
        elif host != console.rp_id and not host.endswith(f".{console.rp_id}"):
            good = False
            text = f"origin {origin} is not of console.rp_id '{console.rp_id}': its passkeys are refused"
            yield Line("console", "fail", text, "make rp_id the host name of the pages, or a parent domain of it")
        elif parts.scheme != "https" and host != "localhost":
            good = False
            yield Line("console", "fail", f"origin {origin}: passkeys need https", "put TLS in front of the console")
    if console.allow_session_votes:
        good = False
        yield Line(
            "console", "warn", "votes without a key of the reviewer's own are allowed", "enrol keys, then forbid"
        )
    if good:
        yield Line("console", "ok", f"pages at {', '.join(console.origins)}")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


CHECKS: tuple[tuple[str, Check], ...] = (
    ("policy", policy),
    ("keys", keys),
    ("model", model),
    ("disk", disk),
    ("lineage", lineage),
    ("pages", pages),
    ("audit-sync", audit_sync),
)
