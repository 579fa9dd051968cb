"""The page that documents the API. It uses the API's own schema, and nothing from other sites."""

from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_update
from django.utils.decorators import method_decorator
from drf_spectacular.views import SpectacularSwaggerSplitView


# Swagger UI sets inline styles. Its scripts are files, so that the policy for scripts stays strict.
@method_decorator(csp_update({"style-src": ["'self'", UNSAFE_INLINE]}), name="dispatch")
class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI. The same address serves its script, with a query parameter."""
