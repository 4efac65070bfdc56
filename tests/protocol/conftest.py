import pytest

from protocol import blind_rsa, holder
from tests.protocol import drawn

CYCLE = "c-1"


@pytest.fixture(scope="session")
def signer() -> blind_rsa.SigningKey:
    """The key of a scope."""
    return drawn.signing_key("tests")


@pytest.fixture(scope="session")
def keys() -> dict[int, holder.HolderKey]:
    """The keys of the layers by their number."""
    return {1: holder.make_key(CYCLE, 1, "Inspektorat"), 2: holder.make_key(CYCLE, 2, "Bagian Hukum")}
