"""The addresses of the pages as Markdown: those of the pages, with ``.md`` in place of the slash at their end.

The name of each is that of the page's address with ``-markdown`` behind. Links between pages in an export rely on it.
"""

from django.urls import path

from musicdb.pages.markdown import views

urlpatterns = [
    path("genres.md", views.GenresMarkdownView.as_view(), name="genres-markdown"),
    path("genres/<slug:genre_slug>.md", views.GenreMarkdownView.as_view(), name="genre-markdown"),
    path("artists.md", views.ArtistsMarkdownView.as_view(), name="artists-markdown"),
    path("artists/<slug:artist_slug>.md", views.ArtistMarkdownView.as_view(), name="artist-markdown"),
    path("labels.md", views.LabelsMarkdownView.as_view(), name="labels-markdown"),
    path("labels/<slug:label_slug>.md", views.LabelMarkdownView.as_view(), name="label-markdown"),
    path("playlists.md", views.PlaylistsMarkdownView.as_view(), name="playlists-markdown"),
    path("playlists/<slug:playlist_slug>.md", views.PlaylistMarkdownView.as_view(), name="playlist-markdown"),
]
