"""Articles as a person reads them, and as an owner publishes and takes them back."""

import pytest

from hutong.domains.apps import materials, organisations
from hutong.domains.apps.tables import App, AppKind, MaterialKind, Role
from hutong.domains.identity.tables import UserId
from hutong.domains.media import files
from hutong.domains.media.tables import FileKind
from hutong.domains.official import articles, drafts, programs
from hutong.domains.official.tables import Issue
from hutong.kernel.db import Tx
from tests.domains.builders import an_app
from tests.protocols.client.conftest import Device


@pytest.fixture
def account(tx: Tx) -> App:
    return an_app(tx)


def a_draft(tx: Tx, account: App, *titles: str, html: str = "<p>Oolong.</p>") -> Issue:
    file = files.keep(
        tx,
        owner=account.appid,
        content_hash="0" * 64,
        content_type="image/png",
        size=1,
        name="p",
        kind=FileKind.IMAGE,
    )
    materials.show(tx, appid=account.appid, handle=file.handle)
    kept = materials.keep(tx, appid=account.appid, kind=MaterialKind.IMAGE, handle=file.handle)
    said = drafts.clean(tx, f'{html}<img src="/mmbiz/{file.handle}">')
    given = [drafts.Written(title=title, content=said, thumb_media_id=kept.media_id) for title in titles]
    return drafts.add(tx, appid=account.appid, articles=given)


def test_what_an_account_published_is_listed_and_read(
    tx: Tx, ann: Device, account: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = an_app(tx, kind=AppKind.MINI_PROGRAM, org_id=account.org_id)
    programs.link(tx, appid=account.appid, program_appid=program.appid, shown=True, tell=False)
    card = (
        f'<mp-miniprogram data-miniprogram-appid="{program.appid}" data-miniprogram-path="pages/a?b=1"'
        ' data-miniprogram-title="Tea"></mp-miniprogram>'
    )
    for titles in (("One",), ("Two", "Three"), ("Four",)):
        draft = a_draft(tx, account, *titles, html=card)
        articles.publish(tx, appid=account.appid, media_id=draft.media_id)
    a_draft(tx, account, "Five")
    monkeypatch.setattr(articles, "PAGE", 3)
    page = ann.get(f"/accounts/{account.appid}/articles")
    assert [[one["title"] for one in each["articles"]] for each in page["sets"]] == [
        ["Four"],
        ["Two", "Three"],
        ["One"],
    ]
    assert ann.get(f"/accounts/{account.appid}/articles", before=page["next"]) == {"sets": [], "next": None}

    line = page["sets"][2]["articles"][0]
    shown = ann.get(f"/articles/{line['article']}")
    assert (shown["title"], shown["account"]["appid"]) == ("One", account.appid)
    assert [one["appid"] for one in shown["programs"]] == [program.appid]
    assert 'data-miniprogram-path="pages/a?b=1"' in shown["content"]
    assert (
        f'src="/api/media/{line["picture"]}?expires=' in shown["content"]
        and "/mmbiz/" not in shown["content"]
    )
    assert ann.get("/articles/unknown", status=404)["error"]["code"] == "official.article_gone"


def test_an_owner_publishes_and_takes_back_and_a_stranger_does_not(tx: Tx, ann: Device, account: App) -> None:
    draft = a_draft(tx, account, "One", "Two")
    console = f"/console/apps/{account.appid}"
    for stranger in (f"{console}/drafts", f"{console}/published"):
        ann.get(stranger, status=403)
    ann.post(f"{console}/drafts/{draft.media_id}/publish", status=403)
    organisations.add_member(tx, org_id=account.org_id, user_id=UserId(int(ann.id)), role=Role.OPERATOR)

    (held,) = ann.get(f"{console}/drafts")["drafts"]
    assert [one["index"] for one in held["articles"]] == [1, 2]
    assert ann.get(f"/articles/{held['articles'][0]['article']}")["published_at"] is None
    published = ann.post(f"{console}/drafts/{draft.media_id}/publish")
    assert ann.get(f"{console}/drafts") == {"total": 0, "drafts": []}
    assert ann.get(f"{console}/published")["published"] == [published]
    ann.post(f"{console}/drafts/{draft.media_id}/publish", status=404)

    back = f"{console}/published/{published['article_id']}/take-back"
    taken = ann.post(back, {"index": 2})
    assert [one["taken_back"] for one in taken["articles"]] == [False, True]
    (each,) = ann.get(f"/accounts/{account.appid}/articles")["sets"]
    assert [one["title"] for one in each["articles"]] == ["One"]
    ann.post(back)
    assert ann.get(f"{console}/published")["total"] == 0
    ann.get(f"/articles/{each['articles'][0]['article']}", status=404)

    other = a_draft(tx, account, "Three")
    ann.delete(f"{console}/drafts/{other.media_id}")
    ann.delete(f"{console}/drafts/{other.media_id}", status=404)
