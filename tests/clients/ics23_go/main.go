// Reads a JSON array of {spec, proof, root, key, value} (hex; value null for absence) from standard input and writes
// a JSON array that says of each whether the stock library accepts it.
package main

import (
	"encoding/hex"
	"encoding/json"
	"os"

	ics23 "github.com/cosmos/ics23/go"
)

type testCase struct {
	Spec  string  `json:"spec"`
	Proof string  `json:"proof"`
	Root  string  `json:"root"`
	Key   string  `json:"key"`
	Value *string `json:"value"`
}

func unhex(text string) []byte {
	data, err := hex.DecodeString(text)
	if err != nil {
		panic(err)
	}
	return data
}

func accepts(c testCase) bool {
	spec := ics23.TendermintSpec
	if c.Spec == "iavl" {
		spec = ics23.IavlSpec
	}
	var proof ics23.CommitmentProof
	if err := proof.Unmarshal(unhex(c.Proof)); err != nil {
		return false
	}
	if c.Value == nil {
		return ics23.VerifyNonMembership(spec, unhex(c.Root), &proof, unhex(c.Key))
	}
	return ics23.VerifyMembership(spec, unhex(c.Root), &proof, unhex(c.Key), unhex(*c.Value))
}

func main() {
	var cases []testCase
	if err := json.NewDecoder(os.Stdin).Decode(&cases); err != nil {
		panic(err)
	}
	answers := make([]bool, len(cases))
	for i, c := range cases {
		answers[i] = accepts(c)
	}
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		panic(err)
	}
}
