"""The WSGI entry point: ``gunicorn musicdb.wsgi``."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "musicdb.settings")

application = get_wsgi_application()
