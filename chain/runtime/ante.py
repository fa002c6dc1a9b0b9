"""The admission of a transaction: what must hold before its messages run, in the order of cost.

Size, timeout height, memo, fee, fee payer, then per signer public key, sequence and signature. Limits of form were
checked when the transaction was decoded.
"""

from base64 import b64encode
from collections.abc import Callable, Iterable
from enum import Enum

from chain.crypto.addresses import address_of
from chain.primitives.coins import show_coins
from chain.primitives.errors import SdkCode, SdkError
from chain.primitives.events import Event
from chain.runtime.ports import Accounts, Fees, FreeLane
from chain.runtime.session import Session
from chain.runtime.signatures import Job, signature_is_good, verify_ahead
from chain.runtime.tx import Head, Signer, Tx
from chain.sdk.context import Context
from chain.sdk.gas import TX_FLAT, GasMeter

_SIGNATURE_SIZE = 64
_PUBLIC_KEY_FIELD = 79
"""Bytes that a public key takes in a transaction: the Any's head, its type URL and the key."""
_FEE_FIELD = 24
"""Bytes that a gas limit and a fee of usual size take in a transaction."""
FREE_TX_BYTES = 128 << 10
"""Longest transaction that may be free, in bytes: some hundred receipts, decoded in a few milliseconds."""
FREE_GAS, FREE_GAS_PER_BYTE = 100_000, 400
"""Most gas that a free transaction may ask for, beside that for each of its bytes: three times what receipts use."""

Terms = Callable[[Session, Tx, bool], None]
"""What a node wants for its part, given whether the fee is waived. Raises: SdkError(INSUFFICIENT_FEE, MEMPOOL_FULL)."""


class Mode(Enum):
    """Why a transaction is admitted."""

    CHECK = "check"
    """New in the mempool."""
    RECHECK = "recheck"
    """Still in the mempool after a block; its signatures were verified and stay good."""
    DELIVER = "deliver"
    """In a block."""
    SIMULATE = "simulate"
    """To estimate gas; signatures and sequences may be missing or wrong."""
    GENESIS = "genesis"
    """In genesis; signed with account number 0, because the signers cannot know their numbers yet."""


_WAIVING = (Mode.CHECK, Mode.RECHECK, Mode.DELIVER)
"""In these a quota counts: a simulation's gas is the same with and without a fee, and genesis has no quotas."""


class Ante:
    """Admits transactions, with the keepers of accounts and coins behind it."""

    def __init__(self, accounts: Accounts, fees: Fees, free_lane: FreeLane | None = None) -> None:
        self.accounts = accounts
        self.fees = fees
        self.free_lane = free_lane

    def admit(
        self, session: Session, ctx: Context, tx: Tx, gas: GasMeter, mode: Mode, terms: Terms | None = None
    ) -> bool:
        """Charge the fee and take the signatures; `ctx` has no limit, what is paid for is charged to `gas`.

        True when the fee is waived. The caller undoes the writes of an admission that fails.
        Raises: SdkError(INVALID_GAS_LIMIT, TX_TIMEOUT_HEIGHT, MEMO_TOO_LARGE, OUT_OF_GAS, INSUFFICIENT_FEE,
        TOO_MANY_SIGNATURES, UNKNOWN_ADDRESS, INSUFFICIENT_FUNDS, INVALID_PUBKEY, NOT_SUPPORTED, WRONG_SEQUENCE,
        UNAUTHORIZED, NO_SIGNATURES), and what the terms raise.
        """
        _check_limits(session, tx, mode)
        params = session.params
        size = tx.size + _missing_bytes(tx) if mode is Mode.SIMULATE else tx.size
        gas.consume(TX_FLAT + size * params.tx_size_cost_per_byte, "txSize")
        waived = not tx.fee and mode in _WAIVING and self._waive(ctx, tx)
        if terms is not None:
            terms(session, tx, waived)
        self._charge_fee(ctx, tx, mode)
        for index, signer in enumerate(tx.signers):
            self._take_signature(session, ctx, tx, index, signer, gas, mode)
        return waived

    def glance(self, session: Session, head: Head) -> None:
        """Judge sequence and signature of the one signer before anything is decoded; the state stays as it is.

        Raises: SdkError(NO_SIGNATURES, UNKNOWN_ADDRESS, INVALID_PUBKEY, NOT_SUPPORTED, WRONG_SEQUENCE, UNAUTHORIZED).
        """
        if head.signer is None:
            raise SdkError(SdkCode.NO_SIGNATURES, "who pays no fee signs alone and shows its public key")
        start = session.state.mark()
        try:
            self._take_signature(session, session.context(), head, 0, head.signer, GasMeter(), Mode.CHECK)
        finally:
            session.state.revert(start)

    def may_be_free(self, tx: Tx) -> bool:
        """Tell by its bytes alone whether a transaction is of the kind whose fee may be waived."""
        return (
            not tx.fee
            and self.free_lane is not None
            and len(tx.signers) == 1
            and tx.size <= FREE_TX_BYTES
            and tx.gas_limit <= FREE_GAS + FREE_GAS_PER_BYTE * tx.size
            and self.free_lane.covers([call.parsed for call in tx.calls])
        )

    def _waive(self, ctx: Context, tx: Tx) -> bool:
        if self.free_lane is None or not self.may_be_free(tx):
            return False
        return self.free_lane.waive(ctx, tx.payer, [call.parsed for call in tx.calls])

    def screen(self, ctx: Context, tx: Tx) -> None:
        """Run what is free as a block would, on the check state. Raises: ModuleError of what a block would reject."""
        if self.free_lane is not None:
            self.free_lane.screen(ctx, [call.parsed for call in tx.calls])

    def _charge_fee(self, ctx: Context, tx: Tx, mode: Mode) -> None:
        payer = tx.payer
        if tx.fee:
            if payer != tx.signers[0].address and self.accounts.account(ctx, payer) is None:
                raise SdkError(SdkCode.UNKNOWN_ADDRESS, f"fee payer address: {payer} does not exist")
            self.fees.deduct_fee(ctx, payer, tx.fee)
        if mode is not Mode.CHECK and mode is not Mode.RECHECK:
            # Nobody reads the events of a check.
            ctx.events.append(Event("tx", (("fee", show_coins(tx.fee)), ("fee_payer", str(payer)))))

    def _take_signature(
        self, session: Session, ctx: Context, tx: Tx | Head, index: int, signer: Signer, gas: GasMeter, mode: Mode
    ) -> None:
        account = self.accounts.account(ctx, signer.address)
        if account is None:
            raise SdkError(SdkCode.UNKNOWN_ADDRESS, f"account {signer.address} does not exist")
        sequence = account.sequence
        known = account.public_key
        public_key = _public_key(signer, known, index, mode)
        if mode is not Mode.SIMULATE:
            if signer.mode_fault is not None:
                raise SdkError(signer.mode_fault.code, signer.mode_fault.detail)
            if signer.sequence != sequence:
                text = f"account sequence mismatch, expected {sequence}, got {signer.sequence}"
                raise SdkError(SdkCode.WRONG_SEQUENCE, text)
        gas.consume(session.params.sig_verify_cost_secp256k1, "ante verify: secp256k1")
        if mode is Mode.CHECK or mode is Mode.DELIVER:
            _verify(session.block.chain_id, tx, signer, public_key, sequence, account.number)
        elif mode is Mode.GENESIS:
            _verify(session.block.chain_id, tx, signer, public_key, sequence, 0)
        account = account.with_sequence(sequence + 1)
        self.accounts.set_account(ctx, account if known else account.with_public_key(public_key))
        if mode is Mode.DELIVER or mode is Mode.SIMULATE:
            ctx.events.append(Event("tx", (("acc_seq", f"{signer.address}/{sequence}"),)))
            ctx.events.append(Event("tx", (("signature", b64encode(signer.signature).decode()),)))

    def verify_ahead(self, session: Session, txs: Iterable[Tx]) -> None:
        """Verify the signatures of a block on all threads, as far as the state before it tells keys and numbers."""
        ctx = session.context()
        jobs: list[Job] = []
        for tx in txs:
            if len(tx.signers) > session.params.tx_sig_limit:
                # Admission will refuse it; here it would be copied and hashed for each of its signers.
                continue
            for signer in tx.signers:
                if signer.verdict is not None or signer.mode_fault is not None:
                    continue
                account = self.accounts.account(ctx, signer.address)
                public_key = signer.public_key if account is None else account.public_key or signer.public_key
                if account is not None and public_key:
                    jobs.append((tx, signer, public_key, account.number))
        verify_ahead(session.block.chain_id, jobs)


def _verify(chain_id: str, tx: Tx | Head, signer: Signer, public_key: bytes, sequence: int, number: int) -> None:
    if not signature_is_good(chain_id, tx, signer, public_key, number):
        raise SdkError(
            SdkCode.UNAUTHORIZED,
            f"signature verification failed; please verify account number ({number}), "
            f"sequence ({sequence}) and chain-id ({chain_id})",
        )


def _check_limits(session: Session, tx: Tx, mode: Mode) -> None:
    if tx.fault is not None and mode is not Mode.SIMULATE:
        raise SdkError(tx.fault.code, tx.fault.detail)
    if 0 <= session.max_gas < tx.gas_limit and mode is not Mode.SIMULATE:
        text = f"tx gas limit {tx.gas_limit} exceeds block max gas {session.max_gas}"
        raise SdkError(SdkCode.INVALID_GAS_LIMIT, text)
    if 0 < tx.timeout_height < session.block.height:
        text = f"block height: {session.block.height}, timeout height: {tx.timeout_height}"
        raise SdkError(SdkCode.TX_TIMEOUT_HEIGHT, text)
    params = session.params
    if tx.memo_size > params.max_memo_characters:
        text = f"maximum number of characters is {params.max_memo_characters} but received {tx.memo_size} characters"
        raise SdkError(SdkCode.MEMO_TOO_LARGE, text)
    if len(tx.signers) > params.tx_sig_limit:
        text = f"signatures: {len(tx.signers)}, limit: {params.tx_sig_limit}"
        raise SdkError(SdkCode.TOO_MANY_SIGNATURES, text)


def _missing_bytes(tx: Tx) -> int:
    """Return how much longer the signed transaction will be than the one that is simulated."""
    missing = 0 if tx.gas_limit else _FEE_FIELD
    for signer in tx.signers:
        missing += max(0, _SIGNATURE_SIZE - len(signer.signature))
        missing += 0 if signer.public_key else _PUBLIC_KEY_FIELD
    return missing


def _public_key(signer: Signer, known: bytes, index: int, mode: Mode) -> bytes:
    """Return the key to verify with: the account's own, else the one that came with the transaction."""
    given = signer.public_key
    if given and given != known and mode is not Mode.SIMULATE and address_of(given) != signer.address:
        text = f"pubKey does not match signer address {signer.address} with signer index: {index}"
        raise SdkError(SdkCode.INVALID_PUBKEY, text)
    if not known and not given and mode is not Mode.SIMULATE:
        raise SdkError(SdkCode.INVALID_PUBKEY, "pubkey on account is not set")
    return known or given
