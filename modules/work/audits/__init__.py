"""Audits: devices drawn at the start of each epoch show a sample of the telemetry that they signed before."""
