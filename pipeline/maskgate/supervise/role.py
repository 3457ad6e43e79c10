"""``python -m maskgate.supervise.role NAME``: one role, its settings as JSON on stdin."""

from __future__ import annotations

import sys

from maskgate.supervise.roles import child_main

if __name__ == "__main__":
    child_main(sys.argv[1])
