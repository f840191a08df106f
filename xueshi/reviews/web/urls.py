"""Addresses of reviews."""

from django.urls import path

from xueshi.reviews.web import views

app_name = "reviews"
urlpatterns = [
    path("decide/", views.decide, name="decide"),
    path("all/", views.freeze, name="freeze"),
    path("all/<str:token>/", views.batch, name="batch"),
]
