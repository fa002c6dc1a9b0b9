"""What rewards cost; `python -m tests.bench.bench_rewards` prints the figures.

Large states are written straight into the store, as in `bench_staking`.
"""

from collections.abc import Callable
from hashlib import sha256

from chain.crypto.addresses import module_address
from chain.primitives.coins import Coin
from chain.primitives.decimals import ONE
from chain.primitives.ids import Address
from chain.runtime.blocks import block_info
from chain.testing import TestChain
from modules.distribution.keeper import DistributionKeeper
from modules.distribution.state import STAKES
from tests.bench.bench_staking import ACTIVE, CHUNK, LAMP, Row, commit, make, quickest, writable, write_delegation

FEW, MANY = 10, 100_000
"""Delegators of the small and of the large validator."""
TIMES = 50
"""Rewards and withdrawals of one measurement."""


def distribution_of(chain: TestChain) -> DistributionKeeper:
    return next(module.keeper for module in chain.wiring.modules if module.name == "distribution")  # type: ignore[no-any-return]


def delegator(number: int) -> Address:
    return Address(sha256(b"rewarded %d" % number).digest()[:20])


def reward_ratio() -> float:
    """Return the time to reward and settle with many delegators over that with few."""
    stakes = {"validator0": 10**6 * LAMP, "validator1": 10**6 * LAMP}
    with TestChain(accounts={}, validators=stakes, invariants=False) as chain:
        chain.advance(1)
        for name, count in (("validator0", FEW), ("validator1", MANY)):
            for first in range(0, count, CHUNK):
                state, ctx = writable(chain)
                for number in range(first, min(first + CHUNK, count)):
                    write_delegation(ctx, delegator(number), chain.address(name))
                commit(chain, state)
        keeper = distribution_of(chain)

        def often(name: str) -> Callable[[], object]:
            operator = chain.address(name)

            def run() -> None:
                _, ctx = writable(chain)
                validator = keeper.staking.validator(ctx, operator)
                if validator is None:
                    raise RuntimeError(f"{name} is gone")
                for number in range(TIMES):
                    keeper.reward(ctx, validator, ONE // 10**6)
                    key = (delegator(number % FEW), operator)
                    stake = STAKES.get(ctx, key)
                    if stake is None:
                        raise RuntimeError(f"{key} is gone")
                    keeper.settle(ctx, *key, stake)

            return run

        small, large = quickest(often("validator0"), often("validator1"))
    return large / small


def fees_ms() -> tuple[float, float]:
    """Return the hooks' milliseconds of a block of 100 validators with fees to share out, and without."""
    with make(ACTIVE, 0) as chain:
        request = chain.block()
        request.decided_last_commit.CopyFrom(chain.comet.commit_of(2, ()))
        block = block_info("bench", request)
        runner, open_session = chain.app._runner, chain.app._open
        idle = lambda: runner.run(block, [], open_session)  # noqa: E731  # a call to be timed

        def busy() -> None:
            session = open_session(block)
            bank = distribution_of(chain).bank
            bank.send_to_module(session.context(), chain.address("alice"), "fee_collector", (Coin("ulamp", 10**6),))
            runner.run(block, [], lambda _: session)

        bare, fees = quickest(idle, busy)
        if not distribution_of(chain).bank.balances(chain.ctx(), module_address("bonded_tokens_pool")):
            raise RuntimeError("nobody stakes")
    return fees * 1_000, bare * 1_000


def rows() -> dict[str, Row]:
    """Return the figures."""
    fees, bare = fees_ms()
    return {
        "rewards_100k_over_10_delegators": {"value": reward_ratio(), "must": 1.1},
        "hooks_of_100_validators_with_fees_ms": {"value": fees},
        "hooks_of_100_validators_without_fees_ms": {"value": bare},
    }


if __name__ == "__main__":
    for name, row in rows().items():
        print(f"{name:<42}{row['value']:>10.3f}{row.get('must') or '':>8}")
