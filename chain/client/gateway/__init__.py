"""The gateway: receipts of many devices in over HTTP, few transactions out."""
