"""Commands of the slashing module."""

import json
from collections.abc import Mapping
from typing import Any

from chain.pb.cosmos.slashing.v1beta1 import tx_pb2
from chain.primitives.ids import Address
from chain.sdk.cli import Arg, Column, Command
from chain.sdk.sections import Section
from modules.slashing.wire import params_proto, read_params


def _unjail(values: Mapping[str, Any]) -> tx_pb2.MsgUnjail:
    """Return the message of the signer's own validator."""
    return tx_pb2.MsgUnjail(validator_addr=Address.parse(values["validator_addr"]).operator)


def _update_params(values: Mapping[str, Any]) -> tx_pb2.MsgUpdateParams:
    """Return the message of parameters as genesis writes them."""
    params = read_params(Section("params", json.loads(values["params"])))
    return tx_pb2.MsgUpdateParams(authority=values["authority"], params=params_proto(params))


UNJAIL = Command(
    name="unjail",
    help="Let your jailed validator be elected again, once its time is over.",
    example="lampd tx slashing unjail --from val0",
    signer="validator_addr",
    build=_unjail,
)
UPDATE_PARAMS = Command(
    name="update-params",
    help="Replace the parameters of slashing; only the chain's authority may. Those not named take their defaults.",
    example='lampd tx slashing update-params \'{"signed_blocks_window": "100"}\' --from alice',
    args=(Arg("params", "Parameters as genesis writes them, as JSON."),),
    signer="authority",
    build=_update_params,
)
PARAMS = Command(
    name="params",
    help="Show what being absent and signing twice cost.",
    example="lampd query slashing params",
)
SIGNING_INFO = Command(
    name="signing-info",
    help="Show how well a validator signs.",
    example="lampd query slashing signing-info lampvalcons1qqqsyqcyq5rqwzqfpg9scrgwpugpzysnl3xk3v",
    args=(Arg("cons_address", "Consensus address: lampvalcons1..., as `lampd comet show-address` prints it."),),
)
SIGNING_INFOS = Command(
    name="signing-infos",
    help="List how well all validators sign.",
    example="lampd query slashing signing-infos --limit 10",
    rows="info",
    columns=(
        Column("address", "VALIDATOR"),
        Column("missed_blocks_counter", "MISSED"),
        Column("index_offset", "COUNTED"),
        Column("tombstoned", "TOMBSTONED"),
    ),
)
