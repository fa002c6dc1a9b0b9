"""Signatures of transactions: each is verified once, a block's all together on all processors."""

from collections.abc import Sequence

from chain.codec.tx import sign_bytes
from chain.crypto import Algorithm
from chain.crypto.batch import verify_batch
from chain.crypto.keys import verify
from chain.runtime.tx import Head, Signer, Tx

Job = tuple[Tx, Signer, bytes, int]
"""A signature to verify: transaction, signer, public key, account number."""


def signature_is_good(chain_id: str, tx: Tx | Head, signer: Signer, public_key: bytes, number: int) -> bool:
    """Judge a signer's signature, and remember the verdict."""
    verdict = signer.verdict
    if verdict is None or verdict[0] != public_key or verdict[1] != number:
        message = sign_bytes(tx.body_bytes, tx.auth_bytes, chain_id, number)
        good = verify(Algorithm.SECP256K1, public_key, message, signer.signature)
        verdict = signer.verdict = (public_key, number, good)
    return verdict[2]


def verify_ahead(chain_id: str, jobs: Sequence[Job]) -> None:
    """Judge many signatures at once; `signature_is_good` then remembers."""
    verdicts = verify_batch(
        [
            (
                Algorithm.SECP256K1,
                public_key,
                sign_bytes(tx.body_bytes, tx.auth_bytes, chain_id, number),
                signer.signature,
            )
            for tx, signer, public_key, number in jobs
        ]
    )
    for (_, signer, public_key, number), good in zip(jobs, verdicts, strict=True):
        signer.verdict = (public_key, number, good)
