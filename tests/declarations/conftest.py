"""The pages stand on an urlconf of their own, so that these tests need no portal."""

import pytest
from django.conf import Settings


@pytest.fixture
def site(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.declarations.site"
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if not one.startswith(("xueshi.", "whitenoise"))] + [
        "tests.declarations.site.Middleware"
    ]
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"OPTIONS": {"context_processors": [
        "django.template.context_processors.request", "django.contrib.messages.context_processors.messages",
    ]}}]  # fmt: skip
