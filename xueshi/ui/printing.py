"""How pages and files print a value."""

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone


def printed(value: object) -> object:
    """Dates YYYY-MM-DD, times to the second (SYS-19), decimals without idle zeros; the rest as it is."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value
