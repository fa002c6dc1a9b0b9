"""Commands about devices' keys."""

from chain.sdk.cli import Arg, Command
from modules.device_registry.lines import DEVICE_ARG, EXAMPLE_DEVICE

_KEY = (
    Arg("algorithm", "secp256k1, ed25519 or p256"),
    Arg("public_key", "The new public key in hexadecimal"),
)

ROTATE_KEY = Command(
    "rotate-key",
    "Replace a device's key at once (owner only); `lampd device rotate` makes the proofs, too.",
    f"lampd tx device-registry rotate-key {EXAMPLE_DEVICE} ed25519 PUBLIC_KEY_HEX OLD_PROOF_HEX NEW_PROOF_HEX"
    " --from owner",
    args=(
        DEVICE_ARG,
        *_KEY,
        Arg("old_proof", "The old key's signature of the rotation, in hexadecimal"),
        Arg("new_proof", "The new key's signature of the rotation, in hexadecimal"),
    ),
    signer="owner",
)
REQUEST_RECOVERY = Command(
    "request-recovery",
    "Ask the manufacturer to put another key in the place of a lost one (owner only).",
    f"lampd tx device-registry request-recovery {EXAMPLE_DEVICE} ed25519 PUBLIC_KEY_HEX PROOF_HEX --from owner",
    args=(DEVICE_ARG, *_KEY, Arg("proof", "The new key's signature of the rotation, in hexadecimal")),
    signer="owner",
)
APPROVE_RECOVERY = Command(
    "approve-recovery",
    "Agree to another key for a device (owner of its manufacturer only).",
    f"lampd tx device-registry approve-recovery {EXAMPLE_DEVICE} PUBLIC_KEY_HEX --from maker",
    args=(DEVICE_ARG, Arg("public_key", "The new public key in hexadecimal")),
    signer="signer",
)
CANCEL_RECOVERY = Command(
    "cancel-recovery",
    "Stop the replacement of a device's key (the owner, or anybody with a proof by the old key).",
    f"lampd tx device-registry cancel-recovery {EXAMPLE_DEVICE} --from owner",
    args=(DEVICE_ARG,),
    options=(Arg("proof", "The old key's signature of the veto, in hexadecimal"),),
    signer="signer",
)
COMPLETE_RECOVERY = Command(
    "complete-recovery",
    "Put the new key in the lost one's place after the delay (owner only).",
    f"lampd tx device-registry complete-recovery {EXAMPLE_DEVICE} --from owner",
    args=(DEVICE_ARG,),
    signer="owner",
)
