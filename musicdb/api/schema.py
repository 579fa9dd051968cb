"""The OpenAPI schema, with the errors of every endpoint."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse

from musicdb.api.errors import ErrorSerializer, QueryErrorSerializer


class SchemaWithErrors(AutoSchema):
    def get_response_serializers(self) -> Any:
        return {
            200: super().get_response_serializers(),
            400: OpenApiResponse(QueryErrorSerializer, description="A parameter is unknown, or its value is wrong."),
            404: OpenApiResponse(ErrorSerializer, description="There is no such object, or the list has no such page."),
            **getattr(self.view, "more_errors", {}),
        }
