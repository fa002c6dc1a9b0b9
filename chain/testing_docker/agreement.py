"""Do nodes tell the same story? Their headers, compared at every height that two of them know."""

from collections.abc import Mapping
from dataclasses import dataclass

from chain.client.rpc import RpcClient

PAGE = 20
"""Headers that CometBFT gives in one answer."""


class ForkError(AssertionError):
    """Two nodes have different blocks or states at one height."""


@dataclass(frozen=True, slots=True)
class Header:
    """What two nodes must agree on at a height; the app hash is that of the state before the block."""

    block_hash: str
    app_hash: str
    time: str
    txs: int


def read_headers(rpc: RpcClient, lowest: int, highest: int) -> dict[int, Header]:
    """Return the headers of a range of heights. Raises: ClientError."""
    found: dict[int, Header] = {}
    upper = highest
    while upper >= lowest:
        lower = max(lowest, upper - PAGE + 1)
        metas = rpc.call("blockchain", minHeight=str(lower), maxHeight=str(upper))["block_metas"]
        for meta in metas:
            header = meta["header"]
            found[int(header["height"])] = Header(
                meta["block_id"]["hash"], header["app_hash"], header["time"], int(meta["num_txs"])
            )
        upper = lower - 1
    return found


def disagreements(stories: Mapping[str, Mapping[int, Header]]) -> list[str]:
    """Return where nodes differ, lowest height first; each height is compared among all nodes that know it."""
    found = []
    for height in sorted({height for story in stories.values() for height in story}):
        known = {name: story[height] for name, story in stories.items() if height in story}
        for what in ("app_hash", "block_hash"):
            values = {name: getattr(header, what) for name, header in known.items()}
            if len(set(values.values())) > 1:
                told = ", ".join(f"{name} {value[:16]}" for name, value in sorted(values.items()))
                found.append(f"height {height}: {what} differs: {told}")
    return found


def require_agreement(stories: Mapping[str, Mapping[int, Header]]) -> None:
    """Check that nodes agree. Raises: ForkError with the first differences."""
    found = disagreements(stories)
    if found:
        more = f"\nand {len(found) - 5} more" if len(found) > 5 else ""
        raise ForkError("the nodes do not agree\n" + "\n".join(found[:5]) + more)
