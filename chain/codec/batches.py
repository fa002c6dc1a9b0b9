"""What a manufacturer's issuing key signs, and what the leaves of a batch's tree are made of."""

from typing import Any

from chain.pb.lamppost.device_registry.v1.manufacturers_pb2 import BatchIssue, IssuingKey

ISSUING_KEY_DOMAIN = b"lamppost/issuing-key\n"
"""First bytes of what binds an issuing key to a manufacturer."""
BATCH_DOMAIN = b"lamppost/batch\n"
"""First bytes of what issues a batch, so that no other signature of the key can pass for one."""


def issuing_key_bytes(chain_id: str, name: str, owner: str, number: int, algorithm: int, public_key: bytes) -> bytes:
    """Return what an issuing key signs to become a manufacturer's, and the key before it to make way."""
    # The wire's enums are integers that have a type of their own in the stubs only.
    kind: Any = algorithm
    binding = IssuingKey(
        chain_id=chain_id, name=name, owner=owner, number=number, algorithm=kind, public_key=public_key
    )
    return ISSUING_KEY_DOMAIN + binding.SerializeToString(deterministic=True)


def issue_bytes(chain_id: str, manufacturer: int, model: int, root: bytes, count: int, number: int) -> bytes:
    """Return what an issuing key signs to issue a batch; `number` is how often it has signed before."""
    issue = BatchIssue(chain_id=chain_id, manufacturer=manufacturer, model=model, root=root, count=count, number=number)
    return BATCH_DOMAIN + issue.SerializeToString(deterministic=True)


def leaf_bytes(algorithm: int, public_key: bytes) -> bytes:
    """Return what the leaf of a device key is the hash of: its algorithm as one byte and the key."""
    return bytes((algorithm,)) + public_key
