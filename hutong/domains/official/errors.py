"""Every way official accounts can refuse."""

from hutong.kernel.errors import ErrorCode, Kind

NOT_FOLLOWING = ErrorCode("official.not_following", Kind.FORBIDDEN, "The person does not follow the account.")
REMARK_TOO_LONG = ErrorCode("official.remark_too_long", Kind.INVALID, "A remark has at most 30 characters.")
WINDOW_CLOSED = ErrorCode(
    "official.window_closed", Kind.FORBIDDEN, "The person did nothing lately that lets the account write."
)
COUNT_SPENT = ErrorCode(
    "official.count_spent", Kind.LIMITED, "The account wrote as often as the person's last act allows."
)
MENU_MISSING = ErrorCode("official.menu_missing", Kind.NOT_FOUND, "The account has no menu.")
MENU_SIZE = ErrorCode("official.menu_size", Kind.INVALID, "A menu has one to three buttons.")
SUB_MENU_SIZE = ErrorCode("official.sub_menu_size", Kind.INVALID, "A sub-menu has one to five buttons.")
MENU_LEVEL = ErrorCode("official.menu_level", Kind.INVALID, "A sub-menu's button has no sub-menu.")
BUTTON_NAME = ErrorCode("official.button_name", Kind.INVALID, "A button's name is empty or too long.")
SUB_BUTTON_NAME = ErrorCode(
    "official.sub_button_name", Kind.INVALID, "A sub-menu button's name is empty or too long."
)
BUTTON_TYPE = ErrorCode(
    "official.button_type", Kind.INVALID, "The button's type is unknown or not supported."
)
BUTTON_KEY = ErrorCode("official.button_key", Kind.INVALID, "The button's key is empty or too long.")
BUTTON_URL = ErrorCode(
    "official.button_url", Kind.INVALID, "The button's address is missing or not a web address."
)
BUTTON_PROGRAM = ErrorCode(
    "official.button_program", Kind.INVALID, "The button's mini program does not exist or is not linked."
)
BUTTON_UNKNOWN = ErrorCode("official.button_unknown", Kind.NOT_FOUND, "The menu has no such button.")
TEMPLATE_UNKNOWN = ErrorCode("official.template_unknown", Kind.NOT_FOUND, "There is no such template.")
TEMPLATE_KEYWORDS = ErrorCode(
    "official.template_keywords", Kind.INVALID, "The template has no such keywords."
)
TEMPLATES_FULL = ErrorCode("official.templates_full", Kind.LIMITED, "An account keeps at most 25 templates.")
TEMPLATE_VALUES = ErrorCode(
    "official.template_values", Kind.INVALID, "A template value is too long or no text."
)
INDUSTRY_UNKNOWN = ErrorCode("official.industry_unknown", Kind.INVALID, "There is no such industry.")
INDUSTRY_TOO_SOON = ErrorCode(
    "official.industry_too_soon", Kind.LIMITED, "The industry may be changed once a month."
)
SCENE_INVALID = ErrorCode("official.scene_invalid", Kind.INVALID, "The scene value is out of range.")
SCENES_FULL = ErrorCode("official.scenes_full", Kind.LIMITED, "An account has at most 100,000 lasting codes.")
TICKET_UNKNOWN = ErrorCode("official.ticket_unknown", Kind.NOT_FOUND, "There is no code with this ticket.")
TAG_UNKNOWN = ErrorCode("official.tag_unknown", Kind.NOT_FOUND, "There is no such tag.")
TAG_NAME = ErrorCode("official.tag_name", Kind.INVALID, "A tag's name is empty or longer than 30 bytes.")
TAG_NAME_USED = ErrorCode("official.tag_name_used", Kind.CONFLICT, "Another tag has this name.")
TAGS_FULL = ErrorCode("official.tags_full", Kind.LIMITED, "An account has at most 100 tags.")
TAG_RESERVED = ErrorCode("official.tag_reserved", Kind.FORBIDDEN, "This tag belongs to the platform.")
TAG_TOO_LARGE = ErrorCode("official.tag_too_large", Kind.CONFLICT, "The tag has too many fans to be deleted.")
FAN_TAGS_FULL = ErrorCode("official.fan_tags_full", Kind.LIMITED, "A fan has at most 20 tags.")
WEB_ADDRESS = ErrorCode(
    "official.web_address", Kind.FORBIDDEN, "The page's domain is not one the account has named."
)
WEB_CODE_INVALID = ErrorCode(
    "official.web_code_invalid", Kind.INVALID, "The code is unknown, expired or another's."
)
WEB_CODE_USED = ErrorCode("official.web_code_used", Kind.CONFLICT, "The code was used already.")
WEB_TOKEN_INVALID = ErrorCode(
    "official.web_token_invalid", Kind.UNAUTHENTICATED, "The page's token is not good."
)
WEB_TOKEN_EXPIRED = ErrorCode(
    "official.web_token_expired", Kind.UNAUTHENTICATED, "The page's token has expired."
)
WEB_REFRESH_INVALID = ErrorCode(
    "official.web_refresh_invalid", Kind.UNAUTHENTICATED, "The refresh token is not good any more."
)
WEB_SCOPE = ErrorCode("official.web_scope", Kind.FORBIDDEN, "The person was not asked for this.")
PROGRAM_LINKED = ErrorCode("official.program_linked", Kind.CONFLICT, "The program is linked already.")
PROGRAM_NOT_LINKED = ErrorCode("official.program_not_linked", Kind.NOT_FOUND, "The program is not linked.")
PROGRAM_FOREIGN = ErrorCode(
    "official.program_foreign", Kind.FORBIDDEN, "An account links programs of its own organisation."
)
PROGRAMS_FULL = ErrorCode("official.programs_full", Kind.LIMITED, "An account links at most 500 programs.")
LINKED_APP = ErrorCode(
    "official.linked_app", Kind.INVALID, "What is linked to there is no mini program of this home."
)
LINK_UNLINKED = ErrorCode(
    "official.link_unlinked", Kind.FORBIDDEN, "The mini program is not linked with the account."
)
LINK_PATH = ErrorCode(
    "official.link_path", Kind.INVALID, "The page of the mini program is missing or too long."
)
CARD_INVALID = ErrorCode(
    "official.card_invalid",
    Kind.INVALID,
    "A card has a title of 1 to 35 characters; an article has 50 at most.",
)
ARTICLES_EMPTY = ErrorCode("official.articles_empty", Kind.INVALID, "There is no article.")
ARTICLES_FULL = ErrorCode("official.articles_full", Kind.INVALID, "There are at most eight articles.")
ARTICLE_TYPE = ErrorCode(
    "official.article_type", Kind.INVALID, "Articles of this type are not published here."
)
ARTICLE_TITLE = ErrorCode("official.article_title", Kind.INVALID, "A title is missing or too long.")
ARTICLE_AUTHOR = ErrorCode("official.article_author", Kind.INVALID, "The author's name is too long.")
ARTICLE_DIGEST = ErrorCode("official.article_digest", Kind.INVALID, "The digest is too long.")
ARTICLE_CONTENT = ErrorCode("official.article_content", Kind.INVALID, "The article is too long.")
ARTICLE_BLANK = ErrorCode(
    "official.article_blank", Kind.INVALID, "The article says nothing that may be shown."
)
ARTICLE_SOURCE = ErrorCode("official.article_source", Kind.INVALID, "The address of the source is too long.")
ARTICLE_SOURCE_KIND = ErrorCode(
    "official.article_source_kind", Kind.INVALID, "The address of the source is no web address."
)
ARTICLE_INDEX = ErrorCode("official.article_index", Kind.INVALID, "There is no article at this place.")
DRAFT_UNKNOWN = ErrorCode("official.draft_unknown", Kind.NOT_FOUND, "There is no such draft.")
DRAFT_UNFIT = ErrorCode(
    "official.draft_unfit",
    Kind.CONFLICT,
    "A mini program in the draft is not linked with the account any more.",
)
PUBLISH_UNKNOWN = ErrorCode("official.publish_unknown", Kind.NOT_FOUND, "There is no such publication.")
ARTICLE_UNKNOWN = ErrorCode("official.article_unknown", Kind.NOT_FOUND, "There is no such published article.")
ARTICLE_GONE = ErrorCode(
    "official.article_gone", Kind.NOT_FOUND, "The article does not exist or was taken back."
)
