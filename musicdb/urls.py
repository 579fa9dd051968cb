"""Every address of the site. The only module of musicdb that knows clusters."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.static import serve

from clusters import views as clusters
from musicdb import views

urlpatterns = [
    path("", clusters.Home.as_view(), name="home"),
    path("genres/", views.GenreList.as_view(), name="genres"),
    path("genres/<slug:slug>/", views.GenreDetail.as_view(), name="genre"),
    path("genres/<slug:slug>/clusters/", clusters.ClustersPage.as_view(), name="clusters"),
    path("genres/<slug:slug>/clusters.md", clusters.clusters_markdown, name="clusters-markdown"),
    path("genres/<slug:slug>/clusters/<int:number>/", clusters.ClusterPage.as_view(), name="cluster"),
    path("genres/<slug:slug>/clusters/<int:number>.md", clusters.cluster_markdown, name="cluster-markdown"),
    path("artists/", views.ArtistList.as_view(), name="artists"),
    path("artists/<slug:slug>/", views.ArtistDetail.as_view(), name="artist"),
    path("labels/", views.LabelList.as_view(), name="labels"),
    path("labels/<slug:slug>/", views.LabelDetail.as_view(), name="label"),
    path("albums/<slug:slug>/", views.AlbumDetail.as_view(), name="album"),
    path("tracks/<slug:slug>/", views.TrackDetail.as_view(), name="track"),
    path("healthz", views.healthz, name="healthz"),
    path("admin/", admin.site.urls),
]

if settings.SERVE_MEDIA:
    urlpatterns += [
        re_path(rf"^{settings.MEDIA_URL.lstrip('/')}(?P<path>.*)$", serve, {"document_root": settings.MEDIA_ROOT}),
    ]
