"""What work declares."""

from chain.pb.lamppost.work.v1 import query_pb2, tx_pb2
from chain.sdk.module import Genesis, Invariant, Message, Module, Query
from modules.work import commands, genesis, handlers, invariants, queries
from modules.work.blocks import begin_block
from modules.work.errors import WorkCode
from modules.work.keeper import WorkKeeper
from modules.work.messages import SubmitWork, UpdateParams
from modules.work.state import SCHEMA, STORE

_QUERY = "/lamppost.work.v1.Query"


def module(keeper: WorkKeeper) -> Module:
    """Return the module of a keeper."""
    return Module(
        name=STORE,
        keeper=keeper,
        schema=SCHEMA,
        genesis=Genesis(genesis.default, genesis.validate, genesis.init, genesis.export),
        errors=WorkCode,
        messages=(
            Message(tx_pb2.MsgSubmitWork, SubmitWork.from_proto, handlers.submit_work, commands.SUBMIT),
            Message(tx_pb2.MsgUpdateParams, UpdateParams.from_proto, handlers.update_params, commands.UPDATE_PARAMS),
        ),
        queries=(
            Query(
                f"{_QUERY}/Params",
                query_pb2.QueryParamsRequest,
                query_pb2.QueryParamsResponse,
                queries.params,
                commands.PARAMS,
            ),
            Query(
                f"{_QUERY}/Epoch",
                query_pb2.QueryEpochRequest,
                query_pb2.QueryEpochResponse,
                queries.epoch,
                commands.EPOCH,
            ),
            Query(
                f"{_QUERY}/DeviceWork",
                query_pb2.QueryDeviceWorkRequest,
                query_pb2.QueryDeviceWorkResponse,
                queries.device_work,
                commands.DEVICE,
            ),
        ),
        begin_block=begin_block,
        invariants=(
            Invariant("clock and books agree", invariants.clock_and_books_agree),
            Invariant("no device is ahead of the clock", invariants.nobody_is_ahead),
        ),
        events=("work_submitted", "receipt_rejected", "epoch_closed", "work_params_updated"),
    )
