"""What the registry offers about transfers: messages and events."""

from chain.pb.lamppost.device_registry.v1 import transfers_pb2
from chain.sdk.module import Message
from modules.device_registry.transfers import commands, handlers, messages

MESSAGES = (
    Message(
        transfers_pb2.MsgOfferTransfer,
        messages.OfferTransfer.from_proto,
        handlers.offer_transfer,
        commands.OFFER_TRANSFER,
    ),
    Message(
        transfers_pb2.MsgAcceptTransfer,
        messages.AcceptTransfer.from_proto,
        handlers.accept_transfer,
        commands.ACCEPT_TRANSFER,
    ),
    Message(
        transfers_pb2.MsgCancelTransfer,
        messages.CancelTransfer.from_proto,
        handlers.cancel_transfer,
        commands.CANCEL_TRANSFER,
    ),
)
"""Messages about transfers."""

EVENTS = (
    "device_offered",
    "device_transferred",
    "device_offer_cancelled",
)
"""Events about transfers."""
