"""The local network: set up, run and watch it on one machine; networks as files; CometBFT from pinned modules."""
