"""The product's own templates, read once for all tests of messages, and a copy that a test may spoil."""

import shutil
from pathlib import Path

import pytest

from activities.composer import Composer
from tests.messages.builders import TEMPLATES


@pytest.fixture(scope="session")
def composer() -> Composer:
    return Composer(TEMPLATES)


@pytest.fixture
def copied_templates(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TEMPLATES, tmp_path / "templates"))
