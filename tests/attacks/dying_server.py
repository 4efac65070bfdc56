"""A server that kills itself at a given act: `… dying_server MODULE ACT MOMENT serve`"""

import importlib
import os
import signal
import sys
from typing import Any

from survey.__main__ import main


def die_at(home: str, act: str, moment: str) -> None:
    """Replace an act by one that is the last thing this process does, `before` or `after` it is done."""
    module = importlib.import_module(home)
    whole = getattr(module, act)

    def die(*arguments: Any, **named: Any) -> None:
        if moment == "after":
            whole(*arguments, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(module, act, die)


if __name__ == "__main__":
    die_at(*sys.argv[1:4])
    sys.argv[1:4] = []
    main()
