"""Only the addresses of certificates, for tests of their pages without the portal's middleware."""

from django.urls import include, path

urlpatterns = [path("", include("xueshi.certificates.web.urls"))]
