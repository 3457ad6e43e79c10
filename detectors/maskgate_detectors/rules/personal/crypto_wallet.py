"""Addresses of crypto-currency wallets."""

from __future__ import annotations

from maskgate_detectors.checks import checksums
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import words


def _bitcoin(text: str) -> bool:
    """Whether the checksum of the address's own encoding fits."""
    if text.lower().startswith(("bc1", "tb1", "ltc1")):
        return checksums.bech32(text)
    return checksums.base58check(text)


@detector
def bitcoin() -> Rule:
    """https://en.bitcoin.it/wiki/Invoice_address"""
    return Rule(
        id="crypto-bitcoin",
        entity="CRYPTO",
        label="Bitcoin or Litecoin address",
        pattern=(
            r"(?:^|[^\w])(?P<value>[13LM][1-9A-HJ-NP-Za-km-z]{25,34}|(?i:(?:bc1|tb1"
            r"|ltc1)[02-9ac-hj-np-z]{11,71}))(?:$|[^\w])"
        ),
        triggers=(r"[13LM][1-9A-HJ-NP-Za-km-z]{25}", r"(?i)(?:bc1|tb1|ltc1)[02-9ac-hj-np-z]{11}"),
        validate=_bitcoin,
        keys=words(
            "bitcoin address, btc address, btc wallet, bitcoin wallet, wallet address, wallet, crypto address",
            "crypto wallet, ltc address, deposit address, payout address",
        ),
        key_decides=True,
        key_pattern=r"[1-9A-Za-z:][A-Za-z0-9:]{24,110}",
        matches=(
            "⟦1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa⟧",
            "send to ⟦bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4⟧ now",
            "⟦3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy⟧",
        ),
        ignores=("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5"),
    )


@detector
def ethereum() -> Rule:
    """https://eips.ethereum.org/EIPS/eip-55"""
    return Rule(
        id="crypto-ethereum",
        entity="CRYPTO",
        label="Ethereum address",
        pattern=r"(?:^|[^\w])(?P<value>0[xX][0-9a-fA-F]{40})(?:$|[^\w])",
        triggers=(r"0[xX][0-9a-fA-F]{40}",),
        score=0.85,
        keys=words("eth address, ethereum address, eth wallet, ethereum wallet, wallet address, wallet"),
        key_decides=True,
        key_pattern=r"0[xX][0-9a-fA-F]{40}",
        matches=("⟦0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed⟧", "wallet: ⟦0x{x40}⟧"),
        ignores=("0x{x64}", "{x40}", "0x{x8}"),
    )


@detector
def other_wallets() -> Rule:
    """https://github.com/satoshilabs/slips/blob/master/slip-0044.md"""
    return Rule(
        id="crypto-other",
        entity="CRYPTO",
        label="Monero, Ripple, Tron, Dogecoin, Cardano or Solana address",
        pattern=(
            r"(?:^|[^\w])(?P<value>[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93}|addr1[02-9ac-hj-np-z]{50,100}"
            r"|T[1-9A-HJ-NP-Za-km-z]{33}|D[5-9A-HJ-NP-U][1-9A-HJ-NP-Za-km-z]{32}"
            r"|r[1-9A-HJ-NP-Za-km-z]{24,34}|[1-9A-HJ-NP-Za-km-z]{43,44})(?:$|[^\w])"
        ),
        needs_context=True,
        context=words("wallet, wallets, monero, xmr, ripple, xrp, tron, dogecoin, cardano, solana, crypto address"),
        keys=words(
            "wallet address, xmr address, xrp address, trx address, doge address, ada address, sol address",
            "solana address, monero address, tron address, payout wallet",
        ),
        key_decides=True,
        key_pattern=r"[A-Za-z0-9]{25,110}",
        matches=("tron wallet ⟦T{5833}⟧", "sol_address: ⟦{5844}⟧"),
        ignores=("T{5833}", "hash {5844}"),
    )
