"""What the log may say: where it failed, never with what."""

import logging
import traceback

_REFUSED_REQUESTS = "django.security."
"""Its loggers are named after what they refuse, a host we do not serve say; their words repeat what was sent."""


class WithoutValues(logging.Filter):
    """Keeps the place and the class of a failure and drops its words, which may hold what somebody typed (C3)."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true; a record with an exception is rewritten, a refused request is named by its class alone."""
        if record.name.startswith(_REFUSED_REQUESTS):
            record.msg, record.args = "request refused", ()
            record.exc_info = record.exc_text = None
        elif record.exc_info:
            kind, _error, trace = record.exc_info
            record.exc_text = "".join(traceback.format_tb(trace)) + (kind.__name__ if kind else "")
            record.exc_info = None
        return True
