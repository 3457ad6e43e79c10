"""The mask step of the stream for any Python program: same bytes, same outcomes, same lineage.

::

    import maskgate

    gate = maskgate.load(policy="policy.yaml", keyring="/etc/maskgate")
    result = gate.mask({"user": {"email": "amelia@example.org"}})
    result.value      # {"user": {"email": "<EMAIL_ADDRESS>"}}
    result.outcome    # "masked" | "held" | "quarantined"
"""

from maskgate.embed.gate import Gate, load
from maskgate.embed.result import Explained, Outcome, Result

__all__ = ["Explained", "Gate", "Outcome", "Result", "load"]
