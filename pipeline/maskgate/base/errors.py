"""Every error of maskgate, by what the caller does about it.

::

    MaskgateError
    ├── ConfigurationError   the set-up is wrong: exit 2, before a byte is read
    │   ├── PolicyError      … in the policy, with file and line
    │   └── KeyringError     … in the keys
    ├── RecordError          this record is wrong: dead letter, carry on
    ├── RefusedError         the act is not allowed (vote, transition, unmask): logged, exit 1
    └── WorldError           broker, disk, network: retry, then stop without committing (exit 3)

A message says what to do next. It never carries the value of a record.
"""

from __future__ import annotations


class MaskgateError(Exception):
    """Root of all errors that maskgate raises on purpose."""

    exit_code = 1


class ConfigurationError(MaskgateError):
    """The set-up is wrong; nothing was read."""

    exit_code = 2


class PolicyError(ConfigurationError):
    """The policy is wrong; the message starts with ``file:line``."""


class KeyringError(ConfigurationError):
    """The keyring is missing, damaged, or holds no usable key."""


class RecordError(MaskgateError):
    """This record cannot be handled; ``code`` goes to the dead letter."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class RefusedError(MaskgateError):
    """The act is not allowed; ``code`` is stable, the message is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class WorldError(MaskgateError):
    """Something outside failed (broker, disk, network)."""

    exit_code = 3
