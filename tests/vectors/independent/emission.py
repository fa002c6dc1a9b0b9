"""What a device earned, computed from an exported state alone: a program that knows nothing of the chain's code.

    python emission.py app_state.json lampdev1... 41

It reads the receipts that all accounts remember and sums everything up anew with exact fractions: the counters and
totals that the state holds beside are not looked at, but for the pool of the network and what was settled.
"""

import json
import sys
from fractions import Fraction
from math import floor


def explain(app_state: dict, device: str, epoch: int) -> dict:
    """Return the steps from units to ulamp for a device and an epoch."""
    section = app_state["reward_emission"]
    params = section["params"]
    running = int(section["reserve"]["epochs_closed"])
    account = next((item for item in section["accounts"] if item["device_id"] == device), None)
    told = {"epoch": epoch, "running": running}
    if account is None:
        return told | {"claimable_now": 0, "paid": 0}
    receipt = next((item for item in account["receipts"] if int(item["epoch"]) == epoch), None)
    if receipt is not None:
        told |= units_of(receipt) | share_of(section, receipt)
        bp = int(receipt["holdback_bp"] if receipt["state"] == "settled" else params["holdback_bp"])
        told["locked"] = told["share"] * bp // 10_000
        told["free"] = told["share"] - told["locked"]
    base, released, since = (int(account[name]) for name in ("base", "released", "since"))
    length = int(params["release_epochs"])
    due = max(floor(Fraction(base * min(running - since, length), length)) - released, 0)
    told |= {"due": due, "still_locked": base - released - due, "paid": int(account["paid"])}
    told["claimable_now"] = (
        int(account["accrued"])
        + due
        + sum(
            free_when_settled(section, item, int(params["holdback_bp"]))
            for item in account["receipts"]
            if item["state"] == "open" and int(item["epoch"]) + 2 <= running
        )
    )
    return told


def units_of(receipt: dict) -> dict:
    """Return a receipt's counted and effective units."""
    counted = min(int(receipt["claimed"]), int(receipt["max_units"]))
    weights = [Fraction(int(receipt[name]), 10_000) for name in ("uptime_bp", "hardware_bp", "level_bp")]
    units = floor(counted * weights[0] * weights[1] * weights[2]) if receipt["why"] == "0" else 0
    return {"counted": counted, "units": units}


def share_of(section: dict, receipt: dict) -> dict:
    """Return density, total, pool and share of a receipt."""
    book = book_of(section, receipt)
    if book is None:
        return {"share": int(receipt["amount"])}
    caps = [int(cap) for cap in book["caps"]]
    together = receipts_of(section, receipt["epoch"], receipt["network"])
    levels, total = clip(together, caps)
    part = Fraction(int(receipt["units"]) * int(book["pool"]))
    steps = []
    if int(receipt["cell"], 16):
        for level, (counts, cap) in enumerate(zip(levels, caps, strict=True)):
            cell = parent(int(receipt["cell"], 16), 8 - level)
            count = counts.get(cell, 0)
            steps.append((8 - level, f"{cell:x}", count, cap, min(count, cap)))
            part *= Fraction(min(count, cap), count) if count else 0
    share = floor(part / total) if total else 0
    return {"cells": steps, "total": total, "pool": int(book["pool"]), "share": share}


def free_when_settled(section: dict, receipt: dict, bp: int) -> int:
    """Return what of a receipt that is not settled yet would be free."""
    if book_of(section, receipt) is None:
        return 0
    share = share_of(section, receipt)["share"]
    return share - share * bp // 10_000


def book_of(section: dict, receipt: dict) -> dict | None:
    """Return the book of a receipt's epoch and network, if it is kept."""
    key = (receipt["epoch"], receipt["network"])
    return next((book for book in section["books"] if (book["epoch"], book["network"]) == key), None)


def receipts_of(section: dict, epoch: str, network: str) -> list[tuple[int, int]]:
    """Return (cell, units) of all receipts of an epoch and network."""
    return [
        (int(item["cell"], 16), int(item["units"]))
        for account in section["accounts"]
        for item in account["receipts"]
        if (item["epoch"], item["network"]) == (epoch, network)
    ]


def clip(receipts: list[tuple[int, int]], caps: list[int]) -> tuple[list[dict[int, int]], int]:
    """Return the units in the cells of each resolution, clipped from one to the next, and what is left in all."""
    if not caps:
        return [], sum(units for _, units in receipts)
    below: dict[int, int] = {}
    for cell, units in receipts:
        if cell:
            below[parent(cell, 8)] = below.get(parent(cell, 8), 0) + units
    levels = []
    for level, cap in enumerate(caps):
        counts: dict[int, int] = {}
        for cell, units in below.items():
            counts[parent(cell, 8 - level)] = counts.get(parent(cell, 8 - level), 0) + units
        levels.append(counts)
        below = {cell: min(units, cap) for cell, units in counts.items()}
    return levels, sum(below.values()) + sum(units for cell, units in receipts if not cell)


def parent(cell: int, resolution: int) -> int:
    """Return an H3 cell's parent: bits 52 to 55 are the resolution, the 15 digits of 3 bits behind it end in sevens."""
    digits = f"{cell & (1 << 45) - 1:045b}"
    kept = digits[: 3 * resolution] + "1" * (45 - 3 * resolution)
    return (cell >> 56) << 56 | resolution << 52 | (cell >> 45 & 0x7F) << 45 | int(kept, 2)


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        document = json.load(file)
    for name, value in explain(document.get("app_state", document), sys.argv[2], int(sys.argv[3])).items():
        print(f"{name:<16}{value}")
