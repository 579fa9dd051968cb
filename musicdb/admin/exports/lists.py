"""The export of a list to a file, with the filters and the order that the list has."""

from typing import Any, ClassVar

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.text import slugify
from django.utils.timezone import localdate
from import_export.admin import ExportActionMixin
from import_export.forms import ExportForm

from musicdb.admin.exports.downloads import permissions_to_view, send
from musicdb.admin.exports.work import Export
from musicdb.exports import LIST_FORMATS, CatalogueResource, ListFormat, keys_of


class ExportAdmin(ExportActionMixin):
    """The export of django-import-export, for everybody who can view the list."""

    export_resource: ClassVar[type[CatalogueResource]]
    export_form_class = ExportForm
    export_template_name = "admin/musicdb/export.html"
    import_export_change_list_template = "admin/musicdb/catalogue_change_list.html"
    show_change_form_export = False
    change_form_template: Any = None
    # The action exports at once, in the first format. The form would have to name every selected row.
    skip_export_form_from_action = True

    def has_export_permission(self, request: HttpRequest) -> bool:
        return bool(self.has_view_permission(request))

    def export_action(self, request: HttpRequest) -> HttpResponseBase:
        try:
            response: HttpResponseBase = super().export_action(request)
        except IncorrectLookupParameters:
            raise BadRequest("This list does not have one of the filters in the address.") from None
        return response

    def _do_file_export(
        self, file_format: ListFormat, request: HttpRequest, queryset: QuerySet[Any], export_form: Any = None
    ) -> HttpResponseBase:
        """Send the file, which django-import-export would build in memory."""
        keys = keys_of(queryset)
        export = Export(
            self.get_export_filename(request, queryset, file_format),
            len(keys),
            permissions_to_view(request, self.opts),
            "list",
            {"table": self.export_resource.table.name, "format": file_format.get_extension()},
            keys,
        )
        return send(request, export, reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))

    def get_export_resource_classes(self, request: HttpRequest) -> list[type[CatalogueResource]]:
        return [self.export_resource]

    def get_export_formats(self) -> list[Any]:
        return list(LIST_FORMATS)

    def get_export_filename(self, request: HttpRequest, queryset: QuerySet[Any], file_format: Any) -> str:
        """Return the name of the file, such as tracks-2026-05-12.csv."""
        return f"{slugify(self.opts.verbose_name_plural)}-{localdate()}.{file_format.get_extension()}"
