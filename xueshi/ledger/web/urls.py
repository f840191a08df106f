"""Addresses of the annual account."""

from django.urls import path

from xueshi.ledger.web import archive, completion, sheet, views

app_name = "ledger"
urlpatterns = [
    path("", views.years, name="years"),
    path("<int:pk>/", views.year, name="year"),
    path("archive/", archive.archive, name="archive"),
    path("completion/", completion.completion, name="completion"),
    path("sheet/", sheet.own_sheet, name="sheet"),
    path("of/<int:pk>/", views.person_years, name="person_years"),
    path("of/<int:pk>/sheet/", sheet.person_sheet, name="person_sheet"),
]
