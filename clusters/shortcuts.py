"""What the pages and the API look up alike."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from clusters.models import Run
from musicdb.models import Genre


def published_run_or_404(slug: str) -> Run:
    """Return the genre's published run, or raise Http404 that says which of the two is missing."""
    genre = get_object_or_404(Genre, slug=slug)
    run = Run.objects.of_genre(genre).published().select_related("genre").first()
    if run is None:
        raise Http404(f"The tracks of {genre.name} have not been grouped into clusters yet.")
    return run
