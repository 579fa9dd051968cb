"""What the list of clusters can be narrowed to and sorted by."""

from django_filters import FilterSet

from clusters.models import Cluster
from musicdb.models import Genre
from musicdb.search import OrderingFilter, SlugFilter


class ClusterFilter(FilterSet):
    genre = SlugFilter(Genre.objects.all(), field_name="run__genre")
    ordering = OrderingFilter(fields=["number", "size"])

    class Meta:
        model = Cluster
        fields: list[str] = []
