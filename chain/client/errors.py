"""What can go wrong between a program and a node."""


class ClientError(RuntimeError):
    """Anything that a client of a node may want to catch."""


class NodeUnreachable(ClientError):
    """The node did not answer; nothing is known of what was sent."""


class RpcError(ClientError):
    """The node answered a JSON-RPC call with an error."""

    def __init__(self, code: int, message: str, data: str = "") -> None:
        super().__init__(f"{message}: {data}" if data else message)
        self.code = code
        self.data = data


class QueryFailed(ClientError):
    """The application refused a query; `info` is the codespace/code that a simulated transaction would get."""

    def __init__(self, codespace: str, code: int, log: str, info: str = "") -> None:
        super().__init__(f"{log} ({info or f'{codespace}/{code}'})")
        self.codespace = codespace
        self.code = code
        self.log = log
        self.info = info


class TxFailed(ClientError):
    """A transaction was refused or failed; it has the same (codespace, code) on every node."""

    def __init__(self, codespace: str, code: int, log: str, tx_hash: str = "", height: int = 0) -> None:
        where = f" in block {height}" if height else ""
        super().__init__(f"transaction failed{where}: {log} ({codespace}/{code})")
        self.codespace = codespace
        self.code = code
        self.log = log
        self.tx_hash = tx_hash
        self.height = height


class TxNotFound(ClientError):
    """The node knows no such transaction (yet)."""


class KeyringError(ClientError):
    """A key that is not there, a wrong passphrase, a damaged file."""
