"""Settings.  Everything that differs between machines is an environment variable."""

from pathlib import Path

import environ

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = env.str("DJANGO_SECRET_KEY")
DEBUG = env.bool("DJANGO_DEBUG", default=False)
ALLOWED_HOSTS = env.list("DJANGO_ALLOWED_HOSTS", default=["localhost", "127.0.0.1"])
# Django refuses an empty origin, and a variable that is set but empty splits into none.
CSRF_TRUSTED_ORIGINS = [origin for origin in env.list("DJANGO_CSRF_TRUSTED_ORIGINS", default=[]) if origin]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "apps.catalog",
    "apps.orders",
    "apps.notifications",
]
MIDDLEWARE = [
    "config.health.HealthMiddleware",  # before SecurityMiddleware and the host check: probes come by address
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# PgBouncer in transaction mode keeps neither server-side cursors nor prepared statements.
DATABASES = {
    "default": env.db("DATABASE_URL")
    | {
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": {"prepare_threshold": None, "connect_timeout": 5},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# While the cache is away every look-up is a miss, and a page waits for it no longer than this, each time it asks.
CACHES = {
    "default": env.cache("CACHE_URL", backend="django_redis.cache.RedisCache")
    | {"OPTIONS": {"IGNORE_EXCEPTIONS": True, "SOCKET_CONNECT_TIMEOUT": 0.5, "SOCKET_TIMEOUT": 0.5}}
}
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"  # the cache may forget, the database does not

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL")
CELERY_RESULT_BACKEND = env.str("CELERY_RESULT_BACKEND")
CELERY_TASK_DEFAULT_QUEUE = "celery"
CELERY_TIMEZONE = "UTC"

# For example smtp+tls://user:password@mail.example.com:587; without it, mails go to the log.
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="shop@example.com")
MANAGERS_EMAIL = env.str("MANAGERS_EMAIL", default="owner@example.com")

# TLS ends at the ingress, which says so in this header; origins are set when the shop has a domain.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = bool(CSRF_TRUSTED_ORIGINS)
# Browsers that were here ask by https alone for 30 days; the ingress redirects all others. A shop that may have to go
# back to plain http sets an hour first: nothing takes it back before its time is over.
SECURE_HSTS_SECONDS = env.int("DJANGO_HSTS_SECONDS", default=2_592_000) if CSRF_TRUSTED_ORIGINS else 0
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"cache": {"()": "config.cache_log.CacheIsAway"}},
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {"django_redis.cache": {"filters": ["cache"]}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
