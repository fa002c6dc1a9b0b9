import pytest

from chain.client.amounts import parse_coins
from chain.client.keyring import Signer
from chain.client.tx import Fee, SignerData, pack_auth_info, sign_tx, unsigned_tx
from chain.codec.tx import decode_tx
from chain.pb.cosmos.bank.v1beta1.tx_pb2 import MsgSend
from chain.pb.cosmos.base.v1beta1.coin_pb2 import Coin as CoinPb
from chain.pb.cosmos.tx.v1beta1.tx_pb2 import AuthInfo
from tests.vectors import load

VECTORS = load("independent/sign_mode_direct.json")


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_we_build_and_sign_the_very_bytes_that_cosmjs_does(vector):
    signer = Signer.from_mnemonic(vector["mnemonic"])
    address = str(signer.address)
    messages = [
        MsgSend(from_address=address, to_address=address, amount=[CoinPb(denom="ulamp", amount=amount)])
        for amount in vector["amounts"]
    ]
    fee = Fee(vector["gas"], parse_coins(f"{vector['fee']}ulamp") if vector["fee"] else ())
    data = SignerData(vector["chainId"], vector["accountNumber"], vector["sequence"])
    made = sign_tx(messages, signer, data, fee, vector["memo"], vector["timeoutHeight"])
    assert made.hex() == vector["tx"]


def test_a_transaction_to_simulate_has_no_mode_no_gas_and_an_empty_signature():
    envelope, body, auth = decode_tx(unsigned_tx([MsgSend()], b"\x02" * 33, 5, "memo", 9))
    assert (body.memo, body.timeout_height, len(body.messages)) == ("memo", 9, 1)
    assert list(envelope.signatures) == [b""]
    assert (auth.fee.gas_limit, auth.signer_infos[0].sequence) == (0, 5)
    assert auth.signer_infos[0].mode_info.single.mode == 0
    assert auth.signer_infos[0].mode_info.HasField("single")


def test_a_key_can_be_left_out():
    assert not AuthInfo.FromString(pack_auth_info(b"", 0, Fee(1))).signer_infos[0].HasField("public_key")
