"""Every setting of the portal; the environment beats `.env`, and what is missing is said with advice."""

import re
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(env.str("ENV_FILE", default=str(BASE_DIR / ".env")))


def required(name: str, advice: str) -> str:
    """Return a setting that must be there, or stop with advice."""
    value = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. {advice} `make run` writes a .env with fresh keys.")
    return value


DEMO = env.bool("DEMO", default=False)
DEMO_PASSWORD = env.str("DEMO_PASSWORD", default="")
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = required("SECRET_KEY", "Give it 50 random characters.")
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
METRICS_ALLOW = env.list("METRICS_ALLOW", default=["127.0.0.1", "::1"])
REQUIRE_STAFF_OTP = env.bool("REQUIRE_STAFF_OTP", default=not DEMO)

# Keys, newest first, each `kid:alg:base64`; see docs/keys.md.
SEALING_KEYS = required("SEALING_KEYS", "It holds the keys that seal personal data, newest first, as kid:alg:base64.")
INDEX_KEYS = required("INDEX_KEYS", "It holds the keys of the directory of numbers, newest first, as kid:alg:base64.")
PAPER_KEYS = required("PAPER_KEYS", "It holds the keys that sign papers, newest first, as kid:ed25519:base64.")

ENQUIRY_POLICIES = ("number", "number_and_name", "number_and_code")
ENQUIRY_POLICY = env.str("ENQUIRY_POLICY", default="number")
if ENQUIRY_POLICY not in ENQUIRY_POLICIES:
    raise ImproperlyConfigured(f"ENQUIRY_POLICY must be one of {', '.join(ENQUIRY_POLICIES)}, not {ENQUIRY_POLICY!r}.")

# After how many years in which nothing happened a record without an open case or a working card is erased; 0: never.
RETENTION_YEARS = env.int("RETENTION_YEARS", default=10)

# Limits of the enquiry; how they work is told in cards/limits.py.
LIMIT_NETWORK_TRIES_PER_MINUTE = env.int("LIMIT_NETWORK_TRIES_PER_MINUTE", default=20)
LIMIT_NETWORK_SUBJECTS_PER_HOUR = env.int("LIMIT_NETWORK_SUBJECTS_PER_HOUR", default=30)
LIMIT_PAIR_MISSES = env.int("LIMIT_PAIR_MISSES", default=5)
LIMIT_SUBJECT_MISSES_PER_DAY = env.int("LIMIT_SUBJECT_MISSES_PER_DAY", default=20)
LIMIT_VOICE_MISSES_PER_DAY = env.int("LIMIT_VOICE_MISSES_PER_DAY", default=10)
LIMIT_ASKER_MISSES_PER_DAY = env.int("LIMIT_ASKER_MISSES_PER_DAY", default=5)
LIMIT_OVERALL_PER_MINUTE = env.int("LIMIT_OVERALL_PER_MINUTE", default=6000)
LIMIT_HALL_NETWORKS = env.list("LIMIT_HALL_NETWORKS", default=[])

INSTALLED_APPS = [
    "portal.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "portal.apps.PortalStaticFilesConfig",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "simple_history",
    "portal",
    "cards",
    "guidance",
]

MIDDLEWARE = [
    "portal.middleware.PublicAddresses",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.OnePolicy",
    "portal.middleware.LanguageAndMode",
    "portal.middleware.RefuseOversizedBodies",
    "portal.middleware.DatabaseGone",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "portal.urls"
# What portal.middleware lets every request know that is none of staff's.
PUBLIC_URLCONF = "portal.public_urls"
WSGI_APPLICATION = "portal.wsgi.application"

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
                "portal.context.page",
            ],
            "builtins": [
                "django.templatetags.i18n",
                # In this order: it has its own `translate`.
                "portal.templatetags.words",
                "django.templatetags.static",
                "portal.templatetags.dates",
                "portal.templatetags.frame",
            ],
        },
    }
]

DATABASE_URL = env.str("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'var' / 'portal.sqlite3'}")
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["ENGINE"] = "portal.queued_sqlite3"
    # One fsync per commit: NORMAL loses acknowledged commits at power loss.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
        "PRAGMA recursive_triggers=ON; "
        "PRAGMA cache_size=-256; PRAGMA busy_timeout=20000;",
    }
    DATABASES["default"]["CONN_MAX_AGE"] = None
else:
    DATABASES["default"].setdefault("OPTIONS", {})
    DATABASES["default"]["OPTIONS"] |= {"pool": {"min_size": 1, "max_size": 8, "timeout": 5}, "connect_timeout": 3}
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="")
# How the guides count what readers send: by the one counter of the house.
FEEDBACK_LIMIT = "portal.network.within_limit"

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "admin:login"
# Where a sign-in leads that asked for no page of ours.
LOGIN_REDIRECT_URL = "admin:index"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "portal.network.staff_address"
AXES_LOCKOUT_TEMPLATE = "admin/locked_out.html"
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False
AXES_RESET_ON_SUCCESS = True

OTP_TOTP_ISSUER = "12333"  # how the authenticator app calls the account
# The page of a second factor shows neither its secret nor its code to whoever looks after accounts.
OTP_ADMIN_HIDE_SENSITIVE_DATA = True

# Staff: fifteen minutes idle, twelve hours in all, ended with the browser.
SESSION_COOKIE_AGE = 15 * 60
STAFF_SESSION_LONGEST = 12 * 3600
SESSION_SAVE_EVERY_REQUEST = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "portal.views.csrf_failure"
HTTPS = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# A browser takes a cookie of such a name from this very host only. `lang` and `mode` hold only a display choice.
_ONLY_THIS_HOST = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{_ONLY_THIS_HOST}sessionid"
CSRF_COOKIE_NAME = f"{_ONLY_THIS_HOST}csrftoken"
ANSWER_COOKIE_NAME = f"{_ONLY_THIS_HOST}answer"
SECURE_SSL_REDIRECT = HTTPS and env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
# `no-referrer` makes browsers send `Origin: null`, and then every POST is refused.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# The addresses that take files in, from staff who are signed in.
LARGER_BODIES = {
    "/admin/cards/intakefile/add/": 9 * 1024 * 1024,
    "/admin/guidance/picture/add/": 6 * 1024 * 1024,
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# The ways to ask that an office has set up; the contact page shows no other.
HOTLINE_HOURS = env.str("HOTLINE_HOURS", default="1-5 8:30-17:30").replace("|", "\n")
HOTLINE_ON_HOLIDAYS = env.bool("HOTLINE_ON_HOLIDAYS", default=False)
HOTLINE_SMS = env.str("HOTLINE_SMS", default="")
HOTLINE_FAX = env.str("HOTLINE_FAX", default="")
HOTLINE_EMAIL = env.str("HOTLINE_EMAIL", default="")
HOTLINE_SIGN_VIDEO = env.str("HOTLINE_SIGN_VIDEO", default="")
WECHAT_NAME = env.str("WECHAT_NAME", default="")
WECHAT_QR = env.str("WECHAT_QR", default="")

# The voice line of the hotline: where it listens for the call centre's Asterisk, and who else may speak to it.
HOTLINE_AGI_BIND = env.str("HOTLINE_AGI_BIND", default="127.0.0.1:4573")
HOTLINE_AGI_PEERS = env.list("HOTLINE_AGI_PEERS", default=[])
HOTLINE_EVENTS_KEY = env.str("HOTLINE_EVENTS_KEY", default="")
VOICE_PROMPTS = env.str("VOICE_PROMPTS", default=str(BASE_DIR / "var" / "voice" / "recorded"))
VOICE_CACHE = env.str("VOICE_CACHE", default=str(BASE_DIR / "var" / "voice" / "spoken"))

# The Official Account that answers in the chat: all four or none. Its secret and templates are for messages of ours.
WECHAT_APP_ID = env.str("WECHAT_APP_ID", default="")
WECHAT_ACCOUNT = env.str("WECHAT_ACCOUNT", default="")
WECHAT_TOKEN = env.str("WECHAT_TOKEN", default="")
WECHAT_AES_KEY = env.str("WECHAT_AES_KEY", default="")
_WECHAT = (WECHAT_APP_ID, WECHAT_ACCOUNT, WECHAT_TOKEN, WECHAT_AES_KEY)
if any(_WECHAT) and not (all(_WECHAT) and re.fullmatch(r"[A-Za-z0-9]{43}", WECHAT_AES_KEY)):
    raise ImproperlyConfigured(
        "WeChat needs WECHAT_APP_ID, WECHAT_ACCOUNT, WECHAT_TOKEN and WECHAT_AES_KEY together; the key has 43 letters "
        "and digits, as the platform shows it."
    )
WECHAT_SECRET = env.str("WECHAT_SECRET", default="")
WECHAT_API = env.str("WECHAT_API", default="https://api.weixin.qq.com")
WECHAT_TEMPLATES = dict(entry.split(":", 1) for entry in env.list("WECHAT_TEMPLATES", default=[]) if ":" in entry)
WECHAT_FIELDS = dict(entry.split(":", 1) for entry in env.list("WECHAT_FIELDS", default=[]) if ":" in entry)

# Notices: which service sends text messages and e-mail. A way that is not set up is offered to nobody.
SMS_BACKENDS = ("", "aliyun", "tencent", "webhook", "file", "console")
SMS_BACKEND = env.str("SMS_BACKEND", default="file" if DEMO else "")
if SMS_BACKEND not in SMS_BACKENDS:
    raise ImproperlyConfigured(f"SMS_BACKEND must be one of {', '.join(SMS_BACKENDS[1:])}, not {SMS_BACKEND!r}.")
SMS_API = env.str("SMS_API", default="")
SMS_KEY_ID = env.str("SMS_KEY_ID", default="")
SMS_SECRET = env.str("SMS_SECRET", default="")
SMS_SIGN_NAME = env.str("SMS_SIGN_NAME", default="")
SMS_APP_ID = env.str("SMS_APP_ID", default="")
SMS_REGION = env.str("SMS_REGION", default="ap-guangzhou")
SMS_TEMPLATES = dict(entry.split(":", 1) for entry in env.list("SMS_TEMPLATES", default=[]) if ":" in entry)
_SMS_NEEDS = {"aliyun": (SMS_KEY_ID, SMS_SECRET, SMS_SIGN_NAME), "webhook": (SMS_API, SMS_SECRET)}
_SMS_NEEDS["tencent"] = (*_SMS_NEEDS["aliyun"], SMS_APP_ID)
if not all(_SMS_NEEDS.get(SMS_BACKEND, ())):
    raise ImproperlyConfigured(
        f"SMS_BACKEND={SMS_BACKEND} needs more: SMS_KEY_ID, SMS_SECRET and SMS_SIGN_NAME for aliyun, SMS_APP_ID "
        "besides for tencent, SMS_API and SMS_SECRET for webhook."
    )
EMAIL_URL = env.str("EMAIL_URL", default="")
if EMAIL_URL:
    _EMAIL = env.email_url_config(EMAIL_URL)
    EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT = _EMAIL["EMAIL_BACKEND"], _EMAIL["EMAIL_HOST"], _EMAIL["EMAIL_PORT"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _EMAIL["EMAIL_HOST_USER"], _EMAIL["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS, EMAIL_USE_SSL = bool(_EMAIL.get("EMAIL_USE_TLS")), bool(_EMAIL.get("EMAIL_USE_SSL"))
EMAIL_SENDER = "smtp" if EMAIL_URL else "file" if DEMO else ""
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="noreply@localhost")
NOTICE_FILE = env.str("NOTICE_FILE", default=str(BASE_DIR / "var" / "notices.jsonl"))
NOTICE_RECEIPT_KEY = env.str("NOTICE_RECEIPT_KEY", default="")

LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
DEFAULT_LANGUAGE = env.str("DEFAULT_LANGUAGE", default="zh-hans")
LANGUAGE_CODE = "en"  # the language of the source; visitors get theirs from portal.middleware
LANGUAGE_COOKIE_NAME = "lang"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"  # shown; stored in UTC

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "var" / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(BASE_DIR / "var" / "media"))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        # They tell every step of every PDF.
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
        # One level lower it writes whole contexts down, and with them people's data.
        "django.template": {"level": "INFO"},
        "django.db.backends": {"level": "INFO"},
    },
}

if DEMO and HTTPS and not set(ALLOWED_HOSTS) <= {"127.0.0.1", "localhost", "[::1]"}:
    raise ImproperlyConfigured(
        "DEMO=1 on an https address that others can reach. A demo has public passwords: remove DEMO from .env."
    )
