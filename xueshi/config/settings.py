"""Django settings; everything that varies comes from the environment (see ``environment``)."""

import os
from typing import Any

from xueshi.config import environment

ROOT = environment.ROOT
HOME = environment.home()
PRODUCTION = environment.flag("XUESHI_PRODUCTION", default=False)
DEBUG = environment.flag("XUESHI_DEBUG", default=False)

SECRET_KEY = environment.secret("XUESHI_SECRET_KEY")
FIELD_KEY = environment.secret("XUESHI_FIELD_KEY")
INDEX_KEY = environment.secret("XUESHI_INDEX_KEY")
AUDIT_KEY = environment.secret("XUESHI_AUDIT_KEY")

POLICIES_ROOT = ROOT / "policies"
FILES_ROOT = HOME / "files"

ALLOWED_HOSTS = (os.environ.get("XUESHI_HOSTS") or ".localhost,localhost,127.0.0.1,testserver").split(",")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "pgtrigger",
    "procrastinate.contrib.django",
    "xueshi.ui",
    "xueshi.accounts",
    "xueshi.audit",
    "xueshi.files",
    "xueshi.organisations",
    "xueshi.policies",
    "xueshi.people",
    "xueshi.reviews",
    "xueshi.ledger",
    "xueshi.declarations",
    "xueshi.registrations",
    "xueshi.certificates",
    "xueshi.portal",
    "xueshi.config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "xueshi.config.urls"
WSGI_APPLICATION = "xueshi.config.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
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
