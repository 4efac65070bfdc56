import doctest
import importlib
import pkgutil

import protocol


def test_examples_in_docstrings_run() -> None:
    names = [module.name for module in pkgutil.iter_modules(protocol.__path__, "protocol.")]
    results = [doctest.testmod(importlib.import_module(name)) for name in names]
    assert sum(result.attempted for result in results) >= 2
    assert not any(result.failed for result in results)
