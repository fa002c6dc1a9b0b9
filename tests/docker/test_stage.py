"""What `make test` does about containers: the quicker half, and a loud word where docker cannot run."""

from pathlib import Path

import pytest

from tests import run


def test_where_docker_cannot_run_the_end_of_the_run_says_so_loudly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "NO_DOCKER", tmp_path / "docker-unavailable")
    run.containers()
    assert capsys.readouterr().out == ""
    run.NO_DOCKER.write_text("no daemon can be started: no root\n")
    run.containers()
    said = capsys.readouterr().out
    assert "No test of containers ran" in said
    assert "no daemon can be started: no root" in said
    assert said.count("!") > 200


def test_the_long_half_runs_when_it_is_named_and_only_then() -> None:
    assert "docker" in [stage.name for stage in run.STAGES]
    assert [stage.name for stage in run.ON_REQUEST] == ["docker-long"]
    assert run.docker()[0][-2:] == ["-m", "not long"]
    assert not any("not long" in command for command in run.docker_long())


def test_a_stage_that_nobody_knows_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["dokcer"]) == 2
    assert "docker-long" in capsys.readouterr().err
