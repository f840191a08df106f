from django.urls import include, path

urlpatterns = [path("gallery/", include("xueshi.ui.web.urls"))]
