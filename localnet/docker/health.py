#!/usr/bin/env -S python3 -I -S
"""Tell whether this container's server is well; exits with 1 when it is not. Usage: health.py [PORT].

A node is asked at the port of LAMPD_METRICS_ADDRESS whether it commits blocks, a gateway at its own port.
Standard library's least: this runs every few seconds in every container.
"""

import os
import socket
import sys

SECONDS = 4.0


def main() -> int:
    """Ask GET /health of the port and print what it says."""
    default = os.environ.get("LAMPD_METRICS_ADDRESS", "127.0.0.1:26660").rpartition(":")[2]
    port = int(sys.argv[1] if len(sys.argv) > 1 else default)
    try:
        with socket.create_connection(("127.0.0.1", port), SECONDS) as connection:
            connection.sendall(b"GET /health HTTP/1.0\r\n\r\n")
            answer = b"".join(iter(lambda: connection.recv(4096), b""))
    except OSError as error:
        print(f"no answer at port {port}: {error}")
        return 1
    head, _, body = answer.partition(b"\r\n\r\n")
    print(body.decode(errors="replace").strip())
    # A node that started but committed no block yet is not of use to anybody.
    well = head.split(b" ", 2)[1:2] == [b"200"] and b'"status": "starting"' not in body
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
