"""Addresses of the annual account."""

from django.urls import path

from xueshi.ledger.web import views

app_name = "ledger"
urlpatterns = [
    path("", views.years, name="years"),
    path("<int:pk>/", views.year, name="year"),
]
