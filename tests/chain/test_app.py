"""The wiring of the whole application."""

import pytest
from google.protobuf.internal import api_implementation

from chain.app import require_upb


def test_a_node_runs_on_upb_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    require_upb()
    monkeypatch.setattr(api_implementation, "Type", lambda: "python")
    with pytest.raises(RuntimeError, match="needs 'upb'"):
        require_upb()
