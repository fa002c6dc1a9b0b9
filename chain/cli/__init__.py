"""`lampd`: one command for the node, its network and its clients."""
