"""Addresses of notices: the public ones, and the bureau's under ``content/``."""

from django.urls import path

from xueshi.notices.states import NoticeKind
from xueshi.notices.web import own, public

app_name = "notices"
urlpatterns = [
    path("notices/", public.listing, {"kind": NoticeKind.NOTICE}, name="list"),
    path("downloads/", public.listing, {"kind": NoticeKind.DOWNLOAD}, name="downloads"),
    path("notices/<int:pk>/", public.detail, name="detail"),
    path("notices/<int:pk>/files/<int:position>/", public.file, name="file"),
    path("content/", own.own_list, name="own_list"),
    path("content/new/", own.new, name="new"),
    path("content/<int:pk>/", own.own, name="own"),
    path("content/<int:pk>/edit/", own.edit, name="edit"),
    path("content/<int:pk>/files/<int:position>/", own.own_file, name="own_file"),
]
