"""Commands of the auth module."""

from chain.sdk.cli import Arg, Command, Kind

_ADDRESS = Arg("address", "Address, or the name of a key.", Kind.ADDRESS)

UPDATE_PARAMS = Command(
    name="update-params",
    help="Replace the parameters of transactions; only the chain's authority may.",
    example='lampd tx auth update-params \'{"max_memo_characters": "256", "tx_sig_limit": "7", '
    '"tx_size_cost_per_byte": "10", "sig_verify_cost_ed25519": "590", "sig_verify_cost_secp256k1": "1000"}\' '
    "--from alice",
    args=(Arg("params", "All parameters, as JSON.", Kind.JSON),),
    signer="authority",
)
ACCOUNT = Command(
    name="account",
    help="Show an account: its number, sequence and public key.",
    example="lampd query auth account alice",
    args=(_ADDRESS,),
)
ACCOUNT_INFO = Command(
    name="account-info",
    help="Show what all kinds of accounts share.",
    example="lampd query auth account-info alice",
    args=(_ADDRESS,),
)
ACCOUNTS = Command(
    name="accounts",
    help="List all accounts.",
    example="lampd query auth accounts --limit 10",
)
ADDRESS_BY_ID = Command(
    name="address-by-acc-num",
    help="Show the address of an account number.",
    example="lampd query auth address-by-acc-num 0",
    args=(Arg("account_id", "Number of the account.", metavar="NUMBER"),),
)
MODULE_ACCOUNTS = Command(
    name="module-accounts",
    help="List the accounts that modules own.",
    example="lampd query auth module-accounts",
)
MODULE_ACCOUNT = Command(
    name="module-account",
    help="Show the account of a module.",
    example="lampd query auth module-account fee_collector",
    args=(Arg("name", "Name of the module account."),),
)
BECH32_PREFIX = Command(
    name="bech32-prefix",
    help="Show the readable part that addresses begin with.",
    example="lampd query auth bech32-prefix",
)
BYTES_TO_STRING = Command(
    name="address-bytes-to-string",
    help="Turn the bytes of an address into its text.",
    example="lampd query auth address-bytes-to-string 00112233445566778899aabbccddeeff00112233",
    args=(Arg("address_bytes", "The bytes, in hex or base64."),),
)
STRING_TO_BYTES = Command(
    name="address-string-to-bytes",
    help="Turn the text of an address into its bytes.",
    example="lampd query auth address-string-to-bytes alice",
    args=(Arg("address_string", "Address, or the name of a key.", Kind.ADDRESS),),
)
PARAMS = Command(
    name="params",
    help="Show the parameters of transactions.",
    example="lampd query auth params",
)
