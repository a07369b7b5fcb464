"""Container health check: `python check_health.py PORT PATH [VARIABLE]`. Exit code 0 when the answer is 200.

VARIABLE names the environment variable that holds the token of a protected path; the token never stands on a command
line. Standard library only: it runs in every image.
"""

import http.client
import os
import sys
from urllib.parse import quote

_SECONDS = 4


def main(arguments: list[str]) -> int:
    """Ask once."""
    port, path, *variable = arguments
    if variable:
        path += f"?token={quote(os.environ[variable[0]])}"
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=_SECONDS)
    try:
        connection.request("GET", path)
        return int(connection.getresponse().status != http.client.OK)
    except (OSError, http.client.HTTPException):
        return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
