"""A network of real nodes in containers that a test may break: `Testnet`.

    with Testnet(validators=4) as net:
        net.node(2).kill()
        net.wait_blocks(3)
        net.node(2).start()
        net.wait_agreement()

Needs a docker daemon on Linux, the package `docker` (the extra `dev`) and an image that has `lampd` and `cometbft`.
"""

from chain.testing_docker.agreement import ForkError
from chain.testing_docker.engine import DEFAULT_IMAGE, EngineError, why_unusable
from chain.testing_docker.homes import Plan
from chain.testing_docker.node import Node
from chain.testing_docker.recording import Recording, SentTx
from chain.testing_docker.report import write_report
from chain.testing_docker.testnet import Testnet
from chain.testing_docker.waiting import WaitTimeout

__all__ = [
    "DEFAULT_IMAGE",
    "EngineError",
    "ForkError",
    "Node",
    "Plan",
    "Recording",
    "SentTx",
    "Testnet",
    "WaitTimeout",
    "why_unusable",
    "write_report",
]
