"""Any list of the catalogue as a file, filtered and sorted as it is shown."""

from typing import Any, ClassVar

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify
from django.utils.timezone import localdate
from import_export.admin import ExportActionMixin
from import_export.forms import ExportForm

from musicdb.exports import LIST_FORMATS, CatalogueResource


class ExportAdmin(ExportActionMixin):
    """What django-import-export does, for those who may see the list, on a page of ours."""

    export_resource: ClassVar[type[CatalogueResource]]
    export_form_class = ExportForm
    export_template_name = "admin/musicdb/export.html"
    import_export_change_list_template = "admin/musicdb/catalogue_change_list.html"
    show_change_form_export = False
    change_form_template: Any = None
    # A selection goes out at once, in the first of the formats: its rows would otherwise be named in a form.
    skip_export_form_from_action = True

    def has_export_permission(self, request: HttpRequest) -> bool:
        return bool(self.has_view_permission(request))

    def export_action(self, request: HttpRequest) -> HttpResponse:
        try:
            return super().export_action(request)
        except IncorrectLookupParameters:
            raise BadRequest("The list does not know some of what it is filtered by.") from None

    def get_export_resource_classes(self, request: HttpRequest) -> list[type[CatalogueResource]]:
        return [self.export_resource]

    def get_export_formats(self) -> list[Any]:
        return list(LIST_FORMATS)

    def get_export_filename(self, request: HttpRequest, queryset: Any, file_format: Any) -> str:
        """Say what it is and of which day: tracks-2026-05-12.csv."""
        return f"{slugify(self.opts.verbose_name_plural)}-{localdate()}.{file_format.get_extension()}"
