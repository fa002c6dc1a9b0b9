// Reads a JSON array of {spec, proof, root, key, value} (hex; value null for absence) from standard input and writes
// a JSON array that says of each whether the stock library accepts it.
const { ics23, iavlSpec, tendermintSpec, verifyMembership, verifyNonMembership } = require("@confio/ics23");

const specs = { iavl: iavlSpec, tendermint: tendermintSpec };
const bytes = (hex) => Uint8Array.from(Buffer.from(hex, "hex"));

function accepts({ spec, proof, root, key, value }) {
  try {
    const commitment = ics23.CommitmentProof.decode(bytes(proof));
    return value === null
      ? verifyNonMembership(commitment, specs[spec], bytes(root), bytes(key))
      : verifyMembership(commitment, specs[spec], bytes(root), bytes(key), bytes(value));
  } catch (error) {
    return false;
  }
}

const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(cases.map(accepts)));
