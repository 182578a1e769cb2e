"""`python -m gastrack_client`."""

import sys

from gastrack_client.command import main

if __name__ == "__main__":
    sys.exit(main())
