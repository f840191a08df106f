"""All addresses of the program."""

from django.urls import URLPattern, URLResolver, path

from xueshi.config.health import healthz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
]
