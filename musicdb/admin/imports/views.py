"""Imports in the admin: upload a file, see the preview, confirm; then see what was imported, and undo it."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.views.decorators.http import require_POST

from musicdb.admin.base import ReadOnlyAdmin, is_valid_pk
from musicdb.admin.exports.library import can_export_library, library_view
from musicdb.admin.html import facts
from musicdb.admin.imports.changes import ChangesPage
from musicdb.admin.imports.columns import ColumnsPage, described
from musicdb.admin.imports.forms import ConfirmForm, UploadForm
from musicdb.admin.imports.previews import preview_context, with_csrf_token
from musicdb.admin.imports.undo import UndoPage
from musicdb.admin.imports.undo_work import is_large as undo_is_large
from musicdb.admin.imports.work import import_upload, start_transfer, success
from musicdb.admin.imports.written import written_lines
from musicdb.admin.transfers import listed_transfers, own_transfer, start_or_say_why
from musicdb.imports import BadRowsError, ImportOptions, ImportRefusedError
from musicdb.imports.lock import ImportLockedError
from musicdb.imports.saved_mappings import mappings_of
from musicdb.imports.size import is_large
from musicdb.imports.uploads import UploadGoneError, bad_rows_path, delete_upload, load_upload, save_upload
from musicdb.models import Import, NotUndone, Transfer
from musicdb.transfers import TransferFiles


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "undone"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", "Stands"), ("yes", "Undone")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(undone_at__isnull=self.value() == "no")


@admin.register(Import)
class ImportAdmin(ReadOnlyAdmin[Import]):
    """The imports so far. Adding one means uploading a file."""

    list_display = ["file_name", "started_at", "user", "file_format", "summary", "bad_rows", "state"]
    list_filter = [StateFilter, "started_at"]
    list_select_related = ["user"]
    search_fields = ["search_key", "file_format"]
    search_help_text = "File or format"
    fields = [
        "file_name",
        "started_at",
        "by",
        "file_format",
        "choices",
        "rows",
        "skipped_rows",
        "not_imported",
        "standing",
    ]
    change_form_template = "admin/musicdb/import/change_form.html"
    change_list_template = "admin/musicdb/import/change_list.html"

    @property
    def columns(self) -> ColumnsPage:
        return ColumnsPage(self)

    def get_queryset(self, request: HttpRequest) -> Any:
        left = NotUndone.objects.filter(source_import=OuterRef("pk"))
        return super().get_queryset(request).annotate(leaves_rows=Exists(left))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("musicdb.add_import")

    def has_undo_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("musicdb.change_import")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def view_on_site(self, obj: Any) -> None:
        return None

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("library.<str:kind>", wrap(library_view), name="musicdb_import_library"),
            path("changes/", wrap(ChangesPage(self)), name="musicdb_import_changes"),
            path("changes.csv", wrap(ChangesPage(self).csv), name="musicdb_import_changes_csv"),
            path("columns/", wrap(require_POST(self.columns)), name="musicdb_import_columns"),
            path("preview/<int:pk>/", wrap(self.preview_view), name="musicdb_import_preview"),
            path("confirm/", wrap(require_POST(self.confirm_view)), name="musicdb_import_confirm"),
            path("<int:pk>/undo/", wrap(UndoPage(self)), name="musicdb_import_undo"),
            path("<int:pk>/not-undone/", wrap(UndoPage(self).left), name="musicdb_import_not_undone"),
            path("<int:pk>/bad-rows.csv", wrap(self.bad_rows_view), name="musicdb_import_bad_rows"),
            *super().get_urls(),
        ]

    # --- Upload, preview, confirm ------------------------------------------------------------------------------

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Take a file and show what it would change."""
        self._require_add(request)
        if request.method == "POST":
            form = UploadForm(request.POST, request.FILES)
        else:
            form = UploadForm(initial={"columns_of": self._asked_for(request)})
        if not form.is_valid():
            return self._page(request, "upload", "Import tracks", form=form)
        upload = form.cleaned_data["file"]
        try:
            token = save_upload(upload.name, upload.chunks(), owner=_user(request).pk)
        except ImportRefusedError as error:
            return self._page(request, "upload", "Import tracks", form=form, refused=str(error))
        return self.columns.go_on(request, token, form.options(), form)

    def _asked_for(self, request: HttpRequest) -> Import | None:
        """Return the import that the address names, whose mapping the next file is to be read by."""
        key = request.GET.get("columns_of", "")
        return Import.objects.filter(pk=key).first() if is_valid_pk(key) else None

    def confirm_view(self, request: HttpRequest) -> HttpResponse:
        """Import what the preview showed, or show it again with other choices."""
        self._require_add(request)
        form = ConfirmForm(request.POST)
        if not form.is_valid():
            return self._start_again(request, "The form was not complete.")
        token, options = form.cleaned_data["token"], form.options()
        if "columns" in request.POST:
            return self.columns.change(request, token, options, form)
        if "again" in request.POST:
            return self.columns.go_on(request, token, options, form)
        user = _user(request)
        try:
            source = load_upload(token, owner=user.pk)
            if is_large(source):
                return self._start(request, Transfer.Kind.IMPORT, token, source.name, form)
            record = import_upload(token, user, options)
        except UploadGoneError as error:
            return self._start_again(request, str(error))
        except BadRowsError:
            return self._preview(request, token, options, form)
        except ImportLockedError as error:
            # The upload is kept: one click tries again.
            self.message_user(request, f"{error} Nothing was imported.", messages.WARNING)
            return self._preview(request, token, options, form)
        except ImportRefusedError as error:
            return self._start_again(request, str(error))
        self.message_user(request, success(record), messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:musicdb_import_change", args=[record.pk]))

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what a transfer has found out about an upload."""
        self._require_add(request)
        if own_transfer(request, pk).kind not in (Transfer.Kind.PREVIEW, Transfer.Kind.IMPORT):
            raise Http404("This is not the preview of an import.")
        try:
            content = TransferFiles(pk).result.read_text(encoding="utf-8")
        except FileNotFoundError:
            return self._start_again(request, "This preview is too old. Upload the file again.")
        return self._page(request, "preview", "What would change", content=with_csrf_token(content, request))

    def _preview(self, request: HttpRequest, token: str, options: ImportOptions, form: Any) -> HttpResponse:
        """Show what an upload would change. The transfer that finds it out for a large one has a page of its own."""
        user = _user(request)
        try:
            source = load_upload(token, owner=user.pk)
            if is_large(source):
                return self._start(request, Transfer.Kind.PREVIEW, token, source.name, form)
            context = preview_context(token, user.pk, options)
        except UploadGoneError as error:
            return self._start_again(request, str(error))
        except ImportRefusedError as error:
            delete_upload(token, owner=user.pk)
            form = UploadForm(initial=form.cleaned_data)
            return self._page(request, "upload", "Import tracks", form=form, refused=str(error))
        return self._page(request, "preview", "What would change", **context)

    def _start(self, request: HttpRequest, kind: str, token: str, name: str, form: Any) -> HttpResponse:
        back = reverse("admin:musicdb_import_changelist")
        return start_or_say_why(request, lambda: start_transfer(kind, _user(request), token, name, form), back)

    def _start_again(self, request: HttpRequest, message: str) -> HttpResponse:
        self.message_user(request, f"{message} Nothing was imported.", messages.ERROR)
        return HttpResponseRedirect(reverse("admin:musicdb_import_add"))

    def _require_add(self, request: HttpRequest) -> None:
        if not self.has_add_permission(request):
            raise PermissionDenied

    def _page(self, request: HttpRequest, template: str, title: str, **context: Any) -> TemplateResponse:
        context = {**self.admin_site.each_context(request), "title": title, "opts": self.opts, **context}
        return TemplateResponse(request, f"admin/musicdb/import/{template}.html", context)

    # --- What was imported -------------------------------------------------------------------------------------

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        extra = {
            **(extra_context or {}),
            "can_export_library": can_export_library(request),
            "transfers": listed_transfers(request),
        }
        return super().changelist_view(request, extra)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        extra = {**(extra_context or {}), "can_undo": self.has_undo_permission(request)}
        if record := Import.objects.filter(pk=object_id).first() if is_valid_pk(object_id) else None:
            extra |= {
                "written": written_lines(record, request),
                "left": record.not_undone.count(),
                "undo_is_large": undo_is_large(record),
            }
            extra |= {"mappings": described(mappings_of(record)), "may_add": self.has_add_permission(request)}
        return super().change_view(request, object_id, form_url, extra)

    def bad_rows_view(self, request: HttpRequest, pk: int) -> FileResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        record = get_object_or_404(Import, pk=pk)
        try:
            file = bad_rows_path(record).open("rb")
        except FileNotFoundError:
            raise Http404("These rows have been deleted.") from None
        return FileResponse(file, as_attachment=True, filename=f"{record.file_name}.bad-rows.csv")

    @admin.display(description="what changed")
    def summary(self, record: Import) -> str:
        return record.summary

    @admin.display(description="by")
    def by(self, record: Import) -> Any:
        # Django would link a key to the user's page, which hardly anybody may see.
        return record.user or "nobody who is known: a command or a deleted user"

    @admin.display
    def state(self, record: Import) -> str:
        if not record.is_undone:
            return "stands"
        undone = "undone in part" if record.leaves_rows else "undone"  # type: ignore[attr-defined]
        return f"{undone} by {record.undone_by}" if record.undone_by_id else undone

    @admin.display(description="state")
    def standing(self, record: Import) -> str:
        if record.undone_at is None:
            return self.state(record)
        return f"{self.state(record)}, {date_format(localtime(record.undone_at), 'DATETIME_FORMAT')}"

    @admin.display(description="options")
    def choices(self, record: Import) -> str:
        said = [
            f"genre “{record.options['genre']}” for all" if record.options.get("genre") else "",
            {True: "all liked", False: "none liked"}.get(record.options.get("liked"), ""),
            f"playlist “{record.options['playlist']}”" if record.options.get("playlist") else "",
            "no playlist" if record.options.get("no_playlist") else "",
            {"overwrite": "every value taken", "skip": "only new rows"}.get(record.options.get("existing"), ""),
            "deleted rows brought back" if record.options.get("restore_deleted") else "",
            "bad rows skipped" if record.options.get("skip_bad") else "",
        ]
        return ", ".join(filter(None, said)) or "none"

    @admin.display(description="skipped rows")
    def skipped_rows(self, record: Import) -> SafeString | str:
        return facts((reason, f"{number:,}") for reason, number in record.skipped.items()) if record.skipped else "none"

    @admin.display(description="bad rows")
    def not_imported(self, record: Import) -> SafeString | str:
        if not record.bad_rows:
            return "none"
        if not bad_rows_path(record).exists():
            return f"{record.bad_rows:,}"
        address = reverse("admin:musicdb_import_bad_rows", args=[record.pk])
        return format_html('{}: <a href="{}">download them, with the reasons</a>', f"{record.bad_rows:,}", address)


def _user(request: HttpRequest) -> User:
    """Return who sent a request to the admin, which only users can."""
    return cast(User, request.user)
