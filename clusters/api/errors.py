"""The one error that clusters add to those of the catalogue."""

from http import HTTPStatus
from typing import Any

from rest_framework.exceptions import APIException
from rest_framework.request import Request

from clusters.runs import Successors


class ClusterGoneError(APIException):
    """A number that the collection's published run no longer has; its body is that of GoneSerializer."""

    status_code = HTTPStatus.GONE

    def __init__(self, successors: Successors, request: Request) -> None:
        collection, successor = successors.run.collection, successors.successor
        pointer = f"{successors.pointer} #{successor.number}." if successor else successors.pointer
        body: Any = {
            "detail": f"Cluster #{successors.retired.number} of {collection.name} no longer exists. {pointer}",
            "successor": successor
            and {
                "number": successor.number,
                "url": request.build_absolute_uri(collection.address("cluster-tracks", successor.number, api=True)),
                "page_url": request.build_absolute_uri(collection.address("cluster", successor.number)),
            },
        }
        # Set as it is: APIException would make texts of the numbers.
        self.detail = body
