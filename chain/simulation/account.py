"""A device's account through the epochs, by the chain's own functions: what is free, and what is held back."""

from modules.reward_emission.accounts import Account, Slot, SlotState, paid_out, release, remember, settled
from modules.reward_emission.params import Params


class DeviceAccount:
    """A device that claims each share as soon as it is final, and with it what drips out."""

    def __init__(self, params: Params) -> None:
        self._params = params
        self._account = Account()
        self._share = 0

    @property
    def claimable(self) -> int:
        """What it could have claimed so far, in ulamp."""
        return self._account.paid

    @property
    def locked(self) -> int:
        """What is held back, in ulamp."""
        return self._account.locked

    def close(self, epoch: int, share: int) -> None:
        """End an epoch in which the device earned a share; that of the epoch before is final now."""
        final, self._share = self._share, share
        now = epoch + 1
        account = self._account
        if final:
            holdback = self._params.holdback_bp
            slot = Slot(epoch - 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, SlotState.SETTLED, final, holdback)
            account = settled(remember(account, slot), [slot], now, self._params)
        self._account = paid_out(release(account, now, self._params))
