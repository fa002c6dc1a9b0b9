"""The socket between CometBFT and the application: frames, server, and the calls that an application answers."""
