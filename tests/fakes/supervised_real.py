"""The real supervisor as a program, with the settings as JSON on stdin."""

from __future__ import annotations

import sys

from maskgate.base.config import Settings
from maskgate.base.errors import MaskgateError
from maskgate.base.log import describe, say
from maskgate.supervise import supervisor

if __name__ == "__main__":
    try:
        supervisor.main(Settings.model_validate_json(sys.stdin.read()))
    except MaskgateError as error:
        say("supervisor", "died", **describe(error))
        sys.exit(error.exit_code)
