"""Commands whose messages are built by functions: an operator's own validator, parameters as genesis writes them."""

from typing import Any

import pytest

from chain.primitives.decimals import ONE
from chain.primitives.ints import NANOS
from chain.sdk.module import GenesisError
from modules.distribution import commands as distribution
from modules.distribution.messages import UpdateParams as DistributionParams
from modules.distribution.params import Params
from modules.slashing import commands as slashing
from modules.slashing.messages import UpdateParams as SlashingParams
from tests.modules.auth.world import address

A = str(address(1))


def build(command: Any, **values: Any) -> Any:
    assert command.build is not None
    return command.build(values)


def test_an_operator_means_its_own_validator() -> None:
    assert build(slashing.UNJAIL, validator_addr=A).validator_addr == address(1).operator
    made = build(distribution.WITHDRAW_COMMISSION, validator_address=A)
    assert made.validator_address == address(1).operator


def test_parameters_are_written_as_in_genesis_and_the_rest_are_defaults() -> None:
    text = '{"signed_blocks_window": "7", "downtime_jail_duration": "1.5s", "slash_fraction_downtime": "0.1"}'
    made = SlashingParams.from_proto(build(slashing.UPDATE_PARAMS, authority=A, params=text))
    assert (made.params.signed_blocks_window, made.params.downtime_jail_duration) == (7, 3 * NANOS // 2)
    assert (made.params.slash_fraction_downtime, made.params.slash_fraction_double_sign) == (ONE // 10, ONE // 20)
    tax = build(distribution.UPDATE_PARAMS, authority=A, params='{"community_tax": "0.5"}')
    assert DistributionParams.from_proto(tax) == DistributionParams(address(1), Params(ONE // 2, True))


@pytest.mark.parametrize("text", ['{"community_tax": "3"}', '{"tax": "0"}', "[]"])
def test_bad_parameters_are_named(text: str) -> None:
    with pytest.raises(GenesisError, match="params"):
        build(distribution.UPDATE_PARAMS, authority=A, params=text)
