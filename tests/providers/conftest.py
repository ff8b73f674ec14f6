"""One stand-in of the providers for all tests, as new for each; it proves that every request fitted their documents."""

from collections.abc import Iterator

import pytest

from tests.standins.provider_standin import ProviderStandIn
from tests.standins.specs import specs_folder


@pytest.fixture(scope="session")
def running_standin() -> Iterator[ProviderStandIn]:
    with ProviderStandIn(specs_folder()) as running:
        yield running


@pytest.fixture
def standin(running_standin: ProviderStandIn) -> Iterator[ProviderStandIn]:
    running_standin.forget()
    yield running_standin
    assert running_standin.violations == []
