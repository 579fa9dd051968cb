"""The page *Data quality*: every check with its count and a link to the rows."""

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse

from musicdb.admin.dashboard import forget_counts
from musicdb.editing import data_quality


def data_quality_page(site: AdminSite, request: HttpRequest) -> TemplateResponse:
    """Run all checks and show their counts."""
    results = list(data_quality.run_checks(request.user.has_perm))
    forget_counts(request)
    context = {**site.each_context(request), "title": "Data quality", "results": results}
    return TemplateResponse(request, "admin/musicdb/data_quality.html", context)
