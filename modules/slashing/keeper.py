"""Verbs of slashing: count votes, punish, and let out of jail."""

from chain.primitives.ids import Address, ConsensusAddress
from chain.primitives.ints import NANOS
from chain.sdk.context import Context, Vote
from modules.slashing.errors import SlashingCode, SlashingError
from modules.slashing.params import PARAMS, Params
from modules.slashing.ports import SlashLog, Staking, Validator
from modules.slashing.state import PARAMETERS, SIGNING_INFOS, SigningInfo

UPDATE_DELAY = 1
"""Blocks between a validator update and its effect, as the Cosmos SDK counts them."""
FOREVER = 253_402_300_799 * NANOS
"""End of the jail of who signed twice: the last second of the year 9999, as in the Cosmos SDK."""
ABSENT = "missing_signature"
"""Reason of a slash for being absent."""
DOUBLE_SIGN = "double_sign"
"""Reason of a slash for signing twice."""


class SlashingKeeper:
    """Signing windows and punishments."""

    def __init__(self, staking: Staking, slashes: SlashLog) -> None:
        self.staking = staking
        self._slashes = slashes
        # Decoding is a function of the bytes alone, so the last result serves all states that hold the same bytes.
        self._decoded: tuple[bytes, Params] = (b"", Params())

    def params(self, ctx: Context) -> Params:
        """Return the parameters. Raises: LookupError before genesis."""
        raw = PARAMETERS.raw(ctx)
        if raw is None:
            raise LookupError("slashing parameters are not set")
        # One read of the pair: a query of an older height may replace it on another thread.
        known, params = self._decoded
        if raw != known:
            params = PARAMS.read(raw, 0)[0]
            self._decoded = (raw, params)
        return params

    def signing_info(self, ctx: Context, address: ConsensusAddress) -> SigningInfo | None:
        """Return how well a validator signs, or None for one that was never elected."""
        return SIGNING_INFOS.get(ctx, address)

    def is_watched(self, ctx: Context, address: ConsensusAddress) -> bool:
        """Tell whether a validator was ever elected."""
        return SIGNING_INFOS.has(ctx, address)

    def is_tombstoned(self, ctx: Context, address: ConsensusAddress) -> bool:
        """Tell whether a validator has signed twice and never returns."""
        info = SIGNING_INFOS.get(ctx, address)
        return info is not None and info.tombstoned

    def validator_bonded(self, ctx: Context, address: ConsensusAddress) -> None:
        """Begin to count a newly elected validator's votes; earlier punishments stay."""
        window = self.params(ctx).signed_blocks_window
        before = SIGNING_INFOS.get(ctx, address) or SigningInfo(ctx.height, window)
        SIGNING_INFOS.set(ctx, address, _begin(before, ctx.height, window))

    def count_vote(self, ctx: Context, params: Params, vote: Vote) -> None:
        """Note one validator's part in the last commit, and punish it when it has been absent too often.

        Somebody who is no validator here, such as one that only CometBFT's genesis named, is passed over.
        """
        address = ConsensusAddress(vote.address)
        info = SIGNING_INFOS.get(ctx, address)
        if info is None:
            # A genesis may name validators as elected already, and not how well they sign.
            if self.staking.validator_by_consensus(ctx, vote.address) is None:
                return
            info = SigningInfo(ctx.height, params.signed_blocks_window)
        if info.window != params.signed_blocks_window:
            info = _begin(info, ctx.height, params.signed_blocks_window)
        validator = None if vote.signed else self.staking.validator_by_consensus(ctx, vote.address)
        missed = not vote.signed and not (validator is not None and validator.jailed)
        info = _counted(info, missed)
        if missed:
            ctx.emit("liveness", address=address, missed_blocks=info.missed, height=ctx.height)
        over = ctx.height > info.start_height + info.window and info.missed > params.most_missed
        if over and validator is None:
            validator = self.staking.validator_by_consensus(ctx, vote.address)
        if over and validator is not None and not validator.jailed:
            info = self._punish_absence(ctx, params, vote, info)
        SIGNING_INFOS.set(ctx, address, info)

    def punish_double_sign(self, ctx: Context, validator: Validator, height: int, power: int) -> None:
        """Slash a validator that signed twice at a height with a power, jail it, and never let it return.

        Raises: SlashingError(NO_SIGNING_INFO) for one that was never elected.
        """
        address = validator.consensus_address
        info = SIGNING_INFOS.get(ctx, address)
        if info is None:
            raise SlashingError(SlashingCode.NO_SIGNING_INFO, str(address))
        fraction = self.params(ctx).slash_fraction_double_sign
        self._slash(ctx, address, height - UPDATE_DELAY, power, fraction, DOUBLE_SIGN)
        if not validator.jailed:
            self.staking.jail(ctx, address)
        SIGNING_INFOS.set(
            ctx,
            address,
            SigningInfo(info.start_height, info.window, info.index_offset, info.missed, FOREVER, True, info.bits),
        )

    def unjail(self, ctx: Context, operator: Address) -> None:
        """Let a validator be elected again.

        Raises: SlashingError(NO_VALIDATOR, NO_SELF_DELEGATION, SELF_DELEGATION_TOO_LOW, NOT_JAILED, VALIDATOR_JAILED).
        """
        validator = self.staking.validator(ctx, operator)
        if validator is None:
            raise SlashingError(SlashingCode.NO_VALIDATOR)
        own = self.staking.delegation(ctx, operator, operator)
        if own == 0:
            raise SlashingError(SlashingCode.NO_SELF_DELEGATION)
        staked = own * validator.tokens // validator.shares
        if staked < validator.min_self_delegation:
            detail = f"{staked} less than {validator.min_self_delegation}"
            raise SlashingError(SlashingCode.SELF_DELEGATION_TOO_LOW, detail)
        if not validator.jailed:
            raise SlashingError(SlashingCode.NOT_JAILED)
        # Who was never elected has no info: it was jailed for too small a self-delegation and may always return.
        info = SIGNING_INFOS.get(ctx, validator.consensus_address)
        if info is not None and (info.tombstoned or ctx.time < info.jailed_until):
            raise SlashingError(SlashingCode.VALIDATOR_JAILED)
        self.staking.unjail(ctx, operator)

    def _punish_absence(self, ctx: Context, params: Params, vote: Vote, info: SigningInfo) -> SigningInfo:
        # The votes are those of the last block, by a set that was chosen one block earlier.
        height = ctx.height - UPDATE_DELAY - 1
        self._slash(ctx, ConsensusAddress(vote.address), height, vote.power, params.slash_fraction_downtime, ABSENT)
        self.staking.jail(ctx, vote.address)
        # The counting starts afresh, or the validator would be slashed again in its first block after its return.
        until = ctx.time + params.downtime_jail_duration
        return SigningInfo(info.start_height, info.window, jailed_until=until, tombstoned=info.tombstoned)

    def _slash(
        self, ctx: Context, address: ConsensusAddress, height: int, power: int, fraction: int, reason: str
    ) -> None:
        burned = self.staking.slash(ctx, address, height, power, fraction)
        validator = self.staking.validator_by_consensus(ctx, address)
        if validator is not None and fraction:
            self._slashes.record_slash(ctx, validator.operator, fraction)
        ctx.emit("slash", address=address, power=power, reason=reason, jailed=address, burned_coins=burned)


def _begin(info: SigningInfo, height: int, window: int) -> SigningInfo:
    return SigningInfo(height, window, jailed_until=info.jailed_until, tombstoned=info.tombstoned)


def _counted(info: SigningInfo, missed: bool) -> SigningInfo:
    """Return an info with the next place of its window set or cleared."""
    place = info.index_offset % info.window
    byte, mask = place >> 3, 1 << (place & 7)
    bits, count = info.bits, info.missed
    before = byte < len(bits) and bits[byte] & mask != 0
    if missed != before:
        changed = bytearray(bits.ljust(byte + 1, b"\0"))
        changed[byte] ^= mask
        bits = bytes(changed).rstrip(b"\0")
        count += 1 if missed else -1
    return SigningInfo(
        info.start_height, info.window, info.index_offset + 1, count, info.jailed_until, info.tombstoned, bits
    )
