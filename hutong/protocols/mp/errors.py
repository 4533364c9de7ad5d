"""Published error codes, and which refusal of ours each one answers.

The codes 40001, 40014 and 42001 make SDKs fetch a new token and repeat the call without end: they answer only
what a new token cures.
"""

from hutong.domains.apps import errors as apps
from hutong.domains.benefits import errors as benefits
from hutong.domains.chat import errors as chat
from hutong.domains.identity import errors as identity
from hutong.domains.media import errors as media
from hutong.domains.miniapp import errors as miniapp
from hutong.domains.official import errors as official
from hutong.kernel.errors import BAD_REQUEST, STORAGE_FULL, TOO_LARGE, ErrorCode, Kind

PARSE_ERROR = ErrorCode("mp.parse_error", Kind.INVALID, "The body is no JSON object.")
BODY_EMPTY = ErrorCode("mp.body_empty", Kind.INVALID, "The body is empty.")
FIELD_MISSING = ErrorCode("mp.field_missing", Kind.INVALID, "A required field is missing.")
GRANT_TYPE_INVALID = ErrorCode("mp.grant_type_invalid", Kind.INVALID, "The grant_type is not one we know.")

ACTION_NAME_INVALID = ErrorCode("mp.action_name_invalid", Kind.INVALID, "There is no such action_name.")
MEDIA_TYPE_INVALID = ErrorCode("mp.media_type_invalid", Kind.INVALID, "There is no such type of media.")
MESSAGE_TYPE_INVALID = ErrorCode(
    "mp.message_type_invalid", Kind.INVALID, "The msgtype is unknown or cannot be sent here."
)
CONTENT_MISSING = ErrorCode("mp.content_missing", Kind.INVALID, "The message has no content.")
ARTICLES_INVALID = ErrorCode("mp.articles_invalid", Kind.INVALID, "A message carries exactly one article.")
SERVICE_ACCOUNT_UNKNOWN = ErrorCode(
    "mp.service_account_unknown", Kind.NOT_FOUND, "There is no such customer-service account."
)
TYPING_COMMAND_INVALID = ErrorCode("mp.typing_command_invalid", Kind.INVALID, "There is no such command.")
SIG_METHOD_INVALID = ErrorCode("mp.sig_method_invalid", Kind.INVALID, "The sig_method is not hmac_sha256.")
LIST_TOO_LONG = ErrorCode("mp.list_too_long", Kind.INVALID, "The list is longer than published.")
OPENID_FOREIGN = ErrorCode("mp.openid_foreign", Kind.INVALID, "An openid of the list is not this app's.")
ACTION_INVALID = ErrorCode("mp.action_invalid", Kind.INVALID, "The action is not add, delete, set or get.")
DOMAINS_UNCHANGED = ErrorCode("mp.domains_unchanged", Kind.CONFLICT, "The lists stay as they are.")
WEBVIEW_DOMAINS_UNCHANGED = ErrorCode(
    "mp.webview_domains_unchanged", Kind.CONFLICT, "The list stays as it is."
)
WEBVIEW_DOMAINS_MISSING = ErrorCode("mp.webview_domains_missing", Kind.CONFLICT, "The list is empty.")

ACTION_UNKNOWN = ErrorCode("mp.action_unknown", Kind.INVALID, "There is no such action.")
TESTER_UNKNOWN = ErrorCode("mp.tester_unknown", Kind.INVALID, "Nobody has this username.")
TITLES_START = ErrorCode("mp.titles_start", Kind.INVALID, "The start is below zero.")
TITLES_LIMIT = ErrorCode("mp.titles_limit", Kind.INVALID, "The limit is not between 1 and 30.")

SYSTEM_BUSY = (-1, "system error")
URL_UNKNOWN = (40066, "invalid url")
GET_REQUIRED = (43001, "require GET method")
POST_REQUIRED = (43002, "require POST method")

# A name in braces is one of the refusal's details.
ERRORS: dict[ErrorCode, tuple[int, str]] = {
    BAD_REQUEST: (40097, "invalid args"),
    PARSE_ERROR: (47001, "data format error"),
    BODY_EMPTY: (44002, "empty post data"),
    TOO_LARGE: (45001, "media size out of limit"),
    STORAGE_FULL: SYSTEM_BUSY,
    GRANT_TYPE_INVALID: (40002, "invalid grant_type"),
    apps.APP_UNKNOWN: (40013, "invalid appid"),
    apps.SECRET_WRONG: (40125, "invalid appsecret, view more at http://t.cn/RAEkdVq"),
    apps.TOKEN_MISSING: (41001, "access_token missing"),
    apps.TOKEN_MALFORMED: (40014, "invalid access_token"),
    apps.TOKEN_UNKNOWN: (
        40001,
        (
            "invalid credential, access_token is invalid or not latest, could get access_token by"
            " getStableAccessToken, more details at https://mmbizurl.cn/s/JtxxFh33r"
        ),
    ),
    apps.TOKEN_EXPIRED: (42001, "access_token expired"),
    apps.QUOTA_SPENT: (45009, "reach max api daily quota limit"),
    apps.OPENID_UNKNOWN: (40003, "invalid openid"),
    apps.KIND_FORBIDDEN: (48001, "api unauthorized"),
    apps.GRANT_MISSING: (50001, "user unauthorized to use this api"),
    identity.USER_UNKNOWN: (40003, "invalid openid"),
    ACTION_NAME_INVALID: (40052, "invalid action name"),
    MEDIA_TYPE_INVALID: (40004, "invalid media type"),
    MESSAGE_TYPE_INVALID: (40008, "invalid message type"),
    CONTENT_MISSING: (44004, "empty content"),
    ARTICLES_INVALID: (45008, "article size out of limit"),
    SERVICE_ACCOUNT_UNKNOWN: (65401, "invalid custom service account"),
    TYPING_COMMAND_INVALID: (45072, "command param invalid"),
    SIG_METHOD_INVALID: (87008, "invalid sig_method"),
    LIST_TOO_LONG: (40032, "invalid openid list size"),
    chat.BODY_INVALID: (40097, "invalid args"),
    apps.MATERIAL_UNKNOWN: (40007, "invalid media_id"),
    media.FILE_UNKNOWN: (40007, "invalid media_id"),
    media.KIND_WRONG: (40005, "invalid file type"),
    media.FILE_EMPTY: (44001, "empty media data"),
    media.FILE_TOO_LARGE: (40006, "invalid meida size"),  # spelt so on the wire
    media.IMAGE_INVALID: (40005, "invalid file type"),
    media.IMAGE_TOO_LARGE: (40009, "invalid image size"),
    ACTION_INVALID: (40097, "invalid args"),
    DOMAINS_UNCHANGED: (85017, "no new domain"),
    WEBVIEW_DOMAINS_UNCHANGED: (89019, "webview domain not change"),
    WEBVIEW_DOMAINS_MISSING: (89020, "open's webview domain is null"),
    miniapp.DOMAIN_INVALID: (40097, "invalid args"),
    miniapp.DOMAINS_TOO_MANY: (85016, "domain count exceeds limit"),
    miniapp.CODE_INVALID: (40029, "invalid code"),
    miniapp.CODE_USED: (40163, "code been used"),
    miniapp.SESSION_MISSING: (87009, "invalid signature"),
    miniapp.SIGNATURE_WRONG: (87009, "invalid signature"),
    miniapp.PHONE_MISSING: (40029, "invalid code"),
    miniapp.PAGE_UNKNOWN: (41030, "invalid page"),
    miniapp.PATH_INVALID: (40159, "invalid length for path, or the data is not json string"),
    miniapp.SCENE_INVALID: (40129, "invalid scene"),
    miniapp.SCENE_LENGTH_INVALID: (40169, "invalid length for scene, or the data is not json string"),
    miniapp.SCANCODE_TIME: (85096, "not allow include scancode_time field"),
    miniapp.CODES_SPENT: (45029, "qrcode count out of limit"),
    miniapp.PAGES_SPENT: (45029, "qrcode count out of limit"),
    miniapp.LINK_LIFE: (85401, "time limit between 1min and 30days"),
    miniapp.LINK_UNKNOWN: (85403, "not found"),
    miniapp.LINKS_SPENT: (85400, "reach max long time quota limit"),
    miniapp.LINKS_TODAY: (44993, "reach max api day frequence limit"),
    miniapp.LINK_PATH: (40165, "invalid weapp pagepath"),
    miniapp.LINK_QUERY: (40212, "invalid query"),
    miniapp.SHORT_LINK_PAGE: (40066, "invalid url"),
    miniapp.SHORT_LINK_TITLE: (40225, "invalid page title"),
    miniapp.NOT_RELEASED: (85079, "miniprogram has no online release"),
    miniapp.CHANNEL_UNKNOWN: (85402, "invalid env_version"),
    miniapp.MODEL_INVALID: (9800003, "check model_id failed"),
    miniapp.SERIAL_TOO_LONG: (9800001, "sn length cannot exceeds 128 bytes"),
    miniapp.DEVICE_LINKED: (9800010, "schema already exists"),
    miniapp.CATEGORY_UNKNOWN: (53300, "category not exist"),
    miniapp.CATEGORY_HELD: (53303, "category already exists"),
    miniapp.CATEGORY_MISSING: (53301, "category not held"),
    miniapp.CATEGORIES_FULL: (53302, "category num exceeds limit"),
    miniapp.CATEGORIES_TOO_OFTEN: (53304, "category modify times exceed limit"),
    miniapp.TEMPLATE_UNKNOWN: (40037, "invalid template_id"),
    miniapp.TITLE_UNKNOWN: (200014, "invalid tid"),
    miniapp.TITLE_CATEGORIES: (200019, "invalid category ids"),
    miniapp.TEMPLATE_KEYWORDS: (200020, "invalid kidList"),
    miniapp.TEMPLATE_SCENE: (200021, "invalid sceneDesc"),
    miniapp.TEMPLATE_TWICE: (200022, "template with the same title and keywords exists"),
    miniapp.TEMPLATES_FULL: (200012, "template num exceeds limit"),
    miniapp.TEMPLATES_MIXED: (40097, "invalid args"),
    miniapp.NOT_SUBSCRIBED: (43101, "user refuse to accept the msg"),
    miniapp.SUBSCRIBE_FORBIDDEN: (43104, "appid has no permission"),
    miniapp.VALUE_UNFIT: (47003, "argument invalid! {field} is invalid"),
    miniapp.VERSION_MISSING: (85079, "miniprogram has no online release"),
    miniapp.VERSION_STATE: (85020, "version status is not right"),
    miniapp.TESTERS_FULL: (85002, "the number of testers reaches the limit"),
    miniapp.TESTER_HELD: (85004, "the tester is bound already"),
    miniapp.TESTER_MISSING: (85001, "the tester does not exist"),
    TESTER_UNKNOWN: (85001, "the wechatid does not exist"),
    miniapp.NOT_REVIEWED: (85080, "the version has not passed the audit"),
    miniapp.NOTHING_TO_REVIEW: (85086, "no code to audit"),
    miniapp.REVIEW_OPEN: (85009, "a version is being audited"),
    miniapp.REVIEW_MISSING: (85019, "no version under audit"),
    miniapp.REVIEW_STATE: (85020, "audit status is not right"),
    miniapp.REVIEW_ITEMS: (85023, "item_list must hold 1 to 5 items"),
    miniapp.REVIEW_CATEGORY: (85008, "invalid category"),
    miniapp.REVIEW_TAG: (85006, "invalid tag"),
    miniapp.ABILITY_MISSING: (85008, "the code uses what no category permits"),
    miniapp.UNDONE_TOO_OFTEN: (87013, "undo code audit too frequently"),
    miniapp.REVIEWS_SPENT: (85085, "audit quota is used up"),
    miniapp.PERCENTAGE: (85081, "invalid gray_percentage"),
    miniapp.PERCENTAGE_LOWER: (85082, "gray_percentage must be larger than before"),
    miniapp.GRAY_MISSING: (85079, "no gray release"),
    miniapp.NOTHING_BEFORE: (87011, "no version to revert to"),
    miniapp.PRIVACY_INVALID: (86074, "invalid privacy setting"),
    ACTION_UNKNOWN: (40097, "invalid args"),
    TITLES_START: (200016, "invalid start"),
    TITLES_LIMIT: (200017, "invalid limit"),
    official.NOT_FOLLOWING: (43004, "require subscribe"),
    official.REMARK_TOO_LONG: (40097, "invalid args"),
    official.WINDOW_CLOSED: (45015, "response out of time limit or subscription is canceled"),
    official.COUNT_SPENT: (45047, "out of response count limit"),
    official.MENU_MISSING: (46003, "menu no exist"),
    official.MENU_SIZE: (40016, "invalid button size"),
    official.SUB_MENU_SIZE: (40023, "invalid sub button size"),
    official.MENU_LEVEL: (40022, "invalid sub button level"),
    official.BUTTON_NAME: (40018, "invalid button name size"),
    official.SUB_BUTTON_NAME: (40025, "invalid sub button name size"),
    official.BUTTON_TYPE: (40017, "invalid button type"),
    official.BUTTON_KEY: (40019, "invalid button key size"),
    official.BUTTON_URL: (40055, "invalid button url domain"),
    official.BUTTON_PROGRAM: (40165, "invalid weapp pagepath"),
    official.TEMPLATE_UNKNOWN: (40037, "invalid template_id"),
    official.TEMPLATE_KEYWORDS: (40097, "invalid args"),
    official.TEMPLATES_FULL: (45026, "template num exceeds limit"),
    official.TEMPLATE_VALUES: (47003, "argument invalid!"),
    official.INDUSTRY_UNKNOWN: (40102, "invalid industry id"),
    official.INDUSTRY_TOO_SOON: (43100, "change template too frequently"),
    OPENID_FOREIGN: (49003, "not match openid with appid"),
    official.TAG_UNKNOWN: (45159, "invalid tag id"),
    official.TAG_NAME: (45158, "tag name length more than 30 bytes"),
    official.TAG_NAME_USED: (45157, "invalid tag name"),
    official.TAGS_FULL: (45056, "create too many tags, more than 100"),
    official.TAG_RESERVED: (45058, "can't modify sys tag"),
    official.TAG_TOO_LARGE: (45057, "can't delete the tag that has too many fans"),
    official.FAN_TAGS_FULL: (45059, "fans tag count exceed limit"),
    official.WEB_ADDRESS: (10003, "redirect_uri domain is not the one configured"),
    official.WEB_CODE_INVALID: (40029, "invalid code"),
    official.WEB_CODE_USED: (40163, "code been used"),
    official.WEB_TOKEN_INVALID: (40001, "invalid credential, access_token is invalid or not latest"),
    official.WEB_TOKEN_EXPIRED: (42001, "access_token expired"),
    official.WEB_REFRESH_INVALID: (40030, "invalid refresh_token"),
    official.WEB_SCOPE: (48001, "api unauthorized"),
    miniapp.PLUGIN_OWN: (89236, "the plugin can not be applied"),
    miniapp.PLUGIN_UNRELEASED: (89236, "the plugin can not be applied"),
    miniapp.PLUGIN_HELD: (89237, "has added the plugin"),
    miniapp.PLUGINS_FULL: (89238, "plugin num exceeds limit"),
    miniapp.PLUGIN_MISSING: (89239, "the plugin does not exist"),
    miniapp.PLUGIN_DECIDED: (89240, "only an application that waits can be agreed or refused"),
    miniapp.PLUGIN_IN_USE: (89241, "only an application that was refused can be deleted"),
    miniapp.PLUGIN_NOT_ASKED: (89242, "the appid is not in the apply list"),
    miniapp.PLUGIN_WAITING: (89243, "an application that waits can not be deleted"),
    miniapp.OFFER_MISSING: (268490002, "the program has no virtual payment"),
    miniapp.VIRTUAL_INVALID: (268490002, "{reason}"),
    miniapp.VIRTUAL_PAY_SIG: (268490003, "pay_sig error"),
    miniapp.VIRTUAL_OPENID: (268490001, "openid error"),
    miniapp.VIRTUAL_SIGNATURE: (268490003, "signature error"),
    miniapp.VIRTUAL_SESSION: (268490009, "session_key is missing or expired"),
    miniapp.COIN_ACT_DONE: (268490004, "repeated operation"),
    miniapp.COINS_TOO_FEW: (268490006, "balance is not enough"),
    miniapp.VIRTUAL_UNPUBLISHED: (268490008, "the goods or coins are not published"),
    miniapp.VIRTUAL_LEFT: (268490016, "left_fee error, {left} is left"),
    miniapp.VIRTUAL_MISSING: (268490002, "no such order"),
    miniapp.VIRTUAL_STATE: (268490002, "the order is not paid"),
    miniapp.VIRTUAL_GOODS_FULL: (268490002, "too many goods"),
    apps.MATERIALS_FULL: (45101, "hit upload limit"),
    official.LINKED_APP: (40166, "invalid weapp appid"),
    official.LINK_UNLINKED: (40168, "unlinked weapp card"),
    official.LINK_PATH: (40165, "invalid weapp pagepath"),
    official.CARD_INVALID: (40167, "invalid weapp card"),
    official.ARTICLES_EMPTY: (44003, "empty news data"),
    official.ARTICLES_FULL: (45008, "article size out of limit"),
    official.ARTICLE_TYPE: (40008, "invalid message type"),
    official.ARTICLE_TITLE: (45003, "title size out of limit"),
    official.ARTICLE_AUTHOR: (45110, "author size out of limit"),
    official.ARTICLE_DIGEST: (45004, "description size out of limit"),
    official.ARTICLE_CONTENT: (45002, "content size out of limit"),
    official.ARTICLE_BLANK: (45166, "invalid content"),
    official.ARTICLE_SOURCE: (45005, "url size out of limit"),
    official.ARTICLE_SOURCE_KIND: (40048, "invalid url domain"),
    official.ARTICLE_INDEX: (40114, "invalid index value"),
    official.DRAFT_UNKNOWN: (40007, "invalid media_id"),
    official.DRAFT_UNFIT: (53503, "the draft did not pass the publish check"),
    official.PUBLISH_UNKNOWN: (53502, "invalid publish_id"),
    official.ARTICLE_UNKNOWN: (53600, "invalid article_id"),
    official.ARTICLE_GONE: (53600, "invalid article_id"),
    official.PROGRAM_LINKED: (89015, "has linked wxa"),
    official.PROGRAM_NOT_LINKED: (89000, "the program is not linked"),
    official.PROGRAM_FOREIGN: (89017, "the program belongs to another subject"),
    official.PROGRAMS_FULL: (89016, "linked program num exceeds limit"),
    official.SCENE_INVALID: (40053, "invalid action info"),
    official.SCENES_FULL: (45029, "qrcode count out of limit"),
    benefits.CARD_UNKNOWN: (40073, "invalid card id"),
    benefits.CARD_ID_MISSING: (41012, "missing cardid"),
    benefits.CARD_GONE: (40078, "invalid card status"),
    benefits.CARD_FOREIGN: (40168, "unlinked weapp card"),
    benefits.KIND_UNKNOWN: (40071, "invalid card type"),
    benefits.FIELD_MISSING: (41011, "missing required fields! {field}"),
    benefits.FIELD_TOO_LONG: (45021, "field or value exceeds max size: {field}"),
    benefits.FIELD_INVALID: (40150, "invalid card parameters: {field}"),
    benefits.FIELD_NOT_DONE: (40150, "invalid card parameters: {field}"),
    benefits.COLOR_UNKNOWN: (40076, "invalid color id"),
    benefits.CODE_TYPE_UNKNOWN: (40072, "invalid code type"),
    benefits.DATE_INVALID: (40079, "invalid date info"),
    benefits.PERIOD_INVALID: (40100, "invalid time period"),
    benefits.QUANTITY_INVALID: (40122, "invalid card quantity"),
    benefits.CARD_EXT_INVALID: (40080, "invalid card ext"),
    benefits.SIGNATURE_WRONG: (40080, "invalid card ext"),
    benefits.SIGNATURE_USED: (40080, "invalid card ext"),
    benefits.NOT_FOR_YOU: (40174, "not card user"),
    benefits.STOCK_GONE: (45031, "card quantity is 0"),
    benefits.LIMIT_REACHED: (45033, "user get card reach get_limit"),
    benefits.PERIOD_OVER: (40100, "invalid time period"),
    benefits.CODE_TAKEN: (40111, "have same code"),
    benefits.COUPON_UNKNOWN: (40056, "invalid serial code"),
    benefits.COUPON_CONSUMED: (40099, "invalid code, this code has consumed."),
    benefits.COUPON_UNUSABLE: (
        40127,
        (
            "invalid user-card status! Hint: the card was given to user, but may be deleted or expired or set"
            " unavailable !"
        ),
    ),
    benefits.COUPON_TOO_EARLY: (40100, "invalid time period"),
    benefits.USE_LIMIT_REACHED: (40078, "invalid card status"),
    benefits.CODE_UNREADABLE: (40075, "invalid encrypt code"),
}

# What is published for a field that is missing altogether.
MISSING = {
    "access_token": (41001, "access_token missing"),
    "appid": (41002, "appid missing"),
    "refresh_token": (41003, "refresh_token missing"),
    "secret": (41004, "appsecret missing"),
    "media": (41005, "media data missing"),
    "media_id": (41006, "media_id missing"),
    "js_code": (41008, "missing code"),
    "code": (41008, "missing code"),
    "openid": (41009, "missing openid"),
    "card_id": (41012, "missing cardid"),
    "encrypt_code": (40075, "invalid encrypt code"),
    "touser": (40003, "invalid openid"),
    "grant_type": (40002, "invalid grant_type"),
}

BY_KIND = {
    Kind.INVALID: (40097, "invalid args"),
    Kind.UNAUTHENTICATED: (48001, "api unauthorized"),
    Kind.FORBIDDEN: (48001, "api unauthorized"),
    Kind.NOT_FOUND: (40097, "invalid args"),
    Kind.CONFLICT: (40097, "invalid args"),
    Kind.LIMITED: (45011, "api minute-quota reach limit, must slower, retry next minute"),
    Kind.UNAVAILABLE: SYSTEM_BUSY,
}
