"""The search of the site over REST: names of every kind, the best matches first."""

from collections.abc import Collection
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from clusters.runs import SEARCHED
from musicdb.api.base import StrictAPIView
from musicdb.api.serializers import URL, URL_OR_NULL
from musicdb.search import Found, Hit, found_directly, search_everywhere

MOST = 20
KINDS = [group.kind for group in SEARCHED]


class HitSerializer(serializers.Serializer[Hit]):
    """A row that was found, with the address of its page."""

    name = serializers.CharField()
    by = serializers.ListField(
        child=serializers.CharField(),
        help_text="The artists of a track or album; the collection of a cluster; else empty.",
    )
    track_count = serializers.IntegerField(
        source="size", allow_null=True, help_text="Null for a track, and for a playlist that a rule fills."
    )
    slug = serializers.CharField(allow_null=True, help_text="Its slug in the API. Null for a cluster.")
    page_url = serializers.SerializerMethodField()

    @extend_schema_field(URL)
    def get_page_url(self, hit: Hit) -> str:
        address: str = self.context["request"].build_absolute_uri(hit.address)
        return address


class FoundSerializer(serializers.Serializer[Found]):
    """What was found of one kind: exact names, then those that begin with the words, then those that have them."""

    kind = serializers.ChoiceField(choices=KINDS, source="group.kind")
    has_more = serializers.BooleanField(help_text="Whether more match than are listed.")
    hits = HitSerializer(many=True)


class SearchSerializer(serializers.Serializer[Any]):
    direct_url = serializers.SerializerMethodField(
        help_text="The page that a link to Spotify, a Spotify id or an ISRC names; else null."
    )
    results = FoundSerializer(source="found", many=True)

    @extend_schema_field(URL_OR_NULL)
    def get_direct_url(self, answer: Any) -> str | None:
        row = answer["direct"]
        if row is None:
            return None
        address: str = self.context["request"].build_absolute_uri(row.get_absolute_url())
        return address


class SearchView(StrictAPIView):
    """Names of every kind that match ``q``: at most 20 of each, kinds without a match left out."""

    serializer_class = SearchSerializer

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "q",
                {"type": "string", "minLength": 1, "pattern": r"\S"},
                required=False,
                description="What to search for: a name, an alias, words of either, a link to Spotify, a Spotify id or "
                "an ISRC. Case, accents, width and apostrophes do not count. Without it, nothing is found. Of a name, "
                "the first 100 characters count.",
            )
        ],
    )
    def get(self, request: Request) -> Response:
        typed = request.query_params.get("q", "")
        answer = {"direct": found_directly(typed), "found": search_everywhere(typed, SEARCHED, MOST)}
        return Response(SearchSerializer(answer, context={"request": request}).data)

    def known_parameters(self) -> Collection[str]:
        return ("q",)
