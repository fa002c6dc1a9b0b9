// Makes tests/vectors/independent/sign_mode_direct.json with CosmJS: `node sign_mode_direct.mjs > FILE`
// in a folder where npm installed @cosmjs/proto-signing, @cosmjs/encoding (0.39.0) and cosmjs-types (0.11.0).
import { toHex } from "@cosmjs/encoding";
import { DirectSecp256k1HdWallet, encodePubkey, makeAuthInfoBytes, makeSignBytes, makeSignDoc, Registry } from "@cosmjs/proto-signing";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";

const mnemonic = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
const registry = new Registry([["/cosmos.bank.v1beta1.MsgSend", MsgSend]]);
const cases = [
  { name: "first transaction", chainId: "lamppost-1", accountNumber: 1, sequence: 0, memo: "", timeoutHeight: 0, gas: 200000, fee: "5000", amounts: ["1234567"] },
  { name: "account number zero", chainId: "lamppost-1", accountNumber: 0, sequence: 1, memo: "memo: ünïcödé", timeoutHeight: 0, gas: 1, fee: "", amounts: ["1"] },
  { name: "two messages and a timeout", chainId: "lamppost-localnet-2", accountNumber: 18446744073, sequence: 300, memo: "x", timeoutHeight: 123456, gas: 90071992547, fee: "1", amounts: ["1", "340282366920938463463374607431768211456"] },
];
const result = [];
for (const one of cases) {
  const wallet = await DirectSecp256k1HdWallet.fromMnemonic(mnemonic, { prefix: "lamp" });
  const [account] = await wallet.getAccounts();
  const messages = one.amounts.map((amount) => ({
    typeUrl: "/cosmos.bank.v1beta1.MsgSend",
    value: { fromAddress: account.address, toAddress: account.address, amount: [{ denom: "ulamp", amount }] },
  }));
  const bodyBytes = registry.encode({
    typeUrl: "/cosmos.tx.v1beta1.TxBody",
    value: { messages, memo: one.memo, timeoutHeight: BigInt(one.timeoutHeight) },
  });
  const publicKey = encodePubkey({ type: "tendermint/PubKeySecp256k1", value: Buffer.from(account.pubkey).toString("base64") });
  const fee = one.fee ? [{ denom: "ulamp", amount: one.fee }] : [];
  const authInfoBytes = makeAuthInfoBytes([{ pubkey: publicKey, sequence: one.sequence }], fee, one.gas, undefined, undefined);
  const doc = makeSignDoc(bodyBytes, authInfoBytes, one.chainId, one.accountNumber);
  const { signature } = await wallet.signDirect(account.address, doc);
  const tx = TxRaw.encode({ bodyBytes, authInfoBytes, signatures: [Buffer.from(signature.signature, "base64")] }).finish();
  result.push({
    ...one, mnemonic, address: account.address, publicKey: toHex(account.pubkey), bodyBytes: toHex(bodyBytes), authInfoBytes: toHex(authInfoBytes),
    signBytes: toHex(makeSignBytes(doc)), signature: toHex(Buffer.from(signature.signature, "base64")), tx: toHex(tx),
  });
}
console.log(JSON.stringify(result, null, 1));
