"""Addresses of the professional's record under ``profile/``, of the desk under ``people/``."""

from django.urls import path

from xueshi.people.web import basics, desk, entries, pages, scans, titles

app_name = "people"
urlpatterns = [
    path("profile/", basics.basics, name="profile"),
    path("profile/title/", titles.title, name="title"),
    path("profile/title/changes/", titles.changes, name="own_changes"),
    path("profile/title/departments/", pages.find_departments, name="find_departments"),
    path("profile/title/changes/<int:case_id>/withdraw/", titles.withdraw, name="withdraw"),
    path("profile/scans/<str:key>/", scans.scan, name="scan"),
    path("profile/entries/<str:kind>/", entries.entries, name="entries"),
    path("profile/entries/<str:kind>/new/", entries.entry, name="new_entry"),
    path("profile/entries/<str:kind>/<int:pk>/", entries.entry, name="entry"),
    path("profile/entries/<str:kind>/<int:pk>/delete/", entries.delete, name="delete_entry"),
    path("people/changes/", desk.changes, name="changes"),
    path("people/changes/<int:case_id>/", titles.change, name="change"),
    path("people/changes/<int:case_id>/scans/<str:key>/", scans.change_scan_view, name="change_scan"),
]
