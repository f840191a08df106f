"""Addresses of registrations; the forms under ``register/``, what reviewers see under ``registrations/``."""

from django.urls import path

from xueshi.registrations.web import pickers, queue, subordinates, uploads, views, withdrawing
from xueshi.registrations.web.lists import QUEUES

WAYS = ("professional", "employer", "department", "base", "bureau", "account")

app_name = "registrations"
urlpatterns = [
    path("register/", views.start, name="start"),
    *(path(f"register/{kind}/", views.form, {"kind": kind}, name=kind) for kind in WAYS),
    path("register/units/", pickers.find_units, name="find_units"),
    path("register/departments/", pickers.find_departments, name="find_departments"),
    path("register/names/", pickers.find_names, name="find_names"),
    path("register/take-back/", withdrawing.take_back, name="take_back"),
    path("register/take-back/own/", withdrawing.take_back_own, name="take_back_own"),
    path("register/agreement/", views.agreement, name="agreement"),
    path("register/files/<str:token>/", uploads.upload, name="upload"),
    path("register/done/<str:key>/", views.done, name="done"),
    *(path(f"registrations/{key}/", queue.queue, {"key": key}, name=key) for key in QUEUES),
    path("registrations/filed/", queue.filed, name="filed"),
    path("registrations/unit/", queue.unit, name="unit"),
    path("registrations/unit/<int:organisation_id>/", queue.unit, name="unit"),
    path("registrations/subordinates/", subordinates.subordinates, name="subordinates"),
    path("registrations/unit/<int:organisation_id>/people/", subordinates.administrators, name="administrators"),
    path("registrations/unit/<int:organisation_id>/review/", subordinates.review_right, name="review_right"),
    path("registrations/<int:case_id>/", queue.detail, name="detail"),
    path("registrations/<int:case_id>/files/<str:key>/", queue.file, name="file"),
]
