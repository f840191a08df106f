"""The WSGI application that Granian serves."""

import os
from typing import Any

import django
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest

from xueshi.policies import registry

_UNREADABLE = "unreadable; charset=unreadable"


class Request(WSGIRequest):
    """A request that can always be made: a content type at which Django fails counts as one that the gate refuses.

    It would fail before any of our code, and nobody would get a page, for a charset of no text or a header without
    end (IN-02).
    """

    def __init__(self, environ: dict[str, Any]) -> None:
        try:
            super().__init__(environ)
        except (BadRequest, SuspiciousOperation, LookupError, ValueError):
            self.__dict__.clear()
            super().__init__(environ | {"CONTENT_TYPE": _UNREADABLE})


class Handler(WSGIHandler):
    """Django's, with requests of ours."""

    request_class = Request


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xueshi.config.settings")
django.setup(set_prefix=False)
application = Handler()
registry.world()  # a bad pack stops the server here, not the first visitor
