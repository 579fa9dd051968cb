"""The page that documents the API, from its own schema and with nothing from elsewhere."""

from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_update
from django.utils.decorators import method_decorator
from drf_spectacular.views import SpectacularSwaggerSplitView


# Swagger UI styles its elements in place; its scripts are files, so scripts stay as strict as anywhere.
@method_decorator(csp_update({"style-src": ["'self'", UNSAFE_INLINE]}), name="dispatch")
class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI. Its script is served from this same address with a query parameter."""
