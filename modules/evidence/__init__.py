"""Evidence: proofs of misbehaviour, from CometBFT."""
