"""`python -m protocol`: the key holder's tool, without the service."""

import sys

from protocol.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
