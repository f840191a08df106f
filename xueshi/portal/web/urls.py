"""Addresses of the portal."""

from django.conf import settings
from django.urls import path

from xueshi.portal.web import (
    account,
    notes,
    personnel,
    policy,
    privacy,
    recovery,
    resets,
    resuming,
    security,
    todo,
    views,
)

app_name = "portal"
urlpatterns = [
    path("", views.front, name="front"),
    path("captcha/<slug:purpose>/<str:picture>.png", views.captcha, name="captcha"),
    path("proof/<slug:purpose>/", views.proof, name="proof"),
    path("recovery/", recovery.verify, name="recovery"),
    path("recovery/password/", recovery.new_password, name="recovery_password"),
    path("recovery/done/", recovery.done, name="recovery_done"),
    path("recovery/reset/", recovery.reset, name="recovery_reset"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("policy/", policy.policy, name="policy"),
    path("robots.txt", views.robots, name="robots"),
    path("home/", views.home, name="home"),
    path("todo/", todo.todo, name="todo"),
    path("messages/", notes.listed, name="notes"),
    path("messages/read/", notes.read_all, name="notes_read"),
    path("messages/way/", notes.choose, name="notes_way"),
    path("messages/<int:pk>/", notes.opened, name="note"),
    path("hats/", views.hats, name="hats"),
    path("resume/", resuming.resume, name="resume"),
    path("password/", account.password, name="password"),
    path("account/", account.account, name="account"),
    path("account/privacy/", privacy.privacy, name="privacy"),
    path("account/identity/", account.identity, name="identity"),
    path("account/devices/", security.devices, name="devices"),
    path("account/factor/", security.factor, name="factor"),
    path("accounts/<int:membership_id>/reset/", resets.reset_password, name="reset_password"),
    path("personnel/", personnel.people, name="personnel"),
    path("second-step/", security.challenge, name="challenge"),
    path("prove/", security.prove, name="prove"),
]
if not settings.PRODUCTION:
    urlpatterns += [path("outbox/", recovery.outbox, name="outbox")]
