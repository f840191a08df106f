"""Model fields of our own."""

from typing import Any

from django.core.checks import CheckMessage
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from xueshi.kernel import crypto


class EncryptedField(models.BinaryField[str, str]):
    """Text that only the application can read; empty text is stored as empty bytes."""

    description = "AES-256-GCM sealed text"

    @property
    def _context(self) -> str:
        return f"{self.model._meta.label_lower}.{self.attname}"

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        """Seal on the way in."""
        return super().get_db_prep_value(self.seal(value), connection, prepared)

    def seal(self, text: str | None) -> bytes | None:
        """Text as the column holds it; what is absent stays so."""
        if text is None:
            return None
        return crypto.encrypt(text, context=self._context) if text else b""

    def from_db_value(self, value: bytes | None, expression: object, connection: BaseDatabaseWrapper) -> str | None:
        """Open on the way out."""
        if value is None:
            return None
        sealed = bytes(value)
        return crypto.decrypt(sealed, context=self._context) if sealed else ""

    def value_to_string(self, obj: models.Model) -> str:
        """Never serialised in the clear."""
        return "***"

    def to_python(self, value: Any) -> Any:
        """Keep text as text; the base class would decode base64."""
        return value

    def _check_str_default_value(self) -> list[CheckMessage]:
        # Text is what this field takes; the base class wants bytes.
        return []

    def get_default(self) -> Any:
        """The default as text; the base class would turn it into bytes."""
        return models.Field.get_default(self)


def hours_field(**options: Any) -> "models.DecimalField[Any, Any]":
    """Hours: decimals to hundredths, never a float (D7)."""
    return models.DecimalField(max_digits=7, decimal_places=2, **options)
