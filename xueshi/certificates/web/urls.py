"""Addresses of certificates; ``verify/`` is printed on paper and never changes."""

from django.urls import path

from xueshi.certificates.web import views

app_name = "certificates"
urlpatterns = [
    path("certificates/years/<int:account_id>/print/", views.issue, name="issue"),
    path("certificates/years/<int:account_id>/print/<str:kind>/", views.issue_kind, name="issue_kind"),
    path("certificates/<int:pk>/", views.detail, name="detail"),
    path("certificates/<int:pk>/pdf", views.pdf, name="pdf"),
    path("verify/", views.verify, name="verify"),
    path("verify/file/", views.verify_file, name="verify_file"),
    path("verify/key.pem", views.qr_key, name="qr_key"),
    path("verify/<str:text>", views.verify_link, name="verify_link"),
]
