"""Keys of the tests: made once per run in a folder of their own."""

from datetime import datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.certificates.samples import MOMENT
from xueshi.certificates import keys as keyring
from xueshi.kernel import clock


@pytest.fixture(scope="session")
def key_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("secrets") / "certificates"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", _moment)
        keyring._make(folder)
    return folder


def _moment() -> datetime:
    return MOMENT


@pytest.fixture(autouse=True)
def _keys(key_folder: Path, settings: Settings) -> None:
    settings.CERTIFICATE_KEYS = str(key_folder)
