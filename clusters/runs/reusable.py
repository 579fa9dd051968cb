"""Find the runs that would only be repeated: their genre's tracks and the parameters are still the same."""

from collections.abc import Sequence

from clusters.core.params import Params
from clusters.models import Run
from clusters.runs.inputs import current_input_hashes
from musicdb.models import Genre


class ReusableRuns:
    """The published and the newest run of each genre, found by the input hash that the genre has now.

    The newest run counts too: it may wait for review, or an editor may have gone back to an earlier one.
    """

    def __init__(self, genres: Sequence[Genre], params: Params) -> None:
        """Read all runs at once, in three queries: one genre after another would cost as much as reading the tracks."""
        runs = Run.objects.filter(genre__in=genres) if len(genres) == 1 else Run.objects.all()
        self._runs = {(run.genre_id, run.input_hash): run for run in runs.shown_or_newest()}
        self._input_hash = current_input_hashes(genres, params) if self._runs else None

    def find(self, genre: Genre) -> Run | None:
        if self._input_hash is None:
            return None
        return self._runs.get((genre.pk, self._input_hash(genre)))
