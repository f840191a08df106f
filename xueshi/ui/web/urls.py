"""Addresses of the gallery; ``config`` mounts them at /gallery/."""

from django.urls import path

from xueshi.ui.web.gallery import gallery

app_name = "gallery"
urlpatterns = [
    path("", gallery, name="components"),
    path("<slug:page>/", gallery, name="page"),
]
