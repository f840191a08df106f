"""Key folders: made once in development, demanded in production."""

import stat
import threading
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from tests.certificates.samples import MOMENT
from xueshi.certificates import keys as keyring
from xueshi.kernel import clock


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: MOMENT)


def test_development_keys_are_made_once_and_private(tmp_path: Path, settings: Settings) -> None:
    settings.CERTIFICATE_KEYS, settings.PRODUCTION = str(tmp_path / "secrets" / "c"), False
    made = keyring.keys()
    assert keyring._load.__wrapped__(tmp_path / "secrets" / "c").signer == made.signer
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "secrets" / "c").iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE((tmp_path / "secrets" / "c").stat().st_mode) == 0o700


def test_two_processes_starting_at_once_agree(tmp_path: Path) -> None:
    folder, gate = tmp_path / "c", threading.Barrier(2)

    def start() -> None:
        gate.wait()
        keyring._make(folder)

    threads = [threading.Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [path.name for path in tmp_path.iterdir()] == ["c"]
    assert sorted(path.name for path in folder.iterdir()) == ["ca.pem", "qr.key", "signer.key", "signer.pem"]


def test_production_names_what_is_missing_and_makes_nothing(tmp_path: Path, settings: Settings) -> None:
    settings.CERTIFICATE_KEYS, settings.PRODUCTION = str(tmp_path / "absent"), True
    with pytest.raises(ImproperlyConfigured, match=r"lacks ca\.pem, signer\.pem, signer\.key, qr\.key"):
        keyring.keys()
    assert list(tmp_path.iterdir()) == []


def test_a_key_of_another_certificate_is_refused(tmp_path: Path, settings: Settings) -> None:
    keyring._make(tmp_path / "one")
    keyring._make(tmp_path / "two")
    (tmp_path / "one" / "signer.key").write_bytes((tmp_path / "two" / "signer.key").read_bytes())
    settings.CERTIFICATE_KEYS = str(tmp_path / "one")
    with pytest.raises(ImproperlyConfigured, match="does not belong"):
        keyring.keys()
