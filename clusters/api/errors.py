"""The one error that clusters add to those of the catalogue."""

from http import HTTPStatus
from typing import Any

from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.reverse import reverse

from clusters.runs import Successors


class ClusterGoneError(APIException):
    """A number that the genre's published run no longer has; its body is that of GoneSerializer."""

    status_code = HTTPStatus.GONE

    def __init__(self, successors: Successors, request: Request) -> None:
        genre, successor = successors.run.genre, successors.successor
        pointer = f"{successors.pointer} #{successor.number}." if successor else successors.pointer
        body: Any = {
            "detail": f"Cluster #{successors.retired.number} of {genre.name} no longer exists. {pointer}",
            "successor": successor
            and {
                "number": successor.number,
                "url": reverse("api:cluster-tracks", args=[genre.slug, successor.number], request=request),
                "page_url": reverse("cluster", args=[genre.slug, successor.number], request=request),
            },
        }
        # Set as it is: APIException would make texts of the numbers.
        self.detail = body
