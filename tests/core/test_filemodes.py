"""Who may read what we write: three classes of files, and what is refused."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fakes.second_user import open_by_mode, readable
from maskgate.approvals.messages.permits import Permit, SpentLedger
from maskgate.base import config, filemodes
from maskgate.base.audit_settings import AuditSink
from maskgate.base.errors import ConfigurationError
from maskgate.crypto import sealing, signing
from maskgate.crypto.kept import Kept
from maskgate.crypto.keyring import Keyring
from maskgate.crypto.kms import FileKms, VaultTransit
from maskgate.gateway.clients import Clients
from maskgate.sync.cursor import Cursor, CursorFile
from maskgate.sync.entry import Entry, Item, NotTaken
from maskgate.sync.sinks import tls
from maskgate.sync.sinks.jsonl import JsonLines
from maskgate.watch import feed, undelivered
from maskgate.worker import letters


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(params=["0000", "0022"])
def careless(request: pytest.FixtureRequest) -> object:
    """A umask that takes nothing, or the usual one."""
    before = os.umask(int(request.param, 8))
    yield
    os.umask(before)


@pytest.mark.usefixtures("careless")
def test_secrets_and_public_files_are_made_as_such(tmp_path: Path) -> None:
    """0600 in 0700 whatever the umask, however it is written; public files are read by all."""
    new = tmp_path / "a" / "b"
    filemodes.write_secret(new / "w", b"1")
    filemodes.create_secret(new / "c", b"2")
    filemodes.claim_secret(new / "d")
    os.close(filemodes.open_secret(new / "o"))
    filemodes.write_public(new / "p", b"3")
    assert {mode(new / name) for name in "wcdo"} == {0o600}
    assert (mode(new), mode(new.parent), mode(new / "p")) == (0o700, 0o700, 0o644)
    assert not [p for p in new.iterdir() if p.name.startswith(".")]


def test_a_secret_is_replaced_as_a_whole(tmp_path: Path) -> None:
    """An older one that was too open is closed by writing it anew; one that must be new is not overwritten."""
    path = tmp_path / "s"
    path.write_bytes(b"old")
    path.chmod(0o644)
    filemodes.write_secret(path, b"new")
    assert (path.read_bytes(), mode(path)) == (b"new", 0o600)
    with pytest.raises(FileExistsError):
        filemodes.create_secret(path, b"other")


@pytest.mark.parametrize("wrong", [0o640, 0o604, 0o660, 0o602, 0o644, 0o666, 0o440, 0o400 | 0o010])
def test_an_open_secret_is_refused_with_the_cure(tmp_path: Path, wrong: int) -> None:
    """As ssh does; and the command in the message mends it."""
    path = tmp_path / "it's a key"
    path.write_bytes(b"x")
    path.chmod(wrong)
    if wrong in (0o440, 0o640) and os.getuid() == 0:
        pytest.skip("root owns the file here, which is the case of a mount")
    for act in (filemodes.read_secret, filemodes.check_secret, filemodes.claim_secret, filemodes.open_secret):
        with pytest.raises(ConfigurationError, match="others may read or change it") as caught:
            act(path)
    command = str(caught.value).split("run: ", 1)[1].rsplit(" (a mount", 1)[0]
    subprocess.run(["sh", "-c", command], check=True)
    assert filemodes.read_secret(path) == b"x"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize(
    ("owner", "group", "bits", "fine"),
    [(0, "ours", 0o440, True), (0, "ours", 0o640, True), (0, "ours", 0o460, False), (0, "ours", 0o444, False),
     (0, "theirs", 0o440, False), (61000, "ours", 0o440, False)],
)  # fmt: skip
def test_a_mounted_secret_is_read(tmp_path: Path, owner: int, group: str, bits: int, fine: bool) -> None:
    """Root's, with our group, read-only for it: how Kubernetes mounts a secret. Nothing more."""
    path = tmp_path / "mounted"
    path.write_bytes(b"x")
    path.chmod(bits)
    os.chown(path, owner, os.getegid() if group == "ours" else 61000)
    assert filemodes.too_open(path.stat()) is not fine


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    """A passphrase may come through a pipe, as shells make it."""
    code = "import sys; from maskgate.base.filemodes import read_passphrase as r; print(r(sys.argv[1]))"
    done = subprocess.run(["bash", "-c", f"{sys.executable} -c '{code}' <(echo word)"], capture_output=True, text=True)
    assert done.stdout == "word\n", done.stderr


SECRETS: list[tuple[str, Callable[[Path], object], Callable[[Path], object]]] = [
    ("keys/gate.pem", signing.create_key, signing.load_signer),
    ("keys/seal.pem", sealing.create_seal_key, sealing.load_seal_key),
    ("keys/keyring.json", Keyring.create, Keyring.load),
    ("wrap", FileKms.create, lambda p: FileKms(p).wrap(b"x" * 32)),
    ("word", lambda p: filemodes.write_secret(p, b"w"), filemodes.read_passphrase),
    ("pass", lambda p: filemodes.write_secret(p, b"w"), lambda p: config.Kafka(sasl_password={"file": str(p)})),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("name", "make", "use"), SECRETS, ids=[row[0] for row in SECRETS])
def test_every_key_is_written_closed_and_refused_open(
    tmp_path: Path, name: str, make: Callable[[Path], object], use: Callable[[Path], object]
) -> None:
    """Signing keys, sealing keys, keyrings, wrapping keys, passphrases and passwords."""
    path = tmp_path / name
    make(path)
    assert mode(path) == 0o600
    use(path)
    path.chmod(0o644)
    with pytest.raises(ValueError if name == "pass" else ConfigurationError, match=f"chmod 600 {path}"):
        use(path)


def _letter(state: Path) -> None:
    letters.Journal(state).add("1")


def _kept(path: Path) -> Kept:
    return Kept(path, [b"k" * 32])


def _client(path: Path) -> object:
    return Clients.read({"app": str(path)}, {})


def _cursor(path: Path) -> None:
    CursorFile(path.parents[2], "siem").save(Cursor("topic"))


def _claim(path: Path) -> None:
    file = CursorFile(path.parents[2], "siem")
    file.claim()
    file.release()


def _lines(path: Path) -> None:
    """What a role would say: a sink that is not taken is tried again."""
    try:
        JsonLines(path).send([Item(Entry(0, 0, b"{}"), {"a": 1}, "u")])
    except NotTaken as error:
        raise ConfigurationError(str(error)) from None


UNDELIVERED = {"id": "n1", "state": "waits"}
STATE: list[tuple[str, Callable[[Path], object], tuple[Callable[[Path], object], ...]]] = [
    (
        "s/watch/undelivered.ndjson",
        lambda p: undelivered.add(p.parents[1], UNDELIVERED, "hook", "gone"),
        (
            lambda p: undelivered.read(p.parents[1]),
            lambda p: undelivered.add(p.parents[1], UNDELIVERED, "hook", "gone"),
            lambda p: undelivered.remove(p.parents[1], set(), "hook"),
        ),
    ),
    (
        "s/watch/undelivered.lock",
        lambda p: undelivered.add(p.parents[1], UNDELIVERED, "hook", "gone"),
        (lambda p: undelivered.add(p.parents[1], UNDELIVERED, "hook", "gone"),),
    ),
    (
        "s/dlq/replayed.ndjson",
        lambda p: _letter(p.parents[1]),
        (lambda p: letters.Journal(p.parents[1]).read(), lambda p: _letter(p.parents[1])),
    ),
    ("s/kept/p.json", lambda p: _kept(p).save(b"x"), (lambda p: _kept(p).load(), lambda p: _kept(p).save(b"y"))),
    ("s/audit/sync/siem.json", _cursor, (lambda p: CursorFile(p.parents[2], "siem").load(),)),
    ("s/audit/sync/siem.lock", _claim, (_claim,)),
    ("s/out/audit.ndjson", _lines, (_lines,)),
    ("s/app.key", lambda p: filemodes.write_secret(p, b"k" * 64), (_client,)),
]


@pytest.mark.usefixtures("careless")
@pytest.mark.parametrize(("name", "make", "uses"), STATE, ids=[row[0] for row in STATE])
def test_what_roles_keep_is_closed_and_refused_open(
    tmp_path: Path, name: str, make: Callable[[Path], object], uses: tuple[Callable[[Path], object], ...]
) -> None:
    """Notices, replayed letters, the last good policy, keys of clients: 0600 in 0700 under any umask, or refused."""
    path = tmp_path / name
    make(path)
    for use in uses:
        use(path)
    assert {mode(p) for p in (tmp_path / "s").rglob("*") if p.is_file()} == {0o600}
    assert {mode(p) for p in (tmp_path / "s", path.parent)} == {0o700}
    path.chmod(0o644)
    for use in uses:
        with pytest.raises(ConfigurationError, match=f"chmod 600 {path}"):
            use(path)


@pytest.mark.usefixtures("careless")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be two users")
def test_a_second_user_reads_nothing_of_it(tmp_path: Path) -> None:
    """Even where he may enter every folder: an installation that made them wider before."""
    for name, make, _ in STATE:
        make(tmp_path / name)
    SpentLedger(tmp_path / "s" / "spent").spend(Permit("p", "", "", "", "", "", "", "", 0, 0))
    feed.Feed(tmp_path / "s")
    for folder in [tmp_path, *tmp_path.parents[:2], *(p for p in tmp_path.rglob("*") if p.is_dir())]:
        folder.chmod(0o755)
    assert readable(tmp_path, 61003) == set()
    assert open_by_mode(tmp_path) == set()


def test_private_keys_of_connections_are_refused_open(tmp_path: Path) -> None:
    """mTLS to the brokers, also by free options, and to receivers of the audit log."""
    key = tmp_path / "client.key"
    filemodes.write_secret(key, b"k")
    typed = {"ssl_certificate_location": "cert", "ssl_key_location": str(key)}
    settings = [
        config.Kafka.model_validate({"security_protocol": "SSL", **typed}),
        config.Kafka.model_validate({"security_protocol": "SSL", "options": {"ssl.key.location": str(key)}}),
    ]
    assert {kafka.client()["ssl.key.location"] for kafka in settings} == {str(key)}
    key.chmod(0o644)
    for kafka in settings:
        with pytest.raises(ConfigurationError, match=f"chmod 600 {key}"):
            kafka.client()
    sink = AuditSink.model_validate(
        {"name": "a", "kind": "syslog", "host": "h", "certificate": "c", "certificate_key": str(key)}
    )
    with pytest.raises(ConfigurationError, match=f"chmod 600 {key}"):
        tls.context(sink)


def test_a_token_of_the_key_service_is_a_secret_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file of VAULT_TOKEN_FILE is refused where others read it."""
    token = tmp_path / "token"
    token.write_text("t")
    token.chmod(0o644)
    monkeypatch.setenv("VAULT_TOKEN_FILE", str(token))
    with pytest.raises(ConfigurationError, match="others may read"):
        VaultTransit("http://127.0.0.1:9", "k").wrap(b"x" * 32)


def test_an_empty_passphrase_locks_nothing(tmp_path: Path) -> None:
    """`keys create --passphrase-file EMPTY` writes no key: it would be one without a lock."""
    empty = tmp_path / "empty"
    filemodes.write_secret(empty, b"\n")
    done = subprocess.run(
        [sys.executable, *"-m maskgate keys create ada --keyring".split(), tmp_path, "--passphrase-file", empty],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2 and "the passphrase is empty" in done.stderr
    assert not (tmp_path / "keys").exists()
