"""Signatures of transactions: verified in chunks on a pool of threads, and each only once."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from chain.codec.tx import sign_bytes
from chain.crypto import Algorithm
from chain.crypto.batch import verify_batch
from chain.crypto.keys import verify
from chain.runtime.tx import Tx

CHUNK = 64
"""Signatures verified by one task: some 2 ms, so that the threads finish together."""

Job = tuple[Tx, int, bytes, int]
"""A signature to verify: transaction, index of the signer, public key, account number."""


class Verifier:
    """Judges signatures for one chain and remembers the verdicts in the transactions."""

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads, "verify") if threads > 1 else None

    def close(self) -> None:
        """End the threads."""
        if self._pool is not None:
            self._pool.shutdown()

    def verify(self, chain_id: str, tx: Tx, index: int, public_key: bytes, number: int) -> bool:
        """Tell whether a signer's signature is good."""
        key = (index, public_key, number)
        verdict = tx.checks.get(key)
        if verdict is None:
            message = sign_bytes(tx.body_bytes, tx.auth_bytes, chain_id, number)
            verdict = verify(Algorithm.SECP256K1, public_key, message, tx.signers[index].signature)
            tx.checks[key] = verdict
        return verdict

    def prepare(self, chain_id: str, jobs: Sequence[Job]) -> None:
        """Verify many signatures at once; `verify` then finds the verdicts."""
        chunks = [jobs[at : at + CHUNK] for at in range(0, len(jobs), CHUNK)]
        if self._pool is None or len(chunks) < 2:
            for chunk in chunks:
                _verify_chunk(chain_id, chunk)
        else:
            for done in [self._pool.submit(_verify_chunk, chain_id, chunk) for chunk in chunks]:
                done.result()


def _verify_chunk(chain_id: str, jobs: Sequence[Job]) -> None:
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
