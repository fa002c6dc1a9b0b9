"""app.toml: what wins, what is an error, and that a change leaves the rest alone."""

from pathlib import Path

import pytest

from chain.node.config import NodeConfig, load_config, parse_setting, render, variable, write_config
from chain.node.errors import ConfigError
from chain.node.toml import read_toml, replace_values, set_in_file


def test_the_written_file_reads_back_as_the_same_configuration(tmp_path: Path) -> None:
    config = NodeConfig(minimum_gas_prices="0.001ulamp", keep_versions=7, metrics=False)
    write_config(tmp_path / "app.toml", config)
    assert load_config(tmp_path / "app.toml", environment={}) == config


def test_a_missing_file_gives_the_defaults(tmp_path: Path) -> None:
    assert load_config(tmp_path / "app.toml", environment={}) == NodeConfig()


def test_a_flag_wins_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    path = tmp_path / "app.toml"
    path.write_text("halt-height = 1\nmin-retain-blocks = 1\n[state]\nkeep-versions = 11\n")
    environment = {"LAMPD_MIN_RETAIN_BLOCKS": "2", "LAMPD_STATE_KEEP_VERSIONS": "12"}
    config = load_config(path, {"state.keep-versions": 13, "log.level": None}, environment)
    assert (config.halt_height, config.min_retain_blocks, config.keep_versions) == (1, 2, 13)


def test_the_variables_of_the_command_line_are_no_settings(tmp_path: Path) -> None:
    environment = {"LAMPD_HOME": "/x", "LAMPD_NODE": "y", "LAMPD_TRACE": "1", "PATH": "z"}
    assert load_config(tmp_path / "app.toml", environment=environment) == NodeConfig()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("halt-heigth = 1", "has no key halt-heigth; did you mean halt-height?"),
        ("[state]\nkeep-version = 1", "has no key state.keep-version; did you mean state.keep-versions?"),
        ("keep-versions = 9", "has no key keep-versions; did you mean state.keep-versions?"),
        ("halt-height = 'x'", "halt-height must be an integer, not 'x'"),
        ("halt-height = true", "halt-height must be an integer, not True"),
        ("[metrics]\nenabled = 1", "metrics.enabled must be true or false, not 1"),
        ("halt-height = -1", "halt-height: must be at least 0, not -1"),
        ("minimum-gas-prices = '5'", "'5' is no price such as 0.001ulamp"),
        ("[metrics]\naddress = '26660'", "must be host:port"),
        ("[log]\nlevel = 'loud'", "must be one of debug, info, warning, error, not 'loud'"),
        ("[comet]\ntimeout-commit = '1'", "must be a duration such as 1s or 500ms"),
        ("halt-height = ", "Invalid value"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "app.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_config(path, environment={})
    assert message in str(caught.value)


def test_an_unknown_variable_is_an_error_that_suggests_the_right_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="LAMPD_STATE_KEEP_VERSION is no setting; did you mean LAMPD_STATE_KEEP_VER"):
        load_config(tmp_path / "app.toml", environment={"LAMPD_STATE_KEEP_VERSION": "5"})


@pytest.mark.parametrize(("key", "text"), [("halt-height", "ten"), ("metrics.enabled", "yes"), ("nothing", "1")])
def test_text_that_is_no_value_of_the_setting_is_refused(key: str, text: str) -> None:
    with pytest.raises(ConfigError):
        parse_setting(key, text)


def test_every_setting_has_help_and_a_variable_of_its_own() -> None:
    keys = list(NodeConfig().items())
    assert len({variable(key) for key in keys}) == len(keys)
    text = render(NodeConfig())
    assert text.count("\n# ") >= len(keys)


def test_a_change_leaves_comments_and_other_values_as_they_are() -> None:
    text = '# top\na = 1 \n[x.y]\n# why\nb = "two"\n\n[[many]]\nb = "three"\n'
    changed = replace_values(text, {"x.y.b": 'a "quoted" text'}, "file")
    assert changed == text.replace('"two"', '"a \\"quoted\\" text"')


def test_a_key_that_is_not_in_the_file_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[rpc]\nladdr = 'x'\n")
    with pytest.raises(ConfigError, match=r"has no key laddr; did you mean rpc\.laddr\?"):
        set_in_file(path, {"laddr": "y"})
    set_in_file(path, {"rpc.laddr": "y"})
    assert read_toml(path) == {"rpc": {"laddr": "y"}}
    assert path.stat().st_mode & 0o777 == 0o600
