"""Pages of a list. An impossible page number or size is an error. REST framework alone would use a default instead."""

from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request


class Pagination(PageNumberPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    last_page_strings = ()
    invalid_page_message = "There is no page {page_number}. The list is shorter."

    def get_page_number(self, request: Request, paginator: Any) -> int:
        return self._number_from_1(request, self.page_query_param, 1)

    def get_page_size(self, request: Request) -> int:
        return self._number_from_1(request, self.page_size_query_param, self.page_size, self.max_page_size)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        page, page_size = super().get_schema_operation_parameters(view)
        page["schema"] |= {"minimum": 1, "default": 1}
        page_size["schema"] |= {"minimum": 1, "maximum": self.max_page_size, "default": self.page_size}
        return [page, page_size]

    @staticmethod
    def _number_from_1(request: Request, name: str, default: int, largest: int | None = None) -> int:
        text = request.query_params.get(name, str(default))
        # Python refuses to parse numbers of several thousand digits. No list has that many pages.
        if text.isascii() and text.isdigit() and len(text) <= 100:
            number = int(text)
            if number >= 1 and (largest is None or number <= largest):
                return number
        limit = f" from 1 to {largest}" if largest else ", 1 or more"
        raise ValidationError({name: [f"Must be a whole number{limit}."]})
