"""Every address of the site below another one."""

from django.urls import include, path

urlpatterns = [path("music/", include("musicdb.urls"))]
