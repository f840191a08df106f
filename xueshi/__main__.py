"""``python -m xueshi …`` is ``manage.py …`` without a file at the root."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xueshi.config.settings")
    execute_from_command_line(["xueshi", *sys.argv[1:]])
