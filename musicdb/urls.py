"""Every address of the site. The only module of musicdb that knows clusters."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView

from clusters.pages.embedding import oembed
from clusters.pages.feeds import ChangesFeed
from clusters.pages.home import HomeMarkdownView, HomeView
from clusters.pages.search import SearchView, suggest
from clusters.pages.sitemaps import sitemap_file, sitemap_index
from clusters.pages.urls import urlpatterns as clusters
from musicdb.api.docs import DocsView
from musicdb.pages import list_files, track_lists, views
from musicdb.pages.machines.site_files import manifest, robots
from musicdb.pages.markdown.urls import urlpatterns as markdown_pages
from musicdb.pages.theme import theme

urlpatterns = [
    path("", HomeView.as_view(), name="home"),
    *clusters,
    path("index.md", HomeMarkdownView.as_view(), name="home-markdown"),
    *markdown_pages,
    path("genres/", views.GenreListView.as_view(), name="genres"),
    path("genres.csv", list_files.GenreCsvView.as_view(), name="genres-csv"),
    path("genres/<slug:genre_slug>/", views.GenreDetailView.as_view(), name="genre"),
    path(
        "genres/<slug:genre_slug>/tracks.<track_list_format:extension>",
        track_lists.GenreTrackListView.as_view(),
        name="genre-tracks",
    ),
    path("artists/", views.ArtistListView.as_view(), name="artists"),
    path("artists.csv", list_files.ArtistCsvView.as_view(), name="artists-csv"),
    path("artists/<slug:artist_slug>/", views.ArtistDetailView.as_view(), name="artist"),
    path(
        "artists/<slug:artist_slug>/tracks.<track_list_format:extension>",
        track_lists.ArtistTrackListView.as_view(),
        name="artist-tracks",
    ),
    path("labels/", views.LabelListView.as_view(), name="labels"),
    path("labels.csv", list_files.LabelCsvView.as_view(), name="labels-csv"),
    path("labels/<slug:label_slug>/", views.LabelDetailView.as_view(), name="label"),
    path(
        "labels/<slug:label_slug>/tracks.<track_list_format:extension>",
        track_lists.LabelTrackListView.as_view(),
        name="label-tracks",
    ),
    path("playlists/", views.PlaylistListView.as_view(), name="playlists"),
    path("playlists.csv", list_files.PlaylistCsvView.as_view(), name="playlists-csv"),
    path("playlists/<slug:playlist_slug>/", views.PlaylistDetailView.as_view(), name="playlist"),
    path(
        "playlists/<slug:playlist_slug>/tracks.<track_list_format:extension>",
        track_lists.PlaylistTrackListView.as_view(),
        name="playlist-tracks",
    ),
    path("albums/", views.AlbumListView.as_view(), name="albums"),
    path("albums.csv", list_files.AlbumCsvView.as_view(), name="albums-csv"),
    path("albums/<slug:album_slug>/", views.AlbumDetailView.as_view(), name="album"),
    path(
        "albums/<slug:album_slug>/tracks.<track_list_format:extension>",
        track_lists.AlbumTrackListView.as_view(),
        name="album-tracks",
    ),
    path("tracks/", views.AllTracksView.as_view(), name="tracks"),
    path(
        "tracks.<track_list_format:extension>",
        track_lists.AllTracksFileView.as_view(),
        name="tracks-file",
    ),
    path("tracks/<slug:track_slug>/", views.TrackDetailView.as_view(), name="track"),
    path("search/", SearchView.as_view(), name="search"),
    path("search/suggest", suggest, name="search-suggest"),
    path("changes.atom", ChangesFeed(), name="changes"),
    path("oembed", oembed, name="oembed"),
    path("sitemap.xml", sitemap_index, name="sitemap"),
    path("sitemap-<slug:section>.xml", sitemap_file, name="sitemap-file"),
    path("robots.txt", robots, name="robots"),
    path("site.webmanifest", manifest, name="manifest"),
    re_path(r"^theme/(?P<colour>[0-9a-f]{6})\.css$", theme, name="theme"),
    path("healthz", views.healthz, name="healthz"),
    path("favicon.ico", views.favicon),
    path("api/v1/", include("clusters.api.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/docs/", DocsView.as_view(url_name="api-schema"), name="api-docs"),
    path("admin/", admin.site.urls),
]

if settings.SERVE_MEDIA:
    urlpatterns += [path(f"{settings.MEDIA_URL.lstrip('/')}<path:path>", views.plot_file)]
