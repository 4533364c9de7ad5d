"""Articles: what may be written, who reads it, where it leads, and until when."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutong.domains.apps import materials, organisations
from hutong.domains.apps.errors import KIND_FORBIDDEN, MATERIAL_UNKNOWN, MATERIALS_FULL
from hutong.domains.apps.tables import App, AppKind, MaterialKind, Role
from hutong.domains.chat import bodies
from hutong.domains.media import files
from hutong.domains.media.tables import FileKind
from hutong.domains.official import articles, content, drafts, programs, service, text_links
from hutong.domains.official import errors as refusals
from hutong.domains.official.drafts import Written
from hutong.domains.official.events import IssuePublished
from hutong.domains.official.tables import Issue, IssueState
from hutong.kernel.clock import HandWound
from hutong.kernel.db import Tx
from hutong.kernel.errors import DomainError, ErrorCode
from tests.domains.builders import a_user, an_app


def refused(code: ErrorCode) -> "pytest.RaisesExc[DomainError]":
    return pytest.raises(DomainError, check=lambda error: error.code is code)


@pytest.fixture
def account(tx: Tx) -> App:
    return an_app(tx)


@pytest.fixture
def program(tx: Tx, account: App) -> App:
    """A mini program the account has linked."""
    made = an_app(tx, kind=AppKind.MINI_PROGRAM, org_id=account.org_id)
    programs.link(tx, appid=account.appid, program_appid=made.appid, shown=True, tell=False)
    return made


def a_picture(tx: Tx, app: App) -> str:
    """The handle of a picture that anybody may see."""
    file = files.keep(
        tx,
        owner=app.appid,
        content_hash="0" * 64,
        content_type="image/png",
        size=1,
        name="p",
        kind=FileKind.IMAGE,
    )
    materials.show(tx, appid=app.appid, handle=file.handle)
    return file.handle


@pytest.fixture
def thumb(tx: Tx, account: App) -> str:
    handle = a_picture(tx, account)
    return materials.keep(tx, appid=account.appid, kind=MaterialKind.THUMB, handle=handle).media_id


def written(tx: Tx, thumb: str, html: str = "<p>Oolong is in.</p>", **more: object) -> Written:
    given = {"title": "Tea", "content": drafts.clean(tx, html), "thumb_media_id": thumb, **more}
    return Written(**given)  # type: ignore[arg-type]


def publish(tx: Tx, account: App, thumb: str, *titles: str) -> Issue:
    given = [written(tx, thumb, title=title) for title in titles or ("Tea",)]
    draft = drafts.add(tx, appid=account.appid, articles=given)
    return articles.publish(tx, appid=account.appid, media_id=draft.media_id)


# ── what may be written ────────────────────────────────────────────────────────────────────────────────────

HOSTILE = [
    ("<script>alert(1)</script>tea", "tea"),
    ("<p onclick='steal()'>tea</p>", "<p>tea</p>"),
    ("<a href='javascript:steal()'>tea</a>", "<a>tea</a>"),
    ("<a href=' jAvAsCrIpT&#58;steal()'>tea</a>", "<a>tea</a>"),
    ("<a href='data:text/html,x'>tea</a>", "<a>tea</a>"),
    ("<a href='data:text/html,<script>1</script>'>tea</a>", None),
    ("<p>tea<script>steal()", "<p>tea</p>"),
    ("<p>tea<!-- <p>steal()", "<p>tea</p>"),
    ("<scr<script>ipt>tea</scr</script>ipt>", None),
    ("<p>1 < 2 > 0 <3</p>", "<p>1 &lt; 2 &gt; 0 &lt;3</p>"),
    ("İ<SCRIPT>steal()</ScRiPt >tea", "İtea"),
    ("<a href='/console'>tea</a>", "<a>tea</a>"),
    ("<p style='background-image:url(http://evil/x);color:red'>tea</p>", '<p style="color:red">tea</p>'),
    ("<p style='color:url(http://evil/x)'>tea</p>", "<p>tea</p>"),
    ("<p style='color:expression(steal())'>tea</p>", "<p>tea</p>"),
    ("<p style='position:fixed;top:0;z-index:9'>tea</p>", "<p>tea</p>"),
    ("<p style='margin-top:-400px;text-indent:-9em'>tea</p>", "<p>tea</p>"),
    ("<p style='color:r\\65 d'>tea</p>", "<p>tea</p>"),
    ("<iframe src='http://evil'>in</iframe>tea", "tea"),
    ("<svg><script>steal()</script><a xlink:href='javascript:1'>in</a></svg>tea", "tea"),
    ("<math><mi xlink:href='javascript:1'>in</mi></math>tea", "tea"),
    ("<object data='x'>in</object><embed src='x'>tea", "tea"),
    ("<form action='http://evil'><input name='pin'>tea</form>", "tea"),
    ("<img src='http://evil/pixel.png' onerror='steal()'>tea", "tea"),
    ("<img src='http://evil/mmbiz/m0123456789abcdef'>tea", "tea"),
    ("<style>p{color:red}</style>tea<!-- hidden -->", "tea"),
    ("<p><b>tea", "<p><b>tea</b></p>"),
    ("<a href='https://a.example'>one<a href='https://b.example'>two</a></a>", None),
    ('<p title="x">say "tea" &lt;b&gt;</p>', "<p>say &quot;tea&quot; &lt;b&gt;</p>"),
    ('src="/mmbiz/m0123456789abcdef"', "src=&quot;/mmbiz/m0123456789abcdef&quot;"),
    ("<meta http-equiv='refresh' content='0;url=http://evil'>tea<base href='http://evil'>", "tea"),
    ("<template><script>1</script></template>tea", "tea"),
]


@pytest.mark.parametrize(("html", "kept"), HOSTILE)
def test_nothing_in_an_article_runs_or_fetches(html: str, kept: str | None) -> None:
    found = content.clean(html, known=lambda handles: set())
    if kept is not None:
        assert found.html == kept
    for word in ("<script", "onclick", "onerror", "javascript", "evil", "iframe", "svg", "steal"):
        assert word not in found.html
    assert content.clean(found.html, known=lambda handles: set()).html == found.html


MANY = 2_000


@pytest.mark.parametrize(
    "html",
    [
        "<p>" + "".join(f"<b style='color:#{at:06x}'>" for at in range(MANY)) + "<p>x</p>" * MANY,
        "".join(f"<a href='https://a.example/{at}'><table><tr><td></a>" for at in range(MANY)),
        "<b><i><u><s><em><code>" * MANY + "x",
        "<div>" * MANY + "<li>" * MANY + "x",
        "<td><b></td>" * MANY + "<p>x" * MANY,
        "<table><b></table>" * MANY + "<p>x" * MANY,
        "<svg><b></svg>" * MANY + "<select><i></select>" * MANY + "<p>x" * MANY,
        "<!--" * MANY + "<a '" * MANY,
        "<mp-miniprogram><b>" * MANY,
    ],
)
def test_what_is_left_open_grows_to_nothing(html: str) -> None:
    found = content.clean(html, known=lambda handles: set())
    assert len(found.html) <= 4 * len(html) + 1_000
    assert content.clean(found.html, known=lambda handles: set()).html == found.html


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<ul><li>a<ul><li>b</ul><li>c</ul>", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"),
        ("<dl><dt>a<dd>b<dt>c</dl>", "<dl><dt>a</dt><dd>b</dd><dt>c</dt></dl>"),
        (
            "<table><tr><td>a<td>b<tr><td>c</table>",
            "<table><tbody><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></tbody></table>",
        ),
        (
            "<p>a<table><tr><td>b</p>c</td></tr></table>",
            "<p>a</p><table><tbody><tr><td>b<p></p>c</td></tr></tbody></table>",
        ),
        ("<B>a<I>b</B>c</I>", "<b>a<i>b</i></b>c"),
        ("a</p></b></div>b", "ab"),
    ],
)
def test_what_is_left_open_is_closed_as_one_would(html: str, kept: str) -> None:
    found = content.clean(html, known=lambda handles: set()).html
    assert found.replace("<p></p>", "") == kept.replace("<p></p>", "")


HOSTILE_WORDS = (
    "<p> </p> <b> </b> <i•style='color:red'> </i> <a•href='https://a.example/'> </a> <table> </table> <tr> <td> </td>"
    " <ul> <li> </ul> <div> </div> <svg> </svg> <math> <mi> </math> <style> </style> <script> </script> <select>"
    " <option> </select> <!-- --> <img•src=x•onerror=1> <mp-miniprogram•data-miniprogram-appid='wx1'> </mp-miniprogram>"
    " <![CDATA[ ]]> <?x > < \" ' &lt; &#60;script&#62; <a•title=' <template> </template> tea • <noscript> </noscript>"
    " <title> </title> <textarea> </textarea> <p•onclick=1> <form> = /"
)
PIECES = HOSTILE_WORDS.split(" ")
ATTRIBUTE = r" (?:style|href|src|alt|colspan|rowspan|start|data-miniprogram-[a-z]+)=\"[^\"<>]*\""
WRITTEN = re.compile(rf"(?:[^<>]|</?[a-z0-9-]+(?:{ATTRIBUTE})*>)*\Z")


@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_whatever_is_written_only_known_tags_and_attributes_come_of_it(pieces: list[str]) -> None:
    found = content.clean("".join(pieces).replace("•", " "), known=lambda handles: set()).html
    assert WRITTEN.match(found), found
    tags = set(re.findall(r"</?([a-z0-9-]+)", found))
    assert tags <= content._TAGS
    again = content.clean(found, known=lambda handles: set()).html
    assert content.clean(again, known=lambda handles: set()).html == again


def test_a_link_in_a_link_and_a_card_left_open_stand_side_by_side() -> None:
    nested = "<a href='https://a.example'>one<table><tr><td><a href='https://b.example'>two</a></td></tr></table></a>"
    assert content.clean(nested, known=lambda handles: set()).html.count("<a ") == 1
    card = (
        "<mp-miniprogram data-miniprogram-appid='wx1' data-miniprogram-path='p' data-miniprogram-title='t'>"
    )
    found = content.clean(f"{card}<p>after</p>", known=lambda handles: set())
    assert found.html.endswith("></mp-miniprogram><p>after</p>")


def test_elements_too_deep_lose_their_tags_and_keep_their_words() -> None:
    found = content.clean("<div>" * 500 + "tea" + "</div>" * 500, known=lambda handles: set())
    assert found.html == "<div>" * content.DEPTH + "tea" + "</div>" * content.DEPTH


def test_what_published_articles_hold_is_kept(tx: Tx, account: App) -> None:
    picture = a_picture(tx, account)
    html = (
        "<h2>Tea</h2><p style='text-align:center;color:rgb(20, 30, 40)'>a <strong>b</strong></p>"
        "<ul><li>c</li></ul><table><tbody><tr><td colspan='2'>d</td></tr></tbody></table>"
        f"<img data-src='https://mmbiz.example/mmbiz/{picture}/0?wx_fmt=png' alt='cup'>"
        "<p><a href='https://tea.example/?a=1&amp;b=2'>shop</a></p>"
    )
    found = drafts.clean(tx, html)
    assert found.pictures == [picture]
    assert found.html == (
        '<h2>Tea</h2><p style="text-align:center;color:rgb(20, 30, 40)">a <strong>b</strong></p>'
        '<ul><li>c</li></ul><table><tbody><tr><td colspan="2">d</td></tr></tbody></table>'
        f'<img alt="cup" src="/mmbiz/{picture}">'
        '<p><a href="https://tea.example/?a=1&amp;b=2">shop</a></p>'
    )
    assert f'src="there/{picture}?a&amp;b"' in content.filled(
        found.html, lambda handle: f"there/{handle}?a&b"
    )


def test_a_private_picture_is_not_shown(tx: Tx, account: App) -> None:
    hidden = files.keep(
        tx, owner="1", content_hash="1" * 64, content_type="image/png", size=1, name="p", kind=FileKind.IMAGE
    )
    assert drafts.clean(tx, f"tea<img src='/mmbiz/{hidden.handle}'>").html == "tea"


CARD = (
    "<mp-miniprogram data-miniprogram-appid='{0}' data-miniprogram-path='{1}' data-miniprogram-title='{2}'>"
    "</mp-miniprogram>"
)
LINK = "<p><a data-miniprogram-appid='{0}' data-miniprogram-path='{1}' href=''>here</a></p>"


def test_an_article_leads_only_to_programs_its_account_has_linked(
    tx: Tx, account: App, program: App, thumb: str
) -> None:
    stranger = an_app(tx, kind=AppKind.MINI_PROGRAM, org_id=account.org_id)

    def add(html: str) -> Issue:
        return drafts.add(tx, appid=account.appid, articles=[written(tx, thumb, html)])

    for template in (CARD, LINK):
        add(template.format(program.appid, "pages/a?b=1", "Tea"))
        with refused(refusals.LINK_UNLINKED):
            add(template.format(stranger.appid, "pages/a", "Tea"))
        with refused(refusals.LINKED_APP):
            add(template.format(account.appid, "pages/a", "Tea"))
        with refused(refusals.LINKED_APP):
            add(template.format("wx0", "pages/a", "Tea"))
        with refused(refusals.LINK_PATH):
            add(template.format(program.appid, "", "Tea"))
    for title in ("", "t" * 36):
        with refused(refusals.CARD_INVALID):
            add(CARD.format(program.appid, "pages/a", title))
    with refused(refusals.CARD_INVALID):
        add(LINK.format(program.appid, "pages/a") * 51)
    assert drafts.count(tx, account.appid) == 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": ""}, refusals.ARTICLE_TITLE),
        ({"title": "茶" * 33}, refusals.ARTICLE_TITLE),
        ({"author": "茶" * 17}, refusals.ARTICLE_AUTHOR),
        ({"digest": "茶" * 129}, refusals.ARTICLE_DIGEST),
        ({"content_source_url": "https://a.example/" + "a" * 1024}, refusals.ARTICLE_SOURCE),
        ({"content_source_url": "javascript:1"}, refusals.ARTICLE_SOURCE_KIND),
        ({"thumb_media_id": "unknown"}, MATERIAL_UNKNOWN),
    ],
)
def test_a_draft_keeps_the_published_bounds(
    tx: Tx, account: App, thumb: str, change: dict[str, str], code: ErrorCode
) -> None:
    with refused(code):
        drafts.add(tx, appid=account.appid, articles=[written(tx, thumb), written(tx, thumb, **change)])
    assert drafts.count(tx, account.appid) == 0
    good = {"title": "茶" * 32, "author": "茶" * 16, "digest": "茶" * 128}
    drafts.add(tx, appid=account.appid, articles=[written(tx, thumb, **good)])


def test_content_has_bounds_and_says_something(tx: Tx) -> None:
    for html in ("茶" * 20_000, "<b></b>" * 150_000):
        with refused(refusals.ARTICLE_CONTENT):
            drafts.clean(tx, html)
    assert len(drafts.clean(tx, "茶" * 19_999).words) == 19_999
    for html in ("", "<p> </p>", "<script>1</script>"):
        with refused(refusals.ARTICLE_BLANK):
            drafts.clean(tx, html)


def test_a_draft_has_one_to_eight_articles_of_an_official_account(
    tx: Tx, account: App, program: App, thumb: str
) -> None:
    with refused(refusals.ARTICLES_EMPTY):
        drafts.add(tx, appid=account.appid, articles=[])
    with refused(refusals.ARTICLES_FULL):
        drafts.add(tx, appid=account.appid, articles=[written(tx, thumb)] * 9)
    with refused(KIND_FORBIDDEN):
        drafts.add(tx, appid=program.appid, articles=[written(tx, thumb)])
    lent = materials.lend(tx, appid=account.appid, kind=MaterialKind.IMAGE, handle=a_picture(tx, account))
    with refused(MATERIAL_UNKNOWN):  # a cover outlives its upload: only what is kept for good will do
        drafts.add(tx, appid=account.appid, articles=[written(tx, lent.media_id)])


def test_only_an_article_alone_takes_its_digest_from_its_words(tx: Tx, account: App, thumb: str) -> None:
    alone = drafts.add(tx, appid=account.appid, articles=[written(tx, thumb, f"<p>{'茶' * 60}</p>")])
    both = drafts.add(
        tx, appid=account.appid, articles=[written(tx, thumb, digest="Mine"), written(tx, thumb)]
    )
    found = articles.of_issues(tx, [alone.id, both.id])
    assert [one.digest for one in found[alone.id]] == ["茶" * 54]
    assert [one.digest for one in found[both.id]] == ["Mine", ""]


def test_a_draft_is_changed_and_deleted(tx: Tx, account: App, thumb: str, clock: HandWound) -> None:
    first = drafts.add(tx, appid=account.appid, articles=[written(tx, thumb), written(tx, thumb)])
    clock.advance(1)
    second = drafts.add(tx, appid=account.appid, articles=[written(tx, thumb)])
    assert [one.id for one in drafts.list_(tx, account.appid, offset=0, limit=9)] == [second.id, first.id]
    clock.advance(1)
    tx.now = clock.now()
    change = written(tx, thumb, "<p>Green.</p>", title="Green")
    drafts.update(tx, appid=account.appid, media_id=first.media_id, index=1, article=change)
    assert [one.title for one in articles.of_issues(tx, [first.id])[first.id]] == ["Tea", "Green"]
    assert articles.contents(tx, [first.id])[first.id, 1] == "<p>Green.</p>"
    assert [one.id for one in drafts.list_(tx, account.appid, offset=0, limit=9)] == [first.id, second.id]
    with refused(refusals.ARTICLE_INDEX):
        drafts.update(tx, appid=account.appid, media_id=first.media_id, index=2, article=change)
    with refused(refusals.DRAFT_UNKNOWN):
        drafts.update(tx, appid=an_app(tx).appid, media_id=first.media_id, index=0, article=change)
    drafts.delete(tx, appid=account.appid, media_id=first.media_id)
    assert articles.contents(tx, [first.id]) == {}
    with refused(refusals.DRAFT_UNKNOWN):
        drafts.delete(tx, appid=account.appid, media_id=first.media_id)


# ── published, and taken back ──────────────────────────────────────────────────────────────────────────────


def test_a_published_draft_is_read_by_anybody_and_is_no_draft_any_more(
    tx: Tx, account: App, thumb: str
) -> None:
    reader, staff = a_user(tx), a_user(tx)
    organisations.add_member(tx, org_id=account.org_id, user_id=staff.id, role=Role.OWNER)
    draft = drafts.add(tx, appid=account.appid, articles=[written(tx, thumb)])
    (one,) = articles.of_issues(tx, [draft.id])[draft.id]
    with refused(refusals.ARTICLE_GONE):
        articles.read(tx, one.handle, reader_id=reader.id)
    assert articles.read(tx, one.handle, reader_id=staff.id)[2] == "<p>Oolong is in.</p>"

    issue = articles.publish(tx, appid=account.appid, media_id=draft.media_id)
    assert articles.read(tx, one.handle, reader_id=reader.id)[1] == one
    (event,) = tx.emitted(IssuePublished)
    assert (event.publish_id, event.article_id, event.articles) == (
        issue.publish_id,
        issue.article_id,
        [one.handle],
    )
    for again in (articles.publish, drafts.get, drafts.delete):
        with refused(refusals.DRAFT_UNKNOWN):
            again(tx, appid=account.appid, media_id=draft.media_id)
    assert (drafts.count(tx, account.appid), articles.count(tx, account.appid)) == (0, 1)


def test_what_was_published_together_is_taken_back_one_by_one_or_whole(
    tx: Tx, account: App, thumb: str
) -> None:
    reader = a_user(tx)
    issue = publish(tx, account, thumb, "One", "Two", "Three")
    article_id = issue.article_id or ""
    handles = [one.handle for one in articles.of_issues(tx, [issue.id])[issue.id]]
    for _ in range(2):
        articles.take_back(tx, appid=account.appid, article_id=article_id, index=2)
    with refused(refusals.ARTICLE_GONE):
        articles.read(tx, handles[1], reader_id=reader.id)
    articles.read(tx, handles[0], reader_id=reader.id)
    message = articles.message(tx, appid=account.appid, article_id=article_id)
    assert [one.title for one in message.articles] == ["One", "Three"]
    with refused(refusals.ARTICLE_INDEX):
        articles.take_back(tx, appid=account.appid, article_id=article_id, index=4)
    with refused(refusals.ARTICLE_UNKNOWN):
        articles.take_back(tx, appid=an_app(tx).appid, article_id=article_id)
    for _ in range(2):
        gone = articles.take_back(tx, appid=account.appid, article_id=article_id)
        assert gone.state is IssueState.WITHDRAWN
    with refused(refusals.ARTICLE_GONE):
        articles.read(tx, handles[0], reader_id=reader.id)
    with refused(refusals.ARTICLE_UNKNOWN):
        articles.message(tx, appid=account.appid, article_id=article_id)
    assert articles.list_(tx, account.appid) == []


def test_a_program_that_was_unlinked_keeps_a_draft_from_being_published(
    tx: Tx, account: App, program: App, thumb: str
) -> None:
    html = CARD.format(program.appid, "pages/a", "Tea")
    draft = drafts.add(tx, appid=account.appid, articles=[written(tx, thumb, html)])
    programs.unlink(tx, appid=account.appid, program_appid=program.appid)
    with refused(refusals.DRAFT_UNFIT):
        articles.publish(tx, appid=account.appid, media_id=draft.media_id)
    assert drafts.get(tx, appid=account.appid, media_id=draft.media_id).state is IssueState.DRAFT


def test_what_was_published_is_listed_page_by_page(tx: Tx, account: App, thumb: str) -> None:
    issues = [publish(tx, account, thumb, title) for title in ("1", "2", "3")]
    first = articles.list_(tx, account.appid, limit=2)
    assert [one.id for one in first] == [issues[2].id, issues[1].id]
    rest = articles.list_(tx, account.appid, before=first[-1].publish_id or 0, limit=2)
    assert [one.id for one in rest] == [issues[0].id]
    assert articles.list_(tx, account.appid, offset=2, limit=2) == rest


# ── links in an account's words ────────────────────────────────────────────────────────────────────────────


def test_links_in_an_accounts_words_stand_apart_from_them(tx: Tx, account: App, program: App) -> None:
    said = (
        'Today: <a href="https://tea.example/?a=1&amp;b=2">tea</a>, or '
        f"<a href='http://x' data-miniprogram-appid='{program.appid}' data-miniprogram-path='pages/a?b=1&amp;c=2'>"
        "order &lt;now&gt;</a>. <b>5 < 6</b>"
    )
    assert text_links.linked(tx, account, bodies.Text(said)) == bodies.LinkedText(
        [
            bodies.TextPart("Today: "),
            bodies.TextPart("tea", url="https://tea.example/?a=1&b=2"),
            bodies.TextPart(", or "),
            bodies.TextPart("order <now>", appid=program.appid, path="pages/a?b=1&c=2"),
            bodies.TextPart(". <b>5 < 6</b>"),
        ]
    )


@pytest.mark.parametrize(
    "said",
    [
        "tea",
        "<a>tea</a>",
        "<a href='javascript:1'>tea</a>",
        "<a href=x>tea</a>",
        "a < b > c",
        "<a href='https://a'",
    ],
)
def test_what_is_no_link_is_said_as_it_is(tx: Tx, account: App, said: str) -> None:
    assert text_links.linked(tx, account, bodies.Text(said)) == bodies.Text(said)


def test_words_lead_only_to_linked_programs_and_a_programs_own_to_itself(
    tx: Tx, account: App, program: App
) -> None:
    other = an_app(tx, kind=AppKind.MINI_PROGRAM, org_id=account.org_id)

    def said(appid: str, path: str = "pages/a") -> bodies.Text:
        return bodies.Text(f'<a data-miniprogram-appid="{appid}" data-miniprogram-path="{path}">tea</a>')

    for speaker, led in ((account, program), (program, program)):
        assert isinstance(text_links.linked(tx, speaker, said(led.appid)), bodies.LinkedText)
    for speaker in (account, program):
        with refused(refusals.LINK_UNLINKED):
            text_links.linked(tx, speaker, said(other.appid))
    with refused(refusals.LINKED_APP):
        text_links.linked(tx, account, said("wx0"))
    with refused(refusals.LINK_PATH):
        text_links.linked(tx, account, said(program.appid, "p" * 1025))


def test_an_account_answers_with_links_as_it_writes_with_them(tx: Tx, account: App, program: App) -> None:
    ann = a_user(tx)
    link = f'<a data-miniprogram-appid="{program.appid}" data-miniprogram-path="pages/a">tea</a>'
    message = service.reply(tx, appid=account.appid, user_id=ann.id, body=bodies.Text(link), to="1")
    assert message.body == bodies.LinkedText([bodies.TextPart("tea", appid=program.appid, path="pages/a")])
    assert bodies.excerpt(message.body) == "tea"


def test_pictures_are_kept_up_to_the_published_number(
    tx: Tx, account: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(materials, "MOST", {MaterialKind.IMAGE: 1})
    handle = a_picture(tx, account)
    for kind in (MaterialKind.IMAGE, MaterialKind.THUMB):
        materials.keep(tx, appid=account.appid, kind=kind, handle=handle)
    with refused(MATERIALS_FULL):
        materials.keep(tx, appid=account.appid, kind=MaterialKind.IMAGE, handle=handle)
    materials.keep(tx, appid=an_app(tx).appid, kind=MaterialKind.IMAGE, handle=handle)
