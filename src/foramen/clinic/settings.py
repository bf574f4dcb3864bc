"""Settings of Django for the clinic. What a hospital sets comes from the environment, by `environment.SETTINGS`."""

from pathlib import Path

from csp.constants import NONE, SELF
from django.contrib.messages import constants as messages

from foramen.clinic.environment import is_on, read_settings
from foramen.clinic.records.database import database_settings

_READ = read_settings()
FORAMEN_DATA_DIR = Path(_READ["FORAMEN_DATA_DIR"]).absolute()
FORAMEN_DEMO = is_on(_READ["FORAMEN_DEMO"], "FORAMEN_DEMO")
FORAMEN_CLOCK_OFFSET = float(_READ["FORAMEN_CLOCK_OFFSET"])
FORAMEN_KEYS = _READ["FORAMEN_KEYS"]
FORAMEN_PROXIES = frozenset(filter(None, map(str.strip, _READ["FORAMEN_PROXIES"].split(","))))
FORAMEN_SEALS_DIR = _READ["FORAMEN_SEALS_DIR"]
FORAMEN_LETTERS_DIR = _READ["FORAMEN_LETTERS_DIR"]
FORAMEN_HTTPS = is_on(_READ["FORAMEN_HTTPS"], "FORAMEN_HTTPS")

SECRET_KEY = _READ["FORAMEN_SECRET_KEY"] or ("demonstration only, not secret " * 3 if FORAMEN_DEMO else "")
DEBUG = False
ALLOWED_HOSTS = _READ["FORAMEN_HOSTS"].split(",")
ROOT_URLCONF = "foramen.clinic.urls"
WSGI_APPLICATION = "foramen.clinic.wsgi.application"
AUTH_USER_MODEL = "clinic.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = True

INSTALLED_APPS = [
    "foramen.clinic",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "ninja",
]
MIDDLEWARE = [
    "foramen.clinic.access_log.AccessLog",
    "foramen.clinic.rights.proxies.Proxies",
    "foramen.clinic.rights.headers.ResponseHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "foramen.clinic.rights.session_saving.Sessions",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "foramen.clinic.records.speaking.AuditContext",
    "foramen.clinic.rights.gatekeeper.Gatekeeper",
    "foramen.clinic.pages.errors.ErrorPages",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "foramen.clinic.pages.frame.frame",
            ],
            "builtins": [
                "django.templatetags.static",
                "django_htmx.templatetags.django_htmx",
                "foramen.clinic.templatetags.marks",
            ],
        },
    }
]
DATABASES = {"default": database_settings(_READ["FORAMEN_DATABASE_URL"], FORAMEN_DATA_DIR)}

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "foramen_tries",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}  # fmt: skip
"""Only counts of tries: every process counts together, and a start forgets none."""

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "foramen.clinic.rights.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/sign-in/"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {
    "login": "foramen.clinic.pages.gate.forms.SignInForm",
    "change_password": "foramen.clinic.pages.gate.forms.PasswordForm",
}
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None, "change_password": "5/5m/user,20/d/user"}
"""The others are counted by `rights.limits`, so that nobody can lock an owner out."""
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/start/"
CSRF_FAILURE_VIEW = "foramen.clinic.pages.errors.no_csrf"
MFA_SUPPORTED_TYPES = ["totp"]
MFA_REAUTHENTICATION_REQUIRED = False
MFA_TOTP_ISSUER = "Foramen"
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "foramen.clinic.pages.gate.forms.CodeForm",
    "activate_totp": "foramen.clinic.pages.gate.forms.EnrolForm",
}

STATIC_URL = "/static/"
STATIC_ROOT = FORAMEN_DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "foramen.clinic.rights.static_files.StaticFiles"},
}
WHITENOISE_USE_FINDERS = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
MESSAGE_TAGS = {messages.INFO: "plain", messages.SUCCESS: "ok", messages.WARNING: "hold", messages.ERROR: "stop"}

SESSION_COOKIE_NAME = "__Host-session" if FORAMEN_HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if FORAMEN_HTTPS else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = FORAMEN_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 3600
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if FORAMEN_HTTPS else None
SECURE_REDIRECT_EXEMPT = ["^health$", "^ready$"]
SECURE_HSTS_SECONDS = 31_536_000 if FORAMEN_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = FORAMEN_HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "foramen.clinic.logs.JsonLines"}},
    "handlers": {
        "lines": {
            "class": "logging.StreamHandler",
            "formatter": "json",
            "level": "WARNING" if FORAMEN_DEMO else "INFO",
        },
        "nothing": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["lines"], "level": "WARNING"},
    "loggers": {
        "foramen": {"level": "INFO"},
        "django": {"handlers": [], "level": "WARNING"},
        "django.request": {"handlers": ["nothing"], "propagate": False},
    },
}
"""Requests and errors are told by `access_log` and `pages.errors` alone: what Django would write itself holds
messages, and they may hold values. A demonstration stands in a terminal, and only says what is wrong."""
