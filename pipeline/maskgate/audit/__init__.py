"""The audit log: one RFC 9162 Merkle tree over ``maskgate.approvals.log``, checkpoints, proofs, reports."""
