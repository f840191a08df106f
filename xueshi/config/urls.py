"""All addresses of the program."""

from django.urls import URLPattern, URLResolver, include, path

from xueshi.config.health import healthz

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("xueshi.portal.web.urls")),
    path("", include("xueshi.registrations.web.urls")),
    path("", include("xueshi.certificates.web.urls")),
    path("", include("xueshi.notices.web.urls")),
    path("learning/", include("xueshi.portal.web.learning_urls")),
    path("", include("xueshi.people.web.urls")),
    path("declarations/", include("xueshi.declarations.web.urls")),
    path("years/", include("xueshi.ledger.web.urls")),
    path("adjustments/", include("xueshi.adjustments.web.urls")),
    path("reviews/", include("xueshi.reviews.web.urls")),
    path("gallery/", include("xueshi.ui.web.urls")),
    path("healthz", healthz, name="healthz"),
]

handler400 = "xueshi.ui.web.errors.bad_request"
handler403 = "xueshi.ui.web.errors.forbidden"
handler404 = "xueshi.ui.web.errors.not_found"
handler500 = "xueshi.ui.web.errors.server_error"
