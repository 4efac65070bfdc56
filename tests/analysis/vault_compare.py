"""Whether two results say the same."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np


def same(found: Any, expected: Any, name: str = "") -> None:
    """Equal in every attribute but `method`: numbers to 1e-9, all else exactly."""
    if is_dataclass(expected):
        for field in fields(expected):
            if field.name != "method":
                same(getattr(found, field.name), getattr(expected, field.name), f"{name}.{field.name}")
    elif isinstance(expected, Mapping):
        assert found.keys() == expected.keys(), name
        for key, value in expected.items():
            same(found[key], value, f"{name}.{key}")
    elif isinstance(expected, float | int | np.ndarray | tuple) and not _is_words(expected):
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9, err_msg=name)
    else:
        assert np.array_equal(found, expected), name


def _is_words(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "US"
    return isinstance(value, tuple) and any(isinstance(one, str) for one in value)
