"""The real supervisor as a program, with the settings as JSON on stdin."""

from __future__ import annotations

import sys

from maskgate.config import Settings
from maskgate.errors import MaskgateError
from maskgate.streams import supervisor
from maskgate.streams.log import describe, say

if __name__ == "__main__":
    try:
        supervisor.main(Settings.model_validate_json(sys.stdin.read()))
    except MaskgateError as error:
        say("supervisor", "died", **describe(error))
        sys.exit(error.exit_code)
