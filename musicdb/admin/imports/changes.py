"""What an import would do, part by part and page by page, from the file that its preview has written."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse

from musicdb.admin.base import current_user
from musicdb.imports import ImportRefusedError, Preview
from musicdb.imports.changes import Line, Part, lines, read_lines, save_lines
from musicdb.imports.uploads import UploadGoneError, changes_path

LINES_A_PAGE = 100
GONE = "This preview is too old. Upload the file again."


@dataclass(frozen=True)
class ListedPart:
    """A part of the changes, and the first of its lines."""

    name: str
    label: str
    number: int
    first: list[Line]


def listed_parts(outcome: Preview, token: str, owner: int) -> list[ListedPart]:
    """Write all that an import would do to the file of the preview. Return the parts. Raises ImportRefusedError."""
    path = changes_path(token, owner)
    try:
        save_lines(path, lines(outcome.plan, outcome.problems))
        return _parts(path)
    except OSError as error:
        raise ImportRefusedError(f"The preview could not be stored on the server ({error.strerror}).") from error


def _parts(path: Any) -> list[ListedPart]:
    found = []
    for part in Part:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first, counts = read_lines(file, part, 0, LINES_A_PAGE)
        found.append(ListedPart(part.value, part.label, counts[part], first))
    return found


class _Counted:
    """A part of the file as a Paginator wants it: it reads the lines of one page only."""

    def __init__(self, path: Any, part: str) -> None:
        self._path, self._part = path, part
        self.counts = self._read(0, 0)[1]

    def _read(self, start: int, number: int) -> Any:
        with self._path.open(encoding="utf-8-sig", newline="") as file:
            return read_lines(file, self._part, start, number)

    def __len__(self) -> int:
        return self.counts[self._part]  # type: ignore[no-any-return]

    def __getitem__(self, wanted: slice) -> list[Line]:
        found: list[Line] = self._read(wanted.start, wanted.stop - wanted.start)[0]
        return found


class ChangesPage:
    """The page of one part, and the file of all parts. The token in the address says which upload."""

    def __init__(self, model_admin: Any) -> None:
        self._admin = model_admin

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = self._path(request)
        part = request.GET.get("part", Part.CHANGED.value)
        if part not in list(Part):
            raise Http404("There is no such part of a preview.")
        listed = _Counted(path, part)
        context = {
            **self._admin.admin_site.each_context(request),
            "title": "What would change",
            "opts": self._admin.opts,
            "part": part,
            "parts": [(one.value, one.label, listed.counts[one]) for one in Part],
            "page_obj": Paginator(listed, LINES_A_PAGE).get_page(request.GET.get("page")),  # type: ignore[arg-type]
            "token": request.GET["token"],
        }
        return TemplateResponse(request, "admin/musicdb/import/changes.html", context)

    def csv(self, request: HttpRequest) -> HttpResponseBase:
        path = self._path(request)
        return FileResponse(path.open("rb"), as_attachment=True, filename="changes.csv")

    def _path(self, request: HttpRequest) -> Any:
        if not self._admin.has_add_permission(request):
            raise PermissionDenied
        try:
            path = changes_path(request.GET.get("token", ""), current_user(request).pk)
        except UploadGoneError as error:
            raise Http404(str(error)) from None
        if not path.exists():
            raise Http404(GONE)
        return path
