"""Django settings; everything that varies comes from the environment (see ``environment``)."""

import os
from datetime import timedelta
from typing import Any

import django_stubs_ext
from django.utils.csp import CSP

from xueshi.config import environment, messaging

django_stubs_ext.monkeypatch()  # so that `BinaryField[str, str]`, `Form[...]` and the like can be written at run time

ROOT = environment.ROOT
HOME = environment.home()
PRODUCTION = environment.flag("XUESHI_PRODUCTION", default=False)
DEBUG = environment.flag("XUESHI_DEBUG", default=False)
if PRODUCTION:
    environment.refuse_unsafe_production()

SECRET_KEY = environment.secret("XUESHI_SECRET_KEY")
FIELD_KEY = environment.secret("XUESHI_FIELD_KEY")
INDEX_KEY = environment.secret("XUESHI_INDEX_KEY")
AUDIT_KEY = environment.secret("XUESHI_AUDIT_KEY")

MESSAGING = messaging.settings(production=PRODUCTION)
CODES_PER_DAY = messaging.daily_budget()

POLICIES_ROOT = ROOT / "policies"
# The public names of the portals, as in XUESHI_PORTALS="jxjy.example.org=key,…"; packs know only development names.
PORTAL_HOSTS = dict(pair.split("=", 1) for pair in os.environ.get("XUESHI_PORTALS", "").split(",") if "=" in pair)
FILES_ROOT = HOME / "files"
# How long what nobody needs any more is kept; docs/operations/data-inventory.toml says the same in words.
RETENTION = {
    "unused_uploads": timedelta(days=7),
    "unanswered_runs": timedelta(days=1),
    "printed_files": timedelta(days=1),
    "finished_runs": timedelta(days=180),
}

CERTIFICATE_KEYS = os.environ.get("XUESHI_CERTIFICATE_KEYS", "")
SITE_PORT = "" if PRODUCTION else os.environ.get("PORT") or "8000"

ALLOWED_HOSTS = (os.environ.get("XUESHI_HOSTS") or ".localhost,localhost,127.0.0.1,testserver").split(",")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django_htmx",
    "pgtrigger",
    "procrastinate.contrib.django",
    "xueshi.ui",
    "django.forms",  # after ui, whose select.html stands before its own
    "xueshi.accounts",
    "xueshi.audit",
    "xueshi.notifications",
    "xueshi.files",
    "xueshi.organisations",
    "xueshi.policies",
    "xueshi.people",
    "xueshi.reviews",
    "xueshi.ledger",
    "xueshi.adjustments",
    "xueshi.duplicates",
    "xueshi.declarations",
    "xueshi.registrations",
    "xueshi.certificates",
    "xueshi.notices",
    "xueshi.portal",
    "xueshi.config",
]

MIDDLEWARE = [
    "xueshi.portal.middleware.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "xueshi.portal.middleware.PortalMiddleware",
]

CSRF_FAILURE_VIEW = "xueshi.ui.web.errors.csrf_failure"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
TRUSTED_PROXY = environment.flag("XUESHI_BEHIND_PROXY", default=False)
# The answer to every picture in tests and screenshots; a production start refuses it.
TEST_CAPTCHA = "" if PRODUCTION else os.environ.get("XUESHI_TEST_CAPTCHA", "")
# Who must show a second factor: nobody, those with authority over others (B7), everybody.
SECOND_FACTOR = environment.choice(
    "XUESHI_SECOND_FACTOR", ("off", "administrators", "everyone"), default="administrators" if PRODUCTION else "off"
)
# Who confirms real names beside the reviewers; the stand-in knows nobody and is refused in production.
REAL_NAME = environment.choice(
    "XUESHI_REAL_NAME", ("none",) if PRODUCTION else ("none", "stand-in"), default="none" if PRODUCTION else "stand-in"
).replace("none", "")
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
ROOT_URLCONF = "xueshi.config.urls"
WSGI_APPLICATION = "xueshi.config.wsgi.application"
FORM_RENDERER = "xueshi.ui.rendering.Renderer"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "xueshi.portal.context.shell",
            ],
        },
    },
]

DATABASES = {"default": environment.database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # WhiteNoise reads it at start
NODE_MODULES = ROOT / "node_modules"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "xueshi.ui.finders.VendorFinder",
]
# Names with a digest need `collectstatic` first; the launcher runs it and says so. Tests serve the sources.
COLLECTED = PRODUCTION or environment.flag("XUESHI_COLLECTED", default=False)
WHITENOISE_USE_FINDERS = not COLLECTED
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "xueshi.config.static_files.DigestStorage"
        if COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# security.md E3. Pictures also from data: (Tabler draws its ticks and arrows so) and blob: (previews before uploading).
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "form-action": [CSP.SELF],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
if PRODUCTION:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    if environment.flag("XUESHI_BEHIND_PROXY", default=False):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

PROCRASTINATE_WORKER_DEFAULTS = {"concurrency": 2, "shutdown_graceful_timeout": 10.0}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"without_values": {"()": "xueshi.config.logs.WithoutValues"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_values"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django.request": {"filters": ["without_values"]}},
}
