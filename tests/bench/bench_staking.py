"""What stake costs; `python -m tests.bench.bench_staking` prints the figures.

All figures are ratios of two times on the same machine, each the quickest of several. Large states are written
straight into the store; what the hooks read of them is complete, but for the sums that only invariants look at.
"""

import gc
import sys
import time
from collections.abc import Callable
from hashlib import sha256

from chain.pb.cosmos.bank.v1beta1.tx_pb2 import MsgSend
from chain.pb.cosmos.base.v1beta1.coin_pb2 import Coin as CoinPb
from chain.pb.cosmos.staking.v1beta1.tx_pb2 import MsgDelegate
from chain.primitives.ids import Address
from chain.runtime.blocks import block_info
from chain.sdk.context import Context
from chain.sdk.gas import GasMeter
from chain.store.overlay import BlockState
from chain.testing import TestChain
from chain.testing_votes import consensus_key
from modules.distribution.state import STAKES
from modules.distribution.state import Stake as RewardStake
from modules.staking.keeper import StakingKeeper
from modules.staking.state import CHANGED, DELEGATIONS, DELEGATORS
from modules.staking.validator import consensus_address

LAMP = 10**6
ONE = 10**18
ACTIVE = 100
"""Validators with a seat."""
FEW, MANY = 1_000, 1_000_000
"""Delegations in the small and in the large state."""
CHUNK = 50_000
"""Delegations written in one block."""
ROUNDS = 15
TXS = 300
"""Transactions of a block."""
Row = dict[str, float]


def names(count: int) -> list[str]:
    return [f"validator{index}" for index in range(count)]


def make(validators: int, delegations: int) -> TestChain:
    """Return a chain of which ACTIVE validators have a seat, with delegations spread over these."""
    stakes = {name: (1_000 + index) * LAMP for index, name in enumerate(names(validators))}
    chain = TestChain(accounts={"alice": f"{10**12}ulamp"}, validators=stakes, invariants=False)
    chain.advance(1)
    for first in range(0, delegations, CHUNK):
        state, ctx = writable(chain)
        for number in range(first, min(first + CHUNK, delegations)):
            delegator = Address(sha256(b"delegator %d" % number).digest()[:20])
            operator = chain.address(f"validator{validators - 1 - number % ACTIVE}")
            write_delegation(ctx, delegator, operator)
        commit(chain, state)
    state, ctx = writable(chain)
    CHANGED.set(ctx, True)
    commit(chain, state)
    return chain


def write_delegation(ctx: Context, delegator: Address, operator: Address) -> None:
    DELEGATIONS.set(ctx, (delegator, operator), LAMP * ONE)
    DELEGATORS.add(ctx, (operator, delegator))
    STAKES.set(ctx, (delegator, operator), RewardStake(0))


def writable(chain: TestChain) -> tuple[BlockState, Context]:
    state = BlockState(chain.store)
    before = chain.ctx()
    return state, Context(state, before.block, GasMeter(), before.authority)


def commit(chain: TestChain, state: BlockState) -> None:
    chain.store.finalize(state.changes())
    chain.store.commit(chain.height + 1, chain.time)


def seconds(call: Callable[[], object]) -> float:
    gc.collect()
    gc.freeze()
    start = time.perf_counter()
    call()
    taken = time.perf_counter() - start
    gc.unfreeze()
    return taken


def hooks_of(chain: TestChain) -> Callable[[], object]:
    """Return a function that runs the hooks of a block whose validators all signed, and computes the set anew."""
    request = chain.block()
    # The store is some blocks ahead of what CometBFT was told, so the votes are those of the first set.
    request.decided_last_commit.CopyFrom(chain.comet.commit_of(2, ()))
    block = block_info("bench", request)
    runner, open_session = chain.app._runner, chain.app._open
    return lambda: runner.run(block, [], open_session)


def quickest(first: Callable[[], object], second: Callable[[], object], rounds: int = ROUNDS) -> tuple[float, float]:
    """Return the quickest times of two calls that take turns."""
    pairs = [(seconds(first), seconds(second)) for _ in range(rounds)]
    return min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)


def hooks_ratio(small: tuple[int, int], large: tuple[int, int]) -> tuple[float, float]:
    """Return the hooks' time with a large state over that with a small one, and the latter in milliseconds."""
    with make(*small) as one, make(*large) as other:
        few, many = quickest(hooks_of(one), hooks_of(other))
    return many / few, few * 1_000


def delegate_ratio() -> float:
    """Return the time of a block of delegations over that of a block of sends, each by another account."""
    people = [f"person{index}" for index in range(TXS)]
    with TestChain(
        accounts=dict.fromkeys(people, f"{10**12}ulamp"), validators={"validator0": 100 * LAMP}, invariants=False
    ) as chain:
        chain.advance(1)
        operator = chain.address("validator0").operator
        amount = CoinPb(denom="ulamp", amount="7000000")
        best = {"send": 1e9, "delegate": 1e9}
        for _ in range(4):
            for kind in best:
                txs = []
                for index, name in enumerate(people):
                    sender = str(chain.address(name))
                    if kind == "send":
                        to = str(chain.address(people[(index + 1) % TXS]))
                        message = MsgSend(from_address=sender, to_address=to, amount=[amount])
                    else:
                        message = MsgDelegate(delegator_address=sender, validator_address=operator, amount=amount)
                    txs.append(chain.tx(message, signer=name, fee="1000ulamp"))
                request = chain.block(*txs)
                block = block_info("lamppost-test-1", request)
                taken = seconds(lambda block=block, txs=txs: chain.app._runner.run(block, txs, chain.app._open))
                best[kind] = min(best[kind], taken)
                result = chain.deliver(*txs)
                if any(one.code for one in result.tx_results):
                    raise RuntimeError(result.tx_results[0].log)
    return best["delegate"] / best["send"]


def slash_ratio(few: int = 10, many: int = 100_000) -> float:
    """Return the time of a slash with many delegators over that with few."""
    with TestChain(
        accounts={}, validators={"validator0": 10**6 * LAMP, "validator1": 10**6 * LAMP}, invariants=False
    ) as chain:
        chain.advance(1)
        for name, count in (("validator0", few), ("validator1", many)):
            for first in range(0, count, CHUNK):
                state, ctx = writable(chain)
                for number in range(first, min(first + CHUNK, count)):
                    delegator = Address(sha256(b"slashed %d" % number).digest()[:20])
                    write_delegation(ctx, delegator, chain.address(name))
                commit(chain, state)
        keeper = next(module.keeper for module in chain.wiring.modules if module.name == "staking")

        def slash(name: str) -> Callable[[], object]:
            return lambda: _slash_often(chain, keeper, consensus_address(consensus_key(name)))

        small, large = quickest(slash("validator0"), slash("validator1"))
    return large / small


def _slash_often(chain: TestChain, keeper: StakingKeeper, address: bytes) -> None:
    _, ctx = writable(chain)
    for _ in range(50):
        keeper.slash(ctx, address, ctx.height - 1, 1_000, ONE // 100)


def rows() -> dict[str, Row]:
    """Return the figures."""
    few = 0.0
    delegations, few = hooks_ratio((ACTIVE, FEW), (ACTIVE, MANY))
    candidates, _ = hooks_ratio((ACTIVE, FEW), (100 * ACTIVE, FEW))
    return {
        "hooks_1m_over_1k_delegations": {"value": delegations, "must": 1.1},
        "hooks_10k_over_100_validators": {"value": candidates, "must": 1.2},
        "delegate_over_send": {"value": delegate_ratio(), "must": 3.0},
        "slash_100k_over_10_delegators": {"value": slash_ratio(), "must": 1.1},
        "hooks_of_100_validators_ms": {"value": few},
    }


if __name__ == "__main__":
    if "--small" in sys.argv:
        MANY = 20_000
    for name, row in rows().items():
        print(f"{name:<32}{row['value']:>10.3f}{row.get('must') or '':>8}")
