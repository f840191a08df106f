"""Addresses of declarations."""

from django.urls import path

from xueshi.declarations.web import declaring, desk, images, mine

app_name = "declarations"
urlpatterns = [
    path("", mine.mine, name="mine"),
    path("new/", declaring.new, name="new"),
    path("review/", desk.review, name="desk"),
    path("verification/", desk.verification, name="verification"),
    path("uploads/<str:key>/", images.upload, name="upload"),
    path("case/<int:case_id>/", mine.of_case, name="case"),
    path("<int:pk>/", mine.detail, name="detail"),
    path("<int:pk>/edit/", declaring.edit, name="edit"),
    path("<int:pk>/withdraw/", mine.withdraw, name="withdraw"),
    path("<int:pk>/delete/", mine.delete, name="delete"),
    path("<int:pk>/evidence/<int:position>/", images.evidence, name="evidence"),
]
