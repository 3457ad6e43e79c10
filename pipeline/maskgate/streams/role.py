"""``python -m maskgate.streams.role NAME``: one role, its settings as JSON on stdin."""

from __future__ import annotations

import sys

from maskgate.streams.roles import child_main

if __name__ == "__main__":
    child_main(sys.argv[1])
