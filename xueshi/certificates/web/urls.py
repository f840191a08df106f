"""Addresses of certificates; ``verify/`` is printed on paper and never changes."""

from django.urls import path

from xueshi.certificates.web import printing, views

app_name = "certificates"
urlpatterns = [
    path("certificates/years/<int:account_id>/print/", views.issue, name="issue"),
    path("certificates/years/<int:account_id>/print/<str:kind>/", views.issue_kind, name="issue_kind"),
    path("certificates/people/", printing.people, name="people"),
    path("certificates/people/prints/", printing.freeze, name="prints"),
    path("certificates/people/prints/<str:token>/", printing.run, name="print_run"),
    path("certificates/people/prints/<str:token>/file", printing.file, name="print_file"),
    path("certificates/<int:pk>/", views.detail, name="detail"),
    path("certificates/<int:pk>/pdf", views.pdf, name="pdf"),
    path("verify/", views.verify, name="verify"),
    path("verify/file/", views.verify_file, name="verify_file"),
    path("verify/offline/", views.verify_offline, name="verify_offline"),
    path("verify/key.pem", views.qr_key, name="qr_key"),
    path("verify/<str:text>", views.verify_link, name="verify_link"),
]
