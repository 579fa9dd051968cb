"""The page that shows what an import would do, and its content as a file where no request makes it."""

from itertools import islice
from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from musicdb.admin.imports.changes import listed_parts
from musicdb.admin.imports.columns import described
from musicdb.admin.imports.forms import ConfirmForm
from musicdb.imports import ImportOptions, Preview, preview
from musicdb.imports.changes import Part
from musicdb.imports.new_pages import new_pages
from musicdb.imports.report import kept_fields, kept_values, row_reports
from musicdb.imports.uploads import load_upload
from musicdb.progress import Progress, no_progress

MAX_ROWS_SHOWN = 100
MAX_PROBLEMS_SHOWN = 200
# Stands for the token of the user who opens the page. Only Django's own field matches the whole of CSRF_FIELD, because
# the quotes of cells are escaped.
CSRF_OF_READER = "the-csrf-of-the-reader"
CSRF_FIELD = 'name="csrfmiddlewaretoken" value="{}"'


def preview_context(token: str, owner: int, options: ImportOptions, progress: Progress = no_progress) -> dict[str, Any]:
    """Return what the template of a preview needs. Raises UploadGoneError and ImportRefusedError."""
    outcome = preview([load_upload(token, owner)], options, progress)
    parts = listed_parts(outcome, token, owner)
    shown = list(islice(row_reports(outcome.plan), MAX_ROWS_SHOWN))
    return {
        "outcome": outcome,
        "token": token,
        "parts": parts,
        "listed": any(part.number for part in parts),
        "shown_parts": (Part.CHANGED.value, Part.REMOVED.value),
        "counts": _count_rows(outcome),
        "has_good_rows": any(any(count.values()) for count in outcome.counts.values()),
        "shown": shown,
        "several_files": outcome.parsed.tables > 1,
        "rows_more": len(outcome.plan.rows) - len(shown),
        # In a template, .items of a Counter is the count of "items".
        "skipped": outcome.parsed.skipped.most_common(),
        "pages": new_pages(outcome.plan),
        "mappings": described(outcome.parsed.mappings),
        "kept_fields": kept_fields(outcome.plan),
        "kept": list(islice(kept_values(outcome.plan), MAX_ROWS_SHOWN)),
        "kept_more": max(len(outcome.plan.kept) - MAX_ROWS_SHOWN, 0),
        "left_deleted": outcome.plan.left_deleted[:MAX_ROWS_SHOWN],
        "left_deleted_more": max(len(outcome.plan.left_deleted) - MAX_ROWS_SHOWN, 0),
        "take_fields": options.take_fields,
        "take_rows": options.take_rows,
        "problems": outcome.problems[:MAX_PROBLEMS_SHOWN],
        "problems_more": max(len(outcome.problems) - MAX_PROBLEMS_SHOWN, 0),
        "form": ConfirmForm.for_preview(token, options, outcome),
    }


def preview_content(token: str, owner: int, options: ImportOptions, progress: Progress) -> str:
    """Return the content of the page of a preview as HTML. Raises UploadGoneError and ImportRefusedError."""
    context = preview_context(token, owner, options, progress)
    progress("Listing", 0, None)
    # It takes a token from a context, and only the request that shows the page has one.
    return render_to_string("admin/musicdb/import/preview_content.html", {**context, "csrf_token": CSRF_OF_READER})


def with_csrf_token(content: str, request: HttpRequest) -> SafeString:
    """Return what ``preview_content`` has made for the page that answers ``request``."""
    return SafeString(content.replace(CSRF_FIELD.format(CSRF_OF_READER), CSRF_FIELD.format(get_token(request))))


def _count_rows(outcome: Preview) -> list[tuple[str, int, int, int | str]]:
    return [
        (name, count["created"], count["updated"], count["unchanged"] if name == "Track" else count["unchanged"] or "–")
        for name, count in outcome.counts.items()
    ]
