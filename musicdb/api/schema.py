"""The OpenAPI schema, with the errors that every endpoint can answer with."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse

from musicdb.api.errors import ErrorSerializer, QueryErrorSerializer


class SchemaWithErrors(AutoSchema):
    def get_response_serializers(self) -> Any:
        return {
            200: super().get_response_serializers(),
            400: OpenApiResponse(QueryErrorSerializer, description="A parameter is unknown or its value is wrong."),
            404: OpenApiResponse(ErrorSerializer, description="There is no such thing, or no such page of the list."),
            **getattr(self.view, "more_errors", {}),
        }
