// What a web wallet does, in one session: `node session.mjs URL` prints a JSON object of all answers and errors.
import { DirectSecp256k1HdWallet } from "@cosmjs/proto-signing";
import { GasPrice, SigningStargateClient, coins } from "@cosmjs/stargate";

const mnemonic = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
const wallet = await DirectSecp256k1HdWallet.fromMnemonic(mnemonic, { prefix: "lamp" });
const [{ address }] = await wallet.getAccounts();
const other = "lamp1qqqsyqcyq5rqwzqfpg9scrgwpugpzysn6gxk9k";
const client = await SigningStargateClient.connectWithSigner(process.argv[2], wallet, {
  gasPrice: GasPrice.fromString("0.025ulamp"),
  broadcastPollIntervalMs: 200,
});
const query = client.forceGetQueryClient();
const send = (amount) => ({
  typeUrl: "/cosmos.bank.v1beta1.MsgSend",
  value: { fromAddress: address, toAddress: other, amount: coins(amount, "ulamp") },
});
const fixed = { amount: coins(5000, "ulamp"), gas: "200000" };

const steps = {
  chainId: () => client.getChainId(),
  account: () => client.getAccount(address),
  nobody: () => client.getAccount(other),
  balance: () => client.getBalance(address, "ulamp"),
  simulated: () => client.simulate(address, [send(1)], ""),
  sent: () => client.sendTokens(address, other, coins(5, "ulamp"), "auto", "hello"),
  sentTwo: () => client.signAndBroadcast(address, [send(1), send(2)], "auto"),
  tooMuchSimulated: () => client.sendTokens(address, other, coins(5_000_000_000, "ulamp"), "auto"),
  tooMuch: () => client.sendTokens(address, other, coins(5_000_000_000, "ulamp"), fixed),
  outOfGas: () => client.sendTokens(address, other, coins(1, "ulamp"), { ...fixed, gas: "20000" }),
  noFee: () => client.sendTokens(address, other, coins(1, "ulamp"), { amount: [], gas: "200000" }),
  sequence: () => client.getSequence(address),
  balances: () => client.getAllBalances(other),
  found: async () => (await client.searchTx([{ key: "transfer.recipient", value: other }])).map((tx) => tx.hash),
  header: async () => (await client.getBlock(1)).header,
  supply: async () => (await query.bank.totalSupply()).supply,
  metadata: () => query.bank.denomMetadata("ulamp"),
  badAddress: () => client.getBalance("cosmos1nobody", "ulamp"),
};

const said = { address };
for (const [name, step] of Object.entries(steps)) {
  try {
    said[name] = await step();
  } catch (error) {
    said[name] = { error: String(error.message ?? error) };
  }
}
client.disconnect();
const plain = (_, value) =>
  typeof value === "bigint" ? value.toString() : value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value;
// CosmJS leaves a timer of a minute behind each transaction, which would hold the process.
process.stdout.write(JSON.stringify(said, plain), () => process.exit(0));
