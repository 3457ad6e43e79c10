"""Canonical JSON, signatures and signers, sealing, passkeys, the Merkle tree and the keyring."""
