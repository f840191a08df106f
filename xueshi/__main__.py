"""``python -m xueshi …`` is ``manage.py …`` without a file at the root."""

import os
import sys

from django.core.management import execute_from_command_line

from xueshi.config import environment

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xueshi.config.settings")
    environment.choose_role((sys.argv[1:2] or [""])[0])
    execute_from_command_line(["xueshi", *sys.argv[1:]])
