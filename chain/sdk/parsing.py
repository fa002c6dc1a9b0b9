"""Stateless checks that most messages and queries share."""

from chain.primitives.errors import SdkCode, SdkError
from chain.primitives.ids import Address


def parse_address(text: str, what: str = "address") -> Address:
    """Read an account's bech32 text; `what` names the field. Raises: SdkError(INVALID_ADDRESS)."""
    try:
        return Address.parse(text)
    except ValueError as error:
        raise SdkError(SdkCode.INVALID_ADDRESS, f"invalid {what}: {error}") from error
