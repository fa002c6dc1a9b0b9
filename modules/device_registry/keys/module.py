"""What the registry offers about devices' keys: messages and events."""

from chain.pb.lamppost.device_registry.v1 import transfers_pb2
from chain.sdk.module import Message
from modules.device_registry.keys import commands, handlers, messages

MESSAGES = (
    Message(
        transfers_pb2.MsgRotateKey,
        messages.RotateKey.from_proto,
        handlers.rotate_key,
        commands.ROTATE_KEY,
    ),
    Message(
        transfers_pb2.MsgRequestRecovery,
        messages.RequestRecovery.from_proto,
        handlers.request_recovery,
        commands.REQUEST_RECOVERY,
    ),
    Message(
        transfers_pb2.MsgApproveRecovery,
        messages.ApproveRecovery.from_proto,
        handlers.approve_recovery,
        commands.APPROVE_RECOVERY,
    ),
    Message(
        transfers_pb2.MsgCancelRecovery,
        messages.CancelRecovery.from_proto,
        handlers.cancel_recovery,
        commands.CANCEL_RECOVERY,
    ),
    Message(
        transfers_pb2.MsgCompleteRecovery,
        messages.CompleteRecovery.from_proto,
        handlers.complete_recovery,
        commands.COMPLETE_RECOVERY,
    ),
)
"""Messages about devices' keys."""

EVENTS = (
    "device_key_rotated",
    "device_recovery_requested",
    "device_recovery_approved",
    "device_recovery_cancelled",
)
"""Events about devices' keys."""
