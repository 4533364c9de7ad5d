"""Every way apps can refuse."""

from hutong.kernel.errors import ErrorCode, Kind

APP_UNKNOWN = ErrorCode("apps.app_unknown", Kind.NOT_FOUND, "There is no app with this appid.")
SECRET_WRONG = ErrorCode("apps.secret_wrong", Kind.UNAUTHENTICATED, "The app's secret is wrong.")
TOKEN_MISSING = ErrorCode("apps.token_missing", Kind.UNAUTHENTICATED, "The access token is missing.")
TOKEN_MALFORMED = ErrorCode("apps.token_malformed", Kind.UNAUTHENTICATED, "This cannot be an access token.")
TOKEN_UNKNOWN = ErrorCode(
    "apps.token_unknown", Kind.UNAUTHENTICATED, "The access token is unknown or no longer the latest."
)
TOKEN_EXPIRED = ErrorCode("apps.token_expired", Kind.UNAUTHENTICATED, "The access token has expired.")
QUOTA_SPENT = ErrorCode("apps.quota_spent", Kind.LIMITED, "The daily quota is spent.")
OPENID_UNKNOWN = ErrorCode("apps.openid_unknown", Kind.NOT_FOUND, "This app knows nobody by this openid.")
KIND_FORBIDDEN = ErrorCode("apps.kind_forbidden", Kind.FORBIDDEN, "This kind of app may not do this.")
ROLE_TOO_LOW = ErrorCode(
    "apps.role_too_low", Kind.FORBIDDEN, "Your role in the organisation does not allow this."
)
LAST_OWNER = ErrorCode("apps.last_owner", Kind.CONFLICT, "An organisation keeps at least one owner.")
NAME_INVALID = ErrorCode("apps.name_invalid", Kind.INVALID, "The name is empty or too long.")
PUSH_TOKEN_INVALID = ErrorCode(
    "apps.push_token_invalid", Kind.INVALID, "A push token has 3 to 32 letters and digits."
)
PUSH_KEY_INVALID = ErrorCode(
    "apps.push_key_invalid", Kind.INVALID, "An EncodingAESKey has 43 letters and digits."
)
PUSH_URL_INVALID = ErrorCode(
    "apps.push_url_invalid", Kind.INVALID, "A push address begins with http:// or https:// and has a host."
)
PLATFORM_ONLY = ErrorCode("apps.platform_only", Kind.FORBIDDEN, "Only the platform's admins may do this.")
LAST_ADMIN = ErrorCode("apps.last_admin", Kind.CONFLICT, "The platform keeps at least one admin.")
CODE_UNKNOWN = ErrorCode("apps.code_unknown", Kind.NOT_FOUND, "This code leads nowhere here.")
CODE_EXPIRED = ErrorCode("apps.code_expired", Kind.CONFLICT, "The code has expired.")
GRANT_MISSING = ErrorCode(
    "apps.grant_missing", Kind.FORBIDDEN, "The person has not allowed this app to do this."
)
MATERIAL_UNKNOWN = ErrorCode(
    "apps.material_unknown", Kind.NOT_FOUND, "There is no such media id, or it has expired."
)
MATERIALS_FULL = ErrorCode("apps.materials_full", Kind.LIMITED, "The app keeps no more files of this kind.")
