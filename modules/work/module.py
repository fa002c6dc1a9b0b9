"""What work declares."""

from chain.pb.lamppost.work.v1 import query_pb2, tx_pb2
from chain.sdk.module import Genesis, Invariant, Message, Module, Query
from modules.work import commands, genesis, handlers, invariants, queries
from modules.work.audits import module as audits
from modules.work.blocks import begin_block
from modules.work.errors import WorkCode
from modules.work.gateways import module as gateways
from modules.work.keeper import WorkKeeper
from modules.work.messages import SubmitWork, UpdateParams
from modules.work.queries import SERVICE
from modules.work.state import SCHEMA, STORE

_QUERIES = (
    Query(
        SERVICE + "Params",
        query_pb2.QueryParamsRequest,
        query_pb2.QueryParamsResponse,
        queries.params,
        commands.PARAMS,
    ),
    Query(
        SERVICE + "Epoch",
        query_pb2.QueryEpochRequest,
        query_pb2.QueryEpochResponse,
        queries.epoch,
        commands.EPOCH,
    ),
    Query(
        SERVICE + "DeviceWork",
        query_pb2.QueryDeviceWorkRequest,
        query_pb2.QueryDeviceWorkResponse,
        queries.device_work,
        commands.DEVICE,
    ),
    *audits.QUERIES,
    *gateways.QUERIES,
)


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
            *gateways.MESSAGES,
        ),
        queries=_QUERIES,
        begin_block=begin_block,
        invariants=(
            Invariant("clock and books agree", invariants.clock_and_books_agree),
            Invariant("no device is ahead of the clock", invariants.nobody_is_ahead),
            Invariant("open audits are the devices' questions", invariants.open_audits_are_questions),
            Invariant("quotas of a network are those of its gateways", invariants.quotas_are_those_of_gateways),
        ),
        events=(
            "work_submitted",
            "receipt_rejected",
            "epoch_closed",
            "work_params_updated",
            *audits.EVENTS,
            *gateways.EVENTS,
        ),
    )
