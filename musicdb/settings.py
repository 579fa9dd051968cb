"""Django settings. Everything that differs between machines comes from the environment; docs/deploying.md lists it."""

from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF

from musicdb import __version__
from musicdb.conf.brokers import ssl_options, transport_options
from musicdb.conf.secret_key import find_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()


def names_in(variable: str, default: list[str]) -> list[str]:
    """Return the names in an environment variable. Commas part them; blanks around them are ignored."""
    names = (name.strip() for name in env.list(variable, default=default))
    return [name for name in names if name]


# --- The kind of run ------------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = find_secret_key(
    env.str("SECRET_KEY", default=""),
    Path(env.str("SECRET_KEY_FILE", default=str(BASE_DIR / ".secret_key"))),
    can_generate=DEBUG,
)
ALLOWED_HOSTS = names_in("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = names_in("CSRF_TRUSTED_ORIGINS", default=[])

# --- Applications ------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "clusters",
    "musicdb",
    "musicdb.admin_site.MusicdbAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "import_export",
    "rest_framework",
    "simple_history",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Before all that makes a page or changes it: what it keeps is the finished page.
    "musicdb.pages.unchanged.UnchangedPageMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "musicdb.pages.redirects.AliasRedirectMiddleware",
    "musicdb.pages.busy.BusyDatabaseMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "musicdb.urls"
WSGI_APPLICATION = "musicdb.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "musicdb.pages.context.site_settings",
            ],
        },
    },
]

# --- Data --------------------------------------------------------------------------------------------------------

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # WAL lets readers continue while one writer writes. Every transaction takes the write lock when it begins,
        # so that writers wait for each other: a deferred transaction that reads first cannot wait, and fails.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # PostgreSQL compiles queries that it takes for expensive. Ours are many small look-ups in one statement: to
    # compile the one that records 5,000 tracks takes 1.3 s, to run it 0.05 s.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c jit=off")
# To open a connection for each request takes as long as to answer that a page has not changed.
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FIXTURE_DIRS = [BASE_DIR / "fixtures"]
# Versions are found by their row, never by date.
SIMPLE_HISTORY_DATE_INDEX = False

# --- Caches ------------------------------------------------------------------------------------------------------

# Finished pages, under keys that contain the version of the library, so no old one is ever found. Each process has its
# own memory for them, of so many megabytes; with CACHE_URL, such as redis://127.0.0.1:6379/1, all share one.
PAGE_CACHE_MEGABYTES = env.int("PAGE_CACHE_MEGABYTES", default=32)
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "pages": {
        **(
            env.cache_url("CACHE_URL")
            if env.str("CACHE_URL", default="")
            else {
                "BACKEND": "musicdb.conf.memory_cache.MemoryCache",
                "OPTIONS": {"MAX_BYTES": PAGE_CACHE_MEGABYTES * 1024 * 1024},
            }
        ),
        "TIMEOUT": 24 * 3600,
    },
}
# For so many seconds, a visitor may be shown a page from before a change while the new one comes.
PAGE_STALE_SECONDS = env.int("PAGE_STALE_SECONDS", default=60)

# --- Files -------------------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
MEDIA_URL = "media/"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(BASE_DIR / "media")))
# Uploads wait here until an editor confirms the import. They are never served, and purged after a day.
UPLOAD_ROOT = Path(env.str("UPLOAD_ROOT", default=str(BASE_DIR / "uploads")))
# A worker, or a process of its own, imports more rows than this. A request imports fewer at once.
TRANSFER_ROWS = env.int("TRANSFER_ROWS", default=2_000)
# How many hours the previews of these are kept in UPLOAD_ROOT.
TRANSFER_HOURS = env.float("TRANSFER_HOURS", default=24.0)
# The media are plots, never uploads, so Django may serve them. A web server in front is quicker.
SERVE_MEDIA = env.bool("SERVE_MEDIA", default=DEBUG)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}

# --- Workers -----------------------------------------------------------------------------------------------------

# The broker that takes tasks to the workers. If it is empty, there are none, and web requests do the work themselves.
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="")
CELERY_BROKER_USE_SSL = ssl_options(CELERY_BROKER_URL)
# Each site that shares a broker with others needs its own.
CELERY_TASK_DEFAULT_QUEUE = env.str("CELERY_QUEUE", default="musicdb")
CELERY_BROKER_TRANSPORT_OPTIONS = transport_options(CELERY_BROKER_URL, CELERY_TASK_DEFAULT_QUEUE)
# The seconds between a worker's heartbeats. A worker counts as dead after four times as long without one.
WORKER_HEARTBEAT = env.float("WORKER_HEARTBEAT", default=10.0)

# --- Language and time -------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
FORMAT_MODULE_PATH = "musicdb.conf.formats"
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_I18N = True
USE_TZ = True
# Lists sort a name without such a word at its beginning. Words that begin many English names, such as "Die" and "De",
# are not among them. After a change, manage.py namekeys sorts the names anew.
SORT_ARTICLES = env.list(
    "SORT_ARTICLES", default=["The", "A", "An", "Le", "La", "Les", "L'", "El", "Los", "Las", "Il", "Der", "Das"]
)

# --- Safety ------------------------------------------------------------------------------------------------------

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
# django-axes counts wrong passwords by name and address, logs each with the address, and locks that name out for that
# address. One user's mistakes thus lock out nobody else in the same office.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = env.int("LOGIN_FAILURE_LIMIT", default=5)
AXES_COOLOFF_TIME = timedelta(minutes=env.int("LOGIN_LOCKOUT_MINUTES", default=15))
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "musicdb.pages.lockout.locked_out"
AXES_CLIENT_IP_CALLABLE = "musicdb.conf.client_address.client_address"
# A password typed in the field for the name does not belong in a log.
AXES_SENSITIVE_PARAMETERS = ["username"]
AXES_DISABLE_ACCESS_LOG = True
# musicdb.admin.logins shows the logins that need attention, so axes need not register its own admin.
AXES_ENABLE_ADMIN = False
# The admin's list of tracks can show 200 rows at once, with six fields in each.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
# HTTPS=1 turns on everything that needs HTTPS. A local run uses plain HTTP and would lock itself out.
HTTPS = env.bool("HTTPS", default=False)
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=3600 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_INCLUDE_SUBDOMAINS", default=HTTPS)
SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", default=HTTPS)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
# How many proxies in front append to X-Forwarded-For.
PROXY_COUNT = env.int("PROXY_COUNT", default=1 if BEHIND_PROXY else 0)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        # Browsers load album art from the host that an editor or an import named; this server never requests it.
        "img-src": [SELF, "data:", "https:", "http:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- The REST interface ------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    # Everybody reads the same. Authentication would cost a query and keep caches from sharing responses.
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "musicdb.api.schema.SchemaWithErrors",
    "DEFAULT_PAGINATION_CLASS": "musicdb.api.pagination.Pagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "EXCEPTION_HANDLER": "musicdb.api.errors.exception_handler",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "musicdb",
    "DESCRIPTION": "A music library, and the clusters of each genre's tracks that sound alike. Read-only.",
    "VERSION": __version__,
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    # The links would be inside buttons, where a screen reader does not find them.
    "SWAGGER_UI_SETTINGS": {"deepLinking": False},
}

# --- Logs --------------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="WARNING")},
    # Replaces Django's own handlers, so that nothing is logged twice.
    "loggers": {"django": {"handlers": ["stderr"], "propagate": False}},
}
