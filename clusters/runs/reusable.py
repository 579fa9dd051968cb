"""Find the runs that would only be repeated: their collection's tracks and the parameters are still the same."""

from collections.abc import Sequence

from clusters.core.params import Params
from clusters.models import Collection, Run
from clusters.runs.inputs import current_input_hashes


class ReusableRuns:
    """The published and the newest run of each collection, found by the input hash that it has now.

    The newest run counts too: it may wait for review, or an editor may have gone back to an earlier one.
    """

    def __init__(self, collections: Sequence[Collection], params: Params) -> None:
        """Read all runs at once: one collection after another would cost as much as reading the tracks."""
        runs = Run.objects.filter(collection__in=collections) if len(collections) == 1 else Run.objects.all()
        self._runs = {(run.collection_id, run.input_hash): run for run in runs.shown_or_newest()}
        self._input_hash = current_input_hashes(collections, params) if self._runs else None

    def find(self, collection: Collection) -> Run | None:
        if self._input_hash is None:
            return None
        return self._runs.get((collection.pk, self._input_hash(collection)))
