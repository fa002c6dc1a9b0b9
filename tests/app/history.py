"""One history with every module in it; run as a program it prints what validators must agree on, block by block."""

import hashlib
import random
from collections.abc import Iterator

from chain.pb.cosmos.bank.v1beta1 import tx_pb2 as bank_pb
from chain.pb.cosmos.base.v1beta1.coin_pb2 import Coin
from chain.pb.lamppost.device_registry.v1 import tx_pb2 as registry_pb
from chain.pb.tendermint.abci import types_pb2 as abci
from chain.testing import BlockResult
from tests.modules.work.village import EPOCH_SECONDS, Village


def play(seed: int = 7, blocks: int = 40) -> Iterator[tuple[Village, BlockResult]]:
    """Yield the blocks of a history in which people send, devices work, epochs close, owners claim, and much fails."""
    draw = random.Random(seed)
    with Village() as village:
        yield village, village.chain.deliver()
        for _ in range(blocks):
            txs = [_random_tx(village, draw) for _ in range(draw.randrange(8))]
            seconds = draw.choice([1, 1, 5, EPOCH_SECONDS // 2, EPOCH_SECONDS])
            yield village, village.chain.deliver(*txs, seconds=seconds, process=False)


def _random_tx(village: Village, draw: random.Random) -> bytes:
    chain = village.chain
    name = draw.choice(["alice", "bob"])
    address = str(chain.address(name))
    other = str(chain.address(draw.choice(["alice", "bob", "founder", "stranger"])))
    kind = draw.randrange(8)
    if kind == 0:
        return draw.randbytes(draw.randrange(80))
    if kind == 1:
        units = draw.choice([0, 1, 24, 25])
        devices = draw.sample(["a", "b", "c"], k=draw.randrange(1, 4))
        receipts = [village.receipt(device, units, network=draw.choice([1, 1, 2])) for device in devices]
        return chain.tx(village.submission(*receipts), signer="gateway", fee="9ulamp")
    if kind == 2:
        names = ["a", "b"] if name == "alice" else ["c"]
        return chain.tx(village.claim_message(name, *names), signer=name)
    if kind == 3:
        device = str(village.id(draw.choice("abc")))
        pause = registry_pb.MsgPauseDevice(signer=address, device_id=device)
        resume = registry_pb.MsgResumeDevice(signer=address, device_id=device)
        return chain.tx(draw.choice([pause, resume]), signer=name)
    amount = [Coin(denom="ulamp", amount=str(draw.choice([1, 1_000, 10**20])))]
    send = bank_pb.MsgSend(from_address=address, to_address=other, amount=amount)
    gas = draw.choice([10_000_000, 24_000])
    return chain.tx(*[send] * draw.randrange(1, 3), signer=name, fee=f"{draw.randrange(1, 50)}ulamp", gas=gas)


def main() -> None:
    """Print height, app hash, store roots and a hash of the whole response of each block, then of the export."""
    village = None
    for village, result in play():
        response = hashlib.sha256(result.response.SerializeToString(deterministic=True)).hexdigest()
        codes = [item.code for item in result.tx_results]
        roots = {name: root.hex() for name, root in village.chain.store.roots(result.height).items()}
        print(result.height, result.app_hash.hex(), response, codes, roots)
        if result.height % 10 == 0:
            print(village.chain.export())
            chosen = village.chain.app.prepare_proposal(abci.RequestPrepareProposal(max_tx_bytes=1_000, height=1))
            print(len(chosen.txs))


if __name__ == "__main__":
    main()
