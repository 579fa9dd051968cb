"""What the list of clusters can be narrowed to and sorted by."""

from django_filters import ChoiceFilter, FilterSet

from clusters.models import Cluster, CollectionKind
from clusters.models.collection_querysets import public_owners
from musicdb.search import OrderingFilter, SlugFilter


class ClusterFilter(FilterSet):
    kind = ChoiceFilter(
        field_name="run__collection__kind",
        choices=CollectionKind.choices,
        help_text="The kind of collection.",
    )
    genre = SlugFilter(public_owners("genre"), field_name="run__collection__genre")
    playlist = SlugFilter(public_owners("playlist"), field_name="run__collection__playlist")
    artist = SlugFilter(public_owners("artist"), field_name="run__collection__artist")
    label = SlugFilter(public_owners("label"), field_name="run__collection__label")
    ordering = OrderingFilter(fields=["number", "size"])

    class Meta:
        model = Cluster
        fields: list[str] = []
