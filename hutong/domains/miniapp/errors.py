"""Every way mini programs can refuse."""

from hutong.kernel.errors import ErrorCode, Kind

CODE_INVALID = ErrorCode(
    "miniapp.code_invalid", Kind.INVALID, "The code is unknown, expired or another program's."
)
CODE_USED = ErrorCode("miniapp.code_used", Kind.CONFLICT, "The code was used already.")
SESSION_MISSING = ErrorCode(
    "miniapp.session_missing", Kind.NOT_FOUND, "The person is not signed in to the program."
)
SIGNATURE_WRONG = ErrorCode(
    "miniapp.signature_wrong", Kind.FORBIDDEN, "The session key made another signature."
)
PHONE_MISSING = ErrorCode("miniapp.phone_missing", Kind.CONFLICT, "The person has given no phone number.")
VERSION_NUMBER = ErrorCode(
    "miniapp.version_number", Kind.INVALID, "A version has a number of 1 to 64 characters."
)
VERSION_STATE = ErrorCode("miniapp.version_state", Kind.CONFLICT, "The version is not one that may do this.")
VERSION_MISSING = ErrorCode("miniapp.version_missing", Kind.NOT_FOUND, "The program has no such version.")
PAGE_UNKNOWN = ErrorCode("miniapp.page_unknown", Kind.INVALID, "The program has no such page.")
PATH_INVALID = ErrorCode(
    "miniapp.path_invalid", Kind.INVALID, "The path is empty, too long or begins with a slash."
)
SCENE_INVALID = ErrorCode("miniapp.scene_invalid", Kind.INVALID, "The scene has characters not allowed.")
SCENE_LENGTH_INVALID = ErrorCode(
    "miniapp.scene_length_invalid", Kind.INVALID, "A scene has 1 to 32 characters."
)
SCANCODE_TIME = ErrorCode(
    "miniapp.scancode_time", Kind.INVALID, "`scancode_time` is a name the platform keeps for itself."
)
CODES_SPENT = ErrorCode("miniapp.codes_spent", Kind.LIMITED, "The program has made 100,000 lasting codes.")
PAGES_SPENT = ErrorCode(
    "miniapp.pages_spent", Kind.LIMITED, "The program has named 60,000 pages without having them checked."
)
LINKS_SPENT = ErrorCode("miniapp.links_spent", Kind.LIMITED, "The program has made 100,000 lasting links.")
LINKS_TODAY = ErrorCode("miniapp.links_today", Kind.LIMITED, "500,000 schemes and URL links were made today.")
LINK_PATH = ErrorCode("miniapp.link_path", Kind.INVALID, "A link leads to a page of a released version.")
LINK_QUERY = ErrorCode(
    "miniapp.link_query", Kind.INVALID, "A query has at most 1024 letters, digits and marks of a URL."
)
SHORT_LINK_PAGE = ErrorCode(
    "miniapp.short_link_page", Kind.INVALID, "A short link leads to a page of the released version."
)
SHORT_LINK_TITLE = ErrorCode("miniapp.short_link_title", Kind.INVALID, "The title has control characters.")
NOT_RELEASED = ErrorCode("miniapp.not_released", Kind.CONFLICT, "No version of the program is released.")
CHANNEL_UNKNOWN = ErrorCode(
    "miniapp.channel_unknown", Kind.INVALID, "A version is asked for as release, trial or develop."
)
MODEL_INVALID = ErrorCode(
    "miniapp.model_invalid",
    Kind.INVALID,
    "A device's model is 1 to 64 letters, digits, dashes and underscores.",
)
SERIAL_TOO_LONG = ErrorCode("miniapp.serial_too_long", Kind.INVALID, "A serial number has at most 128 bytes.")
DEVICE_LINKED = ErrorCode(
    "miniapp.device_linked", Kind.CONFLICT, "There is a scheme for this model and serial number."
)
LINK_LIFE = ErrorCode("miniapp.link_life", Kind.INVALID, "A link lives for at most thirty days.")
LINK_UNKNOWN = ErrorCode("miniapp.link_unknown", Kind.NOT_FOUND, "There is no such link of this program.")
DOMAIN_INVALID = ErrorCode(
    "miniapp.domain_invalid", Kind.INVALID, "A domain is a scheme and a name, such as https://shop.example."
)
DOMAINS_TOO_MANY = ErrorCode("miniapp.domains_too_many", Kind.LIMITED, "A list holds at most 200 domains.")
DOMAIN_UNLISTED = ErrorCode(
    "miniapp.domain_unlisted", Kind.FORBIDDEN, "The program's list does not have this domain."
)
MEDIA_EXPIRED = ErrorCode("miniapp.media_expired", Kind.FORBIDDEN, "The address is not good any more.")
PACKAGE_BROKEN = ErrorCode("miniapp.package_broken", Kind.INVALID, "The package cannot be unpacked.")
PACKAGE_REFUSED = ErrorCode("miniapp.package_refused", Kind.INVALID, "The program does not compile.")
CATEGORY_UNKNOWN = ErrorCode("miniapp.category_unknown", Kind.INVALID, "There is no such service category.")
CATEGORY_HELD = ErrorCode("miniapp.category_held", Kind.CONFLICT, "The program is in this category already.")
CATEGORY_MISSING = ErrorCode(
    "miniapp.category_missing", Kind.NOT_FOUND, "The program is not in this category."
)
CATEGORIES_FULL = ErrorCode(
    "miniapp.categories_full", Kind.LIMITED, "A program is in five categories at most."
)
CATEGORIES_TOO_OFTEN = ErrorCode(
    "miniapp.categories_too_often", Kind.LIMITED, "Five categories may be added in a month."
)
TEMPLATE_UNKNOWN = ErrorCode("miniapp.template_unknown", Kind.NOT_FOUND, "The program has no such template.")
TITLE_UNKNOWN = ErrorCode(
    "miniapp.title_unknown", Kind.INVALID, "There is no such public template for the program's categories."
)
TITLE_CATEGORIES = ErrorCode(
    "miniapp.title_categories", Kind.INVALID, "The categories are not among the program's own."
)
TEMPLATE_KEYWORDS = ErrorCode(
    "miniapp.template_keywords", Kind.INVALID, "A template has two to five different keywords of its title."
)
TEMPLATE_SCENE = ErrorCode(
    "miniapp.template_scene", Kind.INVALID, "What the template is for is said in at most 15 characters."
)
TEMPLATE_TWICE = ErrorCode(
    "miniapp.template_twice", Kind.CONFLICT, "The program has a template of this title and these keywords."
)
TEMPLATES_FULL = ErrorCode("miniapp.templates_full", Kind.LIMITED, "A program has at most 25 templates.")
TEMPLATES_MIXED = ErrorCode(
    "miniapp.templates_mixed", Kind.INVALID, "One-time and lasting templates are asked for apart."
)
NOT_SUBSCRIBED = ErrorCode(
    "miniapp.not_subscribed", Kind.CONFLICT, "The person has not ticked this, or the tick was used."
)
SUBSCRIBE_FORBIDDEN = ErrorCode(
    "miniapp.subscribe_forbidden", Kind.FORBIDDEN, "The app may not send subscribe messages of this kind."
)
VALUE_UNFIT = ErrorCode("miniapp.value_unfit", Kind.INVALID, "A value does not fit its keyword.")
PROGRAM_CLOSED = ErrorCode(
    "miniapp.program_closed", Kind.FORBIDDEN, "Its owner has closed the program for now."
)
PREVIEW_INVALID = ErrorCode(
    "miniapp.preview_invalid", Kind.FORBIDDEN, "The preview is over, or not of this program."
)
NOT_A_TESTER = ErrorCode(
    "miniapp.not_a_tester", Kind.FORBIDDEN, "Only members and experience members open this version."
)
TESTERS_FULL = ErrorCode("miniapp.testers_full", Kind.LIMITED, "A program has at most 90 experience members.")
TESTER_HELD = ErrorCode("miniapp.tester_held", Kind.CONFLICT, "The person is an experience member already.")
TESTER_MISSING = ErrorCode("miniapp.tester_missing", Kind.NOT_FOUND, "The person is no experience member.")
NOT_REVIEWED = ErrorCode("miniapp.not_reviewed", Kind.CONFLICT, "The version has not passed a review.")
NOTHING_TO_REVIEW = ErrorCode(
    "miniapp.nothing_to_review", Kind.CONFLICT, "There is no version to be reviewed."
)
REVIEW_OPEN = ErrorCode("miniapp.review_open", Kind.CONFLICT, "A version of the program is being reviewed.")
REVIEW_MISSING = ErrorCode(
    "miniapp.review_missing", Kind.NOT_FOUND, "There is no such review of this program."
)
REVIEW_STATE = ErrorCode("miniapp.review_state", Kind.CONFLICT, "The review is decided already.")
REVIEW_ITEMS = ErrorCode("miniapp.review_items", Kind.INVALID, "A review shows one to five pages.")
REVIEW_CATEGORY = ErrorCode(
    "miniapp.review_category", Kind.INVALID, "A page names a category the program is not in."
)
REVIEW_TAG = ErrorCode(
    "miniapp.review_tag", Kind.INVALID, "A page has at most ten words of twenty characters."
)
REVIEW_REASON = ErrorCode(
    "miniapp.review_reason", Kind.INVALID, "A rejection says why, in 1 to 500 characters."
)
ABILITY_MISSING = ErrorCode(
    "miniapp.ability_missing", Kind.CONFLICT, "The code uses what none of the program's categories permits."
)
UNDONE_TOO_OFTEN = ErrorCode("miniapp.undone_too_often", Kind.LIMITED, "A review is taken back once a day.")
REVIEWS_SPENT = ErrorCode(
    "miniapp.reviews_spent", Kind.LIMITED, "The program's reviews of this month are used."
)
PERCENTAGE = ErrorCode("miniapp.percentage", Kind.INVALID, "A gray release reaches 1 to 100 of a hundred.")
PERCENTAGE_LOWER = ErrorCode("miniapp.percentage_lower", Kind.CONFLICT, "A gray release only grows.")
GRAY_MISSING = ErrorCode("miniapp.gray_missing", Kind.CONFLICT, "No version is being released by share.")
NOTHING_BEFORE = ErrorCode(
    "miniapp.nothing_before", Kind.CONFLICT, "There is no earlier release to go back to."
)
PRIVACY_INVALID = ErrorCode(
    "miniapp.privacy_invalid", Kind.INVALID, "A kind of data or the contact is not as published."
)
RECORD_TOO_LONG = ErrorCode(
    "miniapp.record_too_long", Kind.INVALID, "A key with its value has 1 to 1,024 bytes."
)
RECORDS_FULL = ErrorCode("miniapp.records_full", Kind.INVALID, "A person keeps at most 128 pairs in a game.")
TICKET_INVALID = ErrorCode("miniapp.ticket_invalid", Kind.INVALID, "The share ticket is unknown.")
COMPLAINT_INVALID = ErrorCode(
    "miniapp.complaint_invalid",
    Kind.INVALID,
    "A complaint has a kind and says in 1 to 500 characters what is wrong.",
)
COMPLAINT_MISSING = ErrorCode("miniapp.complaint_missing", Kind.NOT_FOUND, "There is no such complaint.")
COMPLAINT_STATE = ErrorCode("miniapp.complaint_state", Kind.CONFLICT, "The complaint was answered already.")
COMPLAINTS_OPEN = ErrorCode(
    "miniapp.complaints_open", Kind.LIMITED, "A complaint about this program is waiting already."
)
DEVICE_MISSING = ErrorCode("miniapp.device_missing", Kind.NOT_FOUND, "There is no such device.")
DEVICE_INVALID = ErrorCode(
    "miniapp.device_invalid", Kind.INVALID, "A device has a name of 1 to 32 characters."
)
DEVICES_FULL = ErrorCode(
    "miniapp.devices_full", Kind.LIMITED, "The organisation has as many devices as it may."
)
DEVICE_UNLINKED = ErrorCode("miniapp.device_unlinked", Kind.CONFLICT, "No phone is linked with the device.")
PLUGIN_MISSING = ErrorCode("miniapp.plugin_missing", Kind.NOT_FOUND, "There is no such plugin.")
PLUGIN_UNRELEASED = ErrorCode(
    "miniapp.plugin_unreleased", Kind.CONFLICT, "No version of the plugin is released."
)
PLUGIN_OUT = ErrorCode("miniapp.plugin_out", Kind.CONFLICT, "A version of this number is released already.")
PLUGIN_HELD = ErrorCode("miniapp.plugin_held", Kind.CONFLICT, "The program has this plugin already.")
PLUGIN_OWN = ErrorCode("miniapp.plugin_own", Kind.CONFLICT, "A program's own plugin is not asked for.")
PLUGINS_FULL = ErrorCode("miniapp.plugins_full", Kind.LIMITED, "A program uses at most 50 plugins.")
PLUGIN_NOT_ASKED = ErrorCode(
    "miniapp.plugin_not_asked", Kind.NOT_FOUND, "The program has not asked for this plugin."
)
PLUGIN_DECIDED = ErrorCode(
    "miniapp.plugin_decided", Kind.CONFLICT, "Only what waits is agreed to or refused."
)
PLUGIN_WAITING = ErrorCode("miniapp.plugin_waiting", Kind.CONFLICT, "What waits is not deleted.")
PLUGIN_IN_USE = ErrorCode("miniapp.plugin_in_use", Kind.CONFLICT, "Only what was refused is deleted.")
OFFER_MISSING = ErrorCode("miniapp.offer_missing", Kind.NOT_FOUND, "The program sells no virtual goods.")
OFFER_HELD = ErrorCode("miniapp.offer_held", Kind.CONFLICT, "The program sells virtual goods already.")
VIRTUAL_INVALID = ErrorCode("miniapp.virtual_invalid", Kind.INVALID, "A field of the purchase is wrong.")
VIRTUAL_PAY_SIG = ErrorCode("miniapp.virtual_pay_sig", Kind.FORBIDDEN, "The AppKey made another signature.")
VIRTUAL_SIGNATURE = ErrorCode(
    "miniapp.virtual_signature", Kind.FORBIDDEN, "The person's session key made another signature."
)
VIRTUAL_SESSION = ErrorCode(
    "miniapp.virtual_session", Kind.CONFLICT, "The person is not signed in to the program, or no longer."
)
VIRTUAL_OPENID = ErrorCode("miniapp.virtual_openid", Kind.NOT_FOUND, "Nobody has this openid at the program.")
VIRTUAL_USED = ErrorCode("miniapp.virtual_used", Kind.CONFLICT, "The number was used for something else.")
VIRTUAL_CURRENCY = ErrorCode("miniapp.virtual_currency", Kind.INVALID, "Only CNY is taken.")
VIRTUAL_UNPUBLISHED = ErrorCode(
    "miniapp.virtual_unpublished", Kind.CONFLICT, "The goods or coins are not published."
)
VIRTUAL_PRICE = ErrorCode("miniapp.virtual_price", Kind.CONFLICT, "The goods have another price.")
VIRTUAL_MISSING = ErrorCode("miniapp.virtual_missing", Kind.NOT_FOUND, "There is no such virtual order.")
VIRTUAL_LEFT = ErrorCode("miniapp.virtual_left", Kind.CONFLICT, "Another sum is left to refund.")
VIRTUAL_STATE = ErrorCode("miniapp.virtual_state", Kind.CONFLICT, "The order is not one that may do this.")
VIRTUAL_GOODS_FULL = ErrorCode(
    "miniapp.virtual_goods_full", Kind.LIMITED, "The program has as many goods as it may."
)
COINS_TOO_FEW = ErrorCode("miniapp.coins_too_few", Kind.CONFLICT, "There are not so many coins.")
COIN_ACT_DONE = ErrorCode("miniapp.coin_act_done", Kind.CONFLICT, "This was done already under this number.")
