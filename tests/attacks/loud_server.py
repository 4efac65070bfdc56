"""A server that logs all it can, as a careless operator would: every logger at DEBUG."""

import logging

from survey.__main__ import main

if __name__ == "__main__":
    logging.basicConfig(level=logging.DEBUG)
    for name in (*logging.root.manager.loggerDict, "sqlalchemy.engine", "sqlalchemy.pool", "waitress"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    main()
