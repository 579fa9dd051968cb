"""Tags for pages in Markdown, and for links to them."""

from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString, mark_safe

from musicdb.pages.markdown import escape, link

register = template.Library()


@register.filter
def markdown(text: Any) -> SafeString:
    """Return Markdown that renders as exactly this text."""
    return mark_safe(escape(str(text)))  # noqa: S308 (no page of HTML has it)


@register.simple_tag(takes_context=True)
def markdown_link(context: template.Context, text: Any, path: str) -> SafeString:
    """Return a link to a path of this site, or the text alone where the export has no page for it."""
    return mark_safe(link(escape(str(text)), context["request"].build_absolute_uri(path)))  # noqa: S308


@register.simple_tag(takes_context=True)
def markdown_address(context: template.Context) -> str:
    """Return the path of the page that is shown as Markdown; empty if it has none."""
    request = context.get("request")
    match = request.resolver_match if request else None
    # A page that says what went wrong is not the page of its address.
    if match is None or match.namespaces or "exception" in context:
        return ""
    try:
        return reverse(f"{match.url_name}-markdown", kwargs=match.kwargs)
    except NoReverseMatch:
        return ""
