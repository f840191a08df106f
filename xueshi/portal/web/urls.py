"""Addresses of the portal."""

from django.urls import path

from xueshi.portal.web import views

app_name = "portal"
urlpatterns = [
    path("", views.front, name="front"),
    path("captcha/<slug:purpose>/<str:picture>.png", views.captcha, name="captcha"),
    path("proof/<slug:purpose>/", views.proof, name="proof"),
    path("recovery/", views.recovery, name="recovery"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("home/", views.home, name="home"),
    path("hats/", views.hats, name="hats"),
    path("password/", views.password, name="password"),
]
