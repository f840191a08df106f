"""Addresses of the learning site."""

from django.urls import path

from xueshi.portal.web import learning

app_name = "learning"
urlpatterns = [
    path("", learning.home, name="home"),
    path("centre/", learning.centre, name="centre"),
    path("<slug:subject>/", learning.subject, name="subject"),
]
