"""Addresses of requirement events."""

from django.urls import path

from xueshi.adjustments.web import images, views

app_name = "adjustments"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("new/", views.new, name="new"),
    path("uploads/<str:key>/", images.upload, name="upload"),
    path("review/", views.desk, name="desk"),
    path("cases/<int:case_id>/", views.case, name="case"),
    path("cases/<int:case_id>/withdraw/", views.withdraw, name="withdraw"),
    path("cases/<int:case_id>/revoke/", views.revoke, name="revoke"),
    path("cases/<int:case_id>/proof/<str:key>/", images.proof, name="proof"),
]
