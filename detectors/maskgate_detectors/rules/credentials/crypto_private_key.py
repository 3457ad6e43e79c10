"""Private keys of crypto-currency wallets."""

from __future__ import annotations

from maskgate_detectors.checks import checksums
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def bitcoin_private_key() -> Rule:
    """https://en.bitcoin.it/wiki/Wallet_import_format"""
    return Rule(
        id="bitcoin-private-key",
        entity=SECRET,
        label="Private key in wallet import format, or extended private key",
        pattern=(
            r"(?:^|[^A-Za-z0-9])(?P<value>[5KL][1-9A-HJ-NP-Za-km-z]{50,51}"
            r"|[xyz]prv[1-9A-HJ-NP-Za-km-z]{107})(?:$|[^A-Za-z0-9])"
        ),
        triggers=(r"[5KL][1-9A-HJ-NP-Za-km-z]{50}", r"[xyz]prv[1-9A-HJ-NP-Za-km-z]{80}"),
        validate=checksums.base58check,
        matches=("⟦5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ⟧",),
        ignores=("5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTK",),
    )
