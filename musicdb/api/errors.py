"""The JSON of errors: ``detail`` for a person to read, and ``parameters`` if the query was wrong."""

from typing import Any

from rest_framework import serializers, views
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    response = views.exception_handler(error, context)
    if response is not None and isinstance(error, ValidationError):
        response.data = {"detail": "The query was not understood.", "parameters": error.detail}
    return response


class ErrorSerializer(serializers.Serializer[Any]):
    """An error, described for a person."""

    detail = serializers.CharField()


class QueryErrorSerializer(ErrorSerializer):
    """An error of the query: what is wrong with each parameter."""

    parameters = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))
