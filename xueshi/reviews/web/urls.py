"""Addresses of reviews."""

from django.urls import path

from xueshi.reviews.web import entrusting, reasons, records, views

app_name = "reviews"
urlpatterns = [
    path("decide/", views.decide, name="decide"),
    path("all/", views.many, name="freeze"),
    path("all/<str:token>/", views.batch, name="batch"),
    path("<int:case_id>/entrust/", entrusting.entrust, name="entrust"),
    path("<int:case_id>/take-back/", entrusting.take_back, name="take_back"),
    path("<int:case_id>/remove/", records.remove, name="remove"),
    path("<int:case_id>/restore/", records.restore, name="restore"),
    path("reasons/", reasons.start, name="reasons"),
    path("reasons/<str:kind>/", reasons.kept, name="reasons_of"),
    path("reasons/<str:kind>/<int:reason_id>/", reasons.change, name="reason"),
    path("reasons/<str:kind>/<int:reason_id>/delete/", reasons.delete, name="delete_reason"),
]
