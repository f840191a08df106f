"""The WSGI application that Granian serves."""

import os

from django.core.wsgi import get_wsgi_application

from xueshi.policies import registry

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xueshi.config.settings")
application = get_wsgi_application()
registry.world()  # a bad pack stops the server here, not the first visitor
