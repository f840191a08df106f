"""Addresses of declarations."""

from django.urls import path

from xueshi.declarations.web import archive, declaring, desk, for_others, images, mine, records

app_name = "declarations"
urlpatterns = [
    path("", mine.mine, name="mine"),
    path("new/", declaring.new, name="new"),
    path("for-others/", for_others.new, name="for_others"),
    path("for-others/<int:pk>/", for_others.edit, name="for_others_edit"),
    path("records/", records.records, name="records"),
    path("approved/", archive.archive, name="archive"),
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
