"""Proposals: what this node puts into a block, and what it accepts of another's.

Both look at the transactions alone, not at the state they meet, so every node judges alike and what one builds all
accept. A transaction that fails in the block costs its sender the fee and the block nothing.
"""

from collections.abc import Callable, Iterable, Iterator

from chain.primitives.errors import ModuleError
from chain.primitives.ids import Address
from chain.runtime.decode_cache import DecodeCache
from chain.runtime.tx import Tx

MAX_BLOCK_BYTES = 104_857_600
"""CometBFT's own limit, which holds where the parameters name none."""


def wire_size(tx: bytes) -> int:
    """Return the bytes that a transaction takes in a block: its tag, its length and itself.

    Source: CometBFT types.ComputeProtoSizeForTxs; a proposal above its limit panics the node.
    """
    size = len(tx)
    return 1 + max(1, (size.bit_length() + 6) // 7) + size


def fill_block(
    cache: DecodeCache,
    txs: Iterable[bytes],
    max_bytes: int,
    max_gas: int,
    is_free: Callable[[Tx], bool] = lambda tx: False,
) -> list[bytes]:
    """Return the transactions that fit, in their order but free ones last, without undecodable ones and repetitions.

    One that does not fit is left out and the next are tried, but for those of its signers: their sequences would be
    ahead of the account's, so the block would hold them for nothing and the mempool lose them. For the same reason
    what follows a free one of the same signer comes behind it. `max_gas` is -1 where nothing limits a block.
    """
    room = max_bytes if 0 <= max_bytes < MAX_BLOCK_BYTES else MAX_BLOCK_BYTES
    gas = 0
    chosen: list[bytes] = []
    waiting: set[Address] = set()
    for raw, tx in _free_last(_distinct(cache, txs), is_free):
        signers = [signer.address for signer in tx.signers]
        if wire_size(raw) > room or (max_gas >= 0 and gas + tx.gas_limit > max_gas) or not waiting.isdisjoint(signers):
            waiting.update(signers)
            continue
        room -= wire_size(raw)
        gas += tx.gas_limit
        chosen.append(raw)
    return chosen


def _free_last(txs: Iterable[tuple[bytes, Tx | None]], is_free: Callable[[Tx], bool]) -> Iterator[tuple[bytes, Tx]]:
    behind: list[tuple[bytes, Tx]] = []
    held: set[Address] = set()
    for raw, tx in txs:
        if tx is None:
            continue
        if not is_free(tx) and (not held or held.isdisjoint(signer.address for signer in tx.signers)):
            yield raw, tx
        else:
            held.update(signer.address for signer in tx.signers)
            behind.append((raw, tx))
    yield from behind


def block_fault(cache: DecodeCache, txs: Iterable[bytes], max_bytes: int, max_gas: int) -> str:
    """Say what no honest proposer would have proposed; nothing when the block is acceptable."""
    size = gas = count = distinct = 0
    txs = list(txs)
    for raw in txs:
        size += wire_size(raw)
        count += 1
    if size > (max_bytes if 0 <= max_bytes < MAX_BLOCK_BYTES else MAX_BLOCK_BYTES):
        return "transactions are larger than a block"
    for _, tx in _distinct(cache, txs):
        if tx is None:
            return "a transaction cannot be decoded"
        distinct += 1
        gas += tx.gas_limit
        if 0 <= max_gas < gas:
            return "transactions want more gas than a block has"
    return "a transaction is there twice" if distinct != count else ""


def _distinct(cache: DecodeCache, txs: Iterable[bytes]) -> Iterator[tuple[bytes, Tx | None]]:
    seen: set[bytes] = set()
    for raw in txs:
        if raw in seen:
            continue
        seen.add(raw)
        try:
            tx = cache.decode(raw)
        except ModuleError:
            yield raw, None
        else:
            yield raw, tx if tx.fault is None else None
