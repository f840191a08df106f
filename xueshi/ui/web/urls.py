"""Addresses of the gallery; ``config`` mounts them at /gallery/."""

from django.urls import path

from xueshi.ui.web import gallery

app_name = "gallery"
urlpatterns = [
    path("", gallery.components, name="components"),
    path("form/", gallery.form, name="form"),
    path("list/", gallery.rows, name="list"),
    path("desk/", gallery.desk, name="desk"),
    path("public/", gallery.public, name="public"),
    path("error/<int:status>/", gallery.error, name="error"),
]
