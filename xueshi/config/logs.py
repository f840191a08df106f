"""What the log may say: where it failed, never with what."""

import logging
import traceback


class WithoutValues(logging.Filter):
    """Keeps the place and the class of a failure and drops its words, which may hold what somebody typed (C3)."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true; a record with an exception is rewritten."""
        if record.exc_info:
            kind, _error, trace = record.exc_info
            record.exc_text = "".join(traceback.format_tb(trace)) + (kind.__name__ if kind else "")
            record.exc_info = None
        return True
