"""`lampd explain`, for people and for programs."""

from chain.pb.lamppost.reward_emission.v1 import query_pb2
from tests.chain.cli.shell import Shell
from tests.modules.work.village import EMISSION, Village


def test_it_shows_every_step_as_a_table(town: Shell, village: Village) -> None:
    """Given receipts of two devices in one cell, when two epochs have ended, then the last exact one is explained."""
    village.submit(village.receipt("a", 24), village.receipt("b", 12))
    first = village.epoch()
    village.next_epoch()
    village.next_epoch()
    device = str(village.id("a"))
    village.claim("alice", "a")

    shown = town.ok("explain", device).out

    assert shown == town.ok("explain", device, "--epoch", str(first)).out
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    assert lines[0] == f"{device}, epoch {first} (epoch {first + 2} is running)"
    assert [line for line in lines if line.isupper()] == ["UNITS", "DENSITY", "REWARD", "ACCOUNT NOW"]
    request = query_pb2.QueryExplainRequest(device_id=device, epoch=first)
    told = village.chain.query(f"{EMISSION}/Explain", request, query_pb2.QueryExplainResponse)
    assert "claimed 24 units that the device signed" in lines
    assert "effective units 12 rounded down" in lines
    assert any(line.startswith(f"resolution 8 {told.cells[0].clipped} of 18 ") for line in lines)
    assert any("x density x pool / T, rounded down; settled" in line for line in lines)
    assert any(line.startswith("locked ") and line.endswith("30 % is held back and drips out") for line in lines)


def test_programs_get_the_answer_as_it_is(town: Shell, village: Village) -> None:
    village.submit(village.receipt("c", 5))
    device, epoch = str(village.id("c")), village.epoch()
    found = town.json("explain", device, "--epoch", str(epoch))
    assert (found["report"], found["state"], found["claimed"]) == ("REPORT_STATE_ACCEPTED", "SLOT_STATE_OPEN", "5")
    assert set(found) == {field.name for field in query_pb2.QueryExplainResponse.DESCRIPTOR.fields}


def test_it_says_when_there_is_nothing_to_explain(town: Shell, village: Village) -> None:
    village.next_epoch()
    running = str(village.epoch())
    assert "No receipt of this device was accepted" in town.ok("explain", str(village.id("b")), "--epoch", running).out


def test_a_device_that_is_none_and_an_epoch_to_come_are_refused(town: Shell, village: Village) -> None:
    assert "invalid device id" in town.run("explain", "nonsense").err
    said = town.run("explain", str(village.id("b")), "--epoch", "9999")
    assert said.code == 1
    assert "still to come" in said.err
