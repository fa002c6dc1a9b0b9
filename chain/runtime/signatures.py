"""Signatures of transactions: each is verified once, a block's all together on all processors."""

from collections.abc import Sequence

from chain.codec.tx import sign_bytes
from chain.crypto import Algorithm
from chain.crypto.batch import verify_batch
from chain.crypto.keys import verify
from chain.runtime.tx import Tx

Job = tuple[Tx, int, bytes, int]
"""A signature to verify: transaction, index of the signer, public key, account number."""


def signature_is_good(chain_id: str, tx: Tx, index: int, public_key: bytes, number: int) -> bool:
    """Judge a signer's signature, and remember the verdict in the transaction."""
    key = (index, public_key, number)
    verdict = tx.checks.get(key)
    if verdict is None:
        message = sign_bytes(tx.body_bytes, tx.auth_bytes, chain_id, number)
        verdict = tx.checks[key] = verify(Algorithm.SECP256K1, public_key, message, tx.signers[index].signature)
    return verdict


def verify_ahead(chain_id: str, jobs: Sequence[Job]) -> None:
    """Judge many signatures at once; `signature_is_good` then remembers."""
    verdicts = verify_batch(
        [
            (
                Algorithm.SECP256K1,
                public_key,
                sign_bytes(tx.body_bytes, tx.auth_bytes, chain_id, number),
                tx.signers[index].signature,
            )
            for tx, index, public_key, number in jobs
        ]
    )
    for (tx, index, public_key, number), verdict in zip(jobs, verdicts, strict=True):
        tx.checks[(index, public_key, number)] = verdict
