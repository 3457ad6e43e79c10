"""The policy in force, which may change while a process runs; the last good one stays."""

from __future__ import annotations

import difflib
import threading
from dataclasses import dataclass
from pathlib import Path

from maskgate.base.errors import PolicyError
from maskgate.base.log import say
from maskgate.base.records import PolicyRef
from maskgate.crypto.kept import Kept
from maskgate.policy import kept as keeping
from maskgate.policy import source as sources
from maskgate.policy.compiled import CompiledPolicy
from maskgate.policy.loading import compile_source, load_policy


@dataclass(frozen=True)
class PolicyChange:
    """An event for the log: the policy changed (``new``), or a bad one was refused (``error``)."""

    old: PolicyRef
    new: PolicyRef | None
    diff: str = ""
    error: str = ""
    detection_changed: bool = False

    @property
    def accepted(self) -> bool:
        """Whether the new policy is in force."""
        return self.new is not None


class _Reading(threading.Thread):
    """Reads a policy; the result stands in ``policy`` or ``error``."""

    def __init__(self, path: Path) -> None:
        super().__init__(name="policy", daemon=True)
        self._path = path
        self.policy: CompiledPolicy | None = None
        self.error = ""

    def run(self) -> None:
        try:
            self.policy = load_policy(self._path)
        except PolicyError as error:
            self.error = str(error)
        except Exception as error:  # a fault in reading must not end the worker: the last good policy stays
            self.error = f"{self._path}: cannot be read: {type(error).__name__}"


_LARGE = 4 << 10  # bytes of policy that are read in a thread: reading takes about 4 ms a kB


class PolicyHolder:
    """Holds the current policy; ``poll`` at a batch border looks whether the file changed.

    A large policy is read in a thread while the caller works on; the ``poll`` after that takes it. ``kept`` remembers
    the last good one: a holder that starts on a broken file goes on with that, and ``fallback`` says why.
    """

    def __init__(self, path: Path | str | None = None, kept: Kept | None = None) -> None:
        """
        Raises:
            PolicyError: the policy cannot be used, and no good one was kept.
        """
        self.path = Path(path) if path is not None else None
        self._kept = kept
        self.fallback, self._published = "", False
        self.published_before = self._text_before()
        try:
            self.current: CompiledPolicy = load_policy(path)
        except PolicyError as error:
            self.current, self.fallback = self._last_good(error), str(error)
        if not self.published_before:  # or a process that dies before it reads the topic forgets what was published
            self._keep()
        self._seen = self._signature()
        self._reading: _Reading | None = None

    def settle(self) -> None:
        """Keep the file's policy in place of a published one: the topic was looked at, and gives none."""
        if self.published_before:
            self.published_before = b""
            self._keep()

    def _text_before(self) -> bytes:
        """The text of the published policy that this role took last before this process; empty where it took none."""
        content = self._kept.load() if self._kept else None
        return keeping.published_text(content.body) if content else b""

    def edited(self) -> Path | None:
        """The file, where it changed since it was looked at last; it is not read: what was published is in force."""
        signature = self._signature()
        if signature == self._seen:
            return None
        self._seen = signature
        return self.path

    def _last_good(self, error: PolicyError) -> CompiledPolicy:
        content = self._kept.load() if self._kept else None
        policy = keeping.load(content.body) if content else None
        if policy is None:
            raise error
        return policy

    def _keep(self) -> None:
        if self._kept is None or self.fallback:
            return
        try:
            self._kept.save(keeping.dump(self.current, self._published))
        except OSError as error:
            say("policy", "not_kept", level="warning", reason=error.strerror)

    def poll(self) -> PolicyChange | None:
        """What changed since the last call: None (nothing), a new policy, or why one was refused."""
        if self.path is None:
            return None
        if self._reading is not None:
            if self._reading.is_alive():
                return None
            done, self._reading = self._reading, None
            return self._take(done)
        signature = self._signature()
        if signature == self._seen:
            return None
        self._seen = signature
        reading = _Reading(self.path)
        if sum(entry[2] for entry in signature) > _LARGE:
            self._reading = reading
            reading.start()
            return None
        reading.run()
        return self._take(reading)

    def _take(self, reading: _Reading) -> PolicyChange | None:
        if reading.policy is None:
            return PolicyChange(self.current.ref, None, error=reading.error)
        return self._swap(reading.policy)

    def offer(self, text: bytes, name: str) -> PolicyChange | None:
        """Take a policy that came another way (the policy topic); a bad one is refused, the current one stays."""
        try:
            policy = compile_source(sources.parse(text, name))
        except PolicyError as error:
            return PolicyChange(self.current.ref, None, error=str(error))
        except Exception as error:  # as for a file: a signed policy of another version must end no worker and no gate
            return PolicyChange(self.current.ref, None, error=f"{name}: cannot be read: {type(error).__name__}")
        change = self._swap(policy, published=True)
        self._seen = self._signature()  # of the file alone: the published one stands on no others
        return change

    def keep(self, policy: CompiledPolicy) -> None:
        """Stay with this one: the current one cannot be used here."""
        self.current = policy
        self._keep()

    def _swap(self, new: CompiledPolicy, published: bool = False) -> PolicyChange | None:
        old, self.fallback, self._published = self.current, "", published
        if new.ref.digest == old.ref.digest:
            self._keep()
            return None
        self.current = new
        self._keep()
        before, after = (p.text.decode("utf-8", "replace").splitlines() for p in (old, new))
        lines = difflib.unified_diff(
            before, after, f"{old.ref.id} {old.ref.version}", f"{new.ref.id} {new.ref.version}", "", "", 2, ""
        )
        changed = old.engine_config() != new.engine_config()
        return PolicyChange(old.ref, new.ref, "\n".join(lines), detection_changed=changed)

    def _signature(self) -> tuple[tuple[str, int, int, int], ...]:
        """Name, inode, size and time of every file that the policy came from."""
        if self.path is None:
            return ()
        paths = {self.path}
        if self.path.is_dir():
            paths.update(self.path.iterdir())
        paths.update(Path(s.name) for s in self.current.chain[1:] if not s.name.startswith("profile "))
        paths.update(Path(name) for s in self.current.chain for name, _ in s.files)
        out = []
        for path in sorted(paths):
            try:
                stat = path.stat()
            except OSError:
                out.append((str(path), 0, 0, 0))
                continue
            out.append((str(path), stat.st_ino, stat.st_size, stat.st_mtime_ns))
        return tuple(out)
