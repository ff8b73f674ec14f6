"""One stand-in of the providers for each test, which also proves that every request fitted the providers' documents."""

from collections.abc import Iterator

import pytest

from tests.standins.provider_standin import ProviderStandIn
from tests.standins.specs import specs_folder


@pytest.fixture
def standin() -> Iterator[ProviderStandIn]:
    with ProviderStandIn(specs_folder()) as running:
        yield running
    assert running.violations == []
