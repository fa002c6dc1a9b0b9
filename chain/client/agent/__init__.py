"""The agent that runs on a device: samples in, one signed receipt per epoch out."""
