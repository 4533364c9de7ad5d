"""Login, phone numbers, codes and links over their published wire."""

import hashlib
import hmac
import io
from typing import Any

import pytest
from PIL import Image

from hutong.domains.apps import apps, codes, openids, tokens
from hutong.domains.apps.tables import App
from hutong.domains.identity.tables import User
from hutong.domains.media import files
from hutong.domains.media.tables import FileKind
from hutong.domains.miniapp import login_codes, phone_codes, program_codes, versions
from hutong.kernel.clock import MINUTE_MS, HandWound
from hutong.kernel.db import Tx
from hutong.protocols.mp import mp
from tests.domains.builders import a_user


@pytest.fixture
def ann(tx: Tx) -> User:
    return a_user(tx, phone="13800138000")


def session_request(tx: Tx, program: App, code: str, **changes: str) -> dict[str, str]:
    given = {"appid": program.appid, "secret": apps.secret(tx, program), "js_code": code}
    return {**given, "grant_type": "authorization_code", **changes}


def test_a_login_code_becomes_an_openid_once(tx: Tx, api: Any, program: App, ann: User) -> None:
    code = login_codes.issue(tx, appid=program.appid, user_id=ann.id)
    wrong = api("GET", "/sns/jscode2session", query=session_request(tx, program, code, secret="0" * 32))
    assert wrong["errcode"] == 40125
    answer = api("GET", "/sns/jscode2session", query=session_request(tx, program, code))
    assert sorted(answer) == ["openid", "session_key", "unionid"]
    assert answer["openid"] == openids.of(tx, appid=program.appid, user_id=ann.id)
    again = api("GET", "/sns/jscode2session", query=session_request(tx, program, code))
    assert again["errcode"] == 40163


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"js_code": "none"}, 40029),
        ({"appid": "wx0000000000000000"}, 40013),
        ({"grant_type": "password"}, 40002),
    ],
)
def test_a_bad_login_gets_its_published_error(
    tx: Tx, api: Any, program: App, ann: User, changes: dict[str, str], errcode: int
) -> None:
    code = login_codes.issue(tx, appid=program.appid, user_id=ann.id)
    query = session_request(tx, program, code, **changes)
    assert api("GET", "/sns/jscode2session", query=query)["errcode"] == errcode
    assert "openid" in api("GET", "/sns/jscode2session", query=session_request(tx, program, code))


def test_an_old_login_code_is_invalid(tx: Tx, clock: HandWound, api: Any, program: App, ann: User) -> None:
    code = login_codes.issue(tx, appid=program.appid, user_id=ann.id)
    clock.advance(5 * MINUTE_MS)
    answer = api("GET", "/sns/jscode2session", query=session_request(tx, program, code))
    assert answer["errcode"] == 40029
    assert api("GET", "/sns/jscode2session", query={"appid": "wx", "secret": "s"})["errcode"] == 41008


def test_a_session_is_checked_and_reset_by_its_signature(tx: Tx, api: Any, program: App, ann: User) -> None:
    code = login_codes.issue(tx, appid=program.appid, user_id=ann.id)
    session = api("GET", "/sns/jscode2session", query=session_request(tx, program, code))

    def signed(key: str, **changes: str) -> dict[str, str]:
        signature = hmac.new(key.encode(), b"", hashlib.sha256).hexdigest()
        query = {"openid": session["openid"], "signature": signature, "sig_method": "hmac_sha256"}
        return {**query, **changes}

    good = signed(session["session_key"])
    assert api("GET", "/wxa/checksession", as_=program, query=good)["errcode"] == 0
    method = signed(session["session_key"], sig_method="md5")
    assert api("GET", "/wxa/checksession", as_=program, query=method)["errcode"] == 87008
    assert api("GET", "/wxa/checksession", as_=program, query=signed("wrong"))["errcode"] == 87009
    reset = api("GET", "/wxa/resetusersessionkey", as_=program, query=good)
    assert reset["openid"] == session["openid"] and reset["session_key"] != session["session_key"]
    assert api("GET", "/wxa/checksession", as_=program, query=good)["errcode"] == 87009
    assert api("GET", "/wxa/checksession", as_=program, query=signed(reset["session_key"]))["errcode"] == 0


def test_a_phone_number_is_told_for_its_code(tx: Tx, api: Any, program: App, ann: User) -> None:
    code = phone_codes.issue(tx, appid=program.appid, user_id=ann.id)
    openid = openids.of(tx, appid=program.appid, user_id=ann.id)
    body = {"code": code, "openid": openid}
    answer = api("POST", "/wxa/business/getuserphonenumber", as_=program, json=body)
    info = answer["phone_info"]
    assert (info["phoneNumber"], info["purePhoneNumber"], info["countryCode"]) == (
        "13800138000",
        "13800138000",
        "86",
    )
    assert info["watermark"]["appid"] == program.appid
    assert api("POST", "/wxa/business/getuserphonenumber", as_=program, json=body)["errcode"] == 40163
    wrong = {"code": "none"}
    assert api("POST", "/wxa/business/getuserphonenumber", as_=program, json=wrong)["errcode"] == 40029
    assert api("POST", "/wxa/business/getuserphonenumber", as_=program, json={})["errcode"] == 41008


def picture(tx: Tx, call: Any, program: App, path: str, body: dict[str, Any]) -> tuple[str, Image.Image]:
    token, _ = tokens.issue(tx, program.appid, apps.secret(tx, program))
    status, headers, content = call(mp, "POST", path, query={"access_token": token}, json=body)
    assert status == 200
    return headers["content-type"], Image.open(io.BytesIO(content))


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/wxa/getwxacode", {"path": "pages/a?table=7", "width": 600, "env_version": "trial"}),
        ("/wxa/getwxacodeunlimit", {"page": "pages/a", "scene": "t=7", "width": 600, "check_path": False}),
        ("/cgi-bin/wxaapp/createwxaqrcode", {"path": "pages/a?table=7", "width": 600}),
    ],
)
def test_a_code_is_a_picture_and_leads_to_its_page(
    tx: Tx, call: Any, program: App, path: str, body: dict[str, Any]
) -> None:
    kind, drawn = picture(tx, call, program, path, body)
    assert (kind, drawn.format, drawn.size) == ("image/jpeg", "JPEG", (600, 600))
    (text,) = tx.rows("select text from apps_code")[0]
    target = codes.resolve(tx, text).target
    assert (target["appid"], target["path"]) == (program.appid, "pages/a")
    assert (target["query"], target["scene"]) in (("table=7", ""), ("", "t=7"))
    assert target["channel"] == body.get("env_version", "release")


def test_lasting_codes_are_counted_in_the_published_header(tx: Tx, call: Any, program: App) -> None:
    token, _ = tokens.issue(tx, program.appid, apps.secret(tx, program))
    counted = []
    for endpoint, path in (
        ("/wxa/getwxacode", "pages/a"),
        ("/wxa/getwxacode", "pages/a"),
        ("/cgi-bin/wxaapp/createwxaqrcode", "pages/b"),
    ):
        _, headers, _ = call(mp, "POST", endpoint, query={"access_token": token}, json={"path": path})
        counted.append({name.lower(): value for name, value in headers.items()}["num-used"])
    assert counted == ["1", "1", "2"], "the same path is the same code"


def test_a_code_takes_its_colour_and_loses_its_ground(tx: Tx, call: Any, program: App) -> None:
    body = {"path": "pages/a", "line_color": {"r": 200, "g": "10", "b": 10}, "is_hyaline": True}
    kind, drawn = picture(tx, call, program, "/wxa/getwxacode", body)
    assert (kind, drawn.format, drawn.width) == ("image/png", "PNG", 430)
    colors = {color for _, color in drawn.convert("RGBA").getcolors()}  # type: ignore[union-attr]
    assert (200, 10, 10, 255) in colors and any(color[3] == 0 for color in colors)  # type: ignore[index]
    _, black = picture(tx, call, program, "/wxa/getwxacode", {**body, "auto_color": True})
    assert (0, 0, 0, 255) in {color for _, color in black.convert("RGBA").getcolors()}  # type: ignore[union-attr]


def test_a_code_is_as_wide_as_published_and_wears_the_programs_picture(
    tx: Tx, call: Any, program: App
) -> None:
    for asked, width in ((0, 430), (100, 280), (333, 333), (5000, 1280)):
        for path in ("/wxa/getwxacode", "/cgi-bin/wxaapp/createwxaqrcode"):
            _, drawn = picture(tx, call, program, path, {"path": "pages/a", "width": asked})
            assert drawn.size == (width, width)
    out = io.BytesIO()
    Image.new("RGB", (80, 80), (20, 90, 60)).save(out, "PNG")
    made = files.prepare(tx.blobs, kind=FileKind.IMAGE, content=out.getvalue(), content_type="", name="p")
    avatar = files.keep_prepared(tx, made, owner=program.appid).handle
    dressed = tx.update(program, avatar=avatar)
    body = {"path": "pages/a", "auto_color": True, "line_color": {"r": 250}, "is_hyaline": True}
    _, drawn = picture(tx, call, dressed, "/wxa/getwxacode", body)
    assert drawn.getpixel((215, 215)) == (20, 90, 60, 255)
    colors = {color for _, color in drawn.getcolors() or [] if color[3] == 255}  # type: ignore[index]
    assert colors == {(20, 90, 60, 255)}, "the rays take the picture's colour"


@pytest.mark.parametrize(
    ("path", "body", "errcode"),
    [
        ("/wxa/getwxacode", {}, 40159),
        ("/wxa/getwxacode", {"path": "/pages/a"}, 40159),
        ("/cgi-bin/wxaapp/createwxaqrcode", {"path": "p" * 129}, 40159),
        ("/wxa/getwxacode", {"path": "p?scancode_time=1"}, 85096),
        ("/wxa/getwxacodeunlimit", {"page": "pages/a"}, 40169),
        ("/wxa/getwxacodeunlimit", {"page": "pages/a", "scene": "x" * 33}, 40169),
        ("/wxa/getwxacodeunlimit", {"page": "pages/a", "scene": "a%20b"}, 40129),
        ("/wxa/getwxacodeunlimit", {"page": "pages/a", "scene": "scancode_time=1"}, 85096),
        ("/wxa/getwxacodeunlimit", {"page": "/pages/a", "scene": "a", "check_path": False}, 41030),
        ("/wxa/getwxacodeunlimit", {"page": "pages/a", "scene": "a"}, 41030),
        ("/wxa/getwxacode", {"path": "p", "width": 2**70}, 40097),
        ("/wxa/getwxacode", {"path": "p", "env_version": "dance"}, 40097),
    ],
)
def test_a_bad_code_gets_its_published_error(
    tx: Tx, api: Any, program: App, path: str, body: dict[str, Any], errcode: int
) -> None:
    assert api("POST", path, as_=program, json=body)["errcode"] == errcode
    assert tx.value("select count(*) from apps_code") == 0


def test_an_account_has_no_program_codes(api: Any, account: App) -> None:
    assert api("POST", "/wxa/getwxacode", as_=account, json={"path": "p"})["errcode"] == 48001
    body = {"scene": "a", "page": "p"}
    assert api("POST", "/wxa/getwxacodeunlimit", as_=account, json=body)["errcode"] == 48001


def release(tx: Tx, program: App, ann: User) -> None:
    version = versions.upload(
        tx,
        appid=program.appid,
        number="1.0.0",
        description="",
        content_hash="0" * 64,
        size_bytes=1,
        pages=["pages/a"],
        uploaded_by=ann.id,
    )
    versions.release(tx, appid=program.appid, version_id=version.id)


@pytest.mark.parametrize(
    ("page", "errcode"),
    [
        ({"path": "pages/none"}, 40165),
        ({"path": "pages/a?b=1"}, 40165),
        ({"path": "pages/a", "query": "桌=7"}, 40212),
        ({"path": "pages/a", "query": "q" * 1025}, 40212),
        ({"path": "pages/a", "env_version": "dance"}, 85402),
    ],
)
def test_a_bad_link_gets_its_published_error(
    tx: Tx, api: Any, program: App, ann: User, page: dict[str, Any], errcode: int
) -> None:
    tag = {"jump_wxa": page, "model_id": "kettle"}
    asked = {
        "/wxa/generatescheme": {"jump_wxa": page},
        "/wxa/generate_urllink": page,
        "/wxa/generatenfcscheme": tag,
    }
    for path in asked:
        good = {"model_id": "kettle"}
        assert api("POST", path, as_=program, json=good)["errcode"] == 85079, "nothing is released"
    release(tx, program, ann)
    for path, body in asked.items():
        assert api("POST", path, as_=program, json=body)["errcode"] == errcode
    assert tx.value("select count(*) from miniapp_link") == 0


def test_a_tags_scheme_is_one_for_each_model_and_serial_number(
    tx: Tx, api: Any, program: App, ann: User
) -> None:
    release(tx, program, ann)

    def make(**asked: Any) -> Any:
        return api("POST", "/wxa/generatenfcscheme", as_=program, json=asked)

    page = {"path": "/pages/a", "query": "table=7"}
    made = make(jump_wxa=page, model_id="kettle", sn="18")
    assert made["openlink"].startswith("weixin://dl/business/?t=")
    assert codes.resolve(tx, made["openlink"]).target["query"] == "table=7"
    told = api("POST", "/wxa/queryscheme", as_=program, json={"scheme": made["openlink"]})["scheme_info"]
    assert (told["path"], told["expire_time"]) == ("pages/a", 0)
    assert make(jump_wxa={"path": "pages/a"}, model_id="kettle", sn="18")["errcode"] == 9800010
    assert make(model_id="kettle")["openlink"] != made["openlink"]
    assert make(model_id="a kettle")["errcode"] == 9800003
    assert make(model_id="kettle", sn="茶" * 43)["errcode"] == 9800001
    assert make(sn="18")["errcode"] == 40097


def test_a_short_link_leads_to_a_released_page_and_cuts_its_title(
    tx: Tx, api: Any, program: App, ann: User
) -> None:
    def make(**asked: Any) -> Any:
        return api("POST", "/wxa/genwxashortlink", as_=program, json=asked)

    assert make(page_url="pages/a")["errcode"] == 40066
    release(tx, program, ann)
    for wrong in ("/pages/a", "pages/none", "pages/a?" + "b" * 1024, ""):
        assert make(page_url=wrong)["errcode"] == 40066
    assert make(page_url="pages/a", page_title="a\nb")["errcode"] == 40225
    make(page_url="pages/a?b=1", page_title="茶" * 25)
    assert tx.value("select title from miniapp_link") == "茶" * 20 + "..."


def test_links_are_made_and_asked_about(tx: Tx, api: Any, program: App, ann: User) -> None:
    release(tx, program, ann)
    page = {"path": "pages/a", "query": "x=1", "env_version": "release"}
    scheme = api(
        "POST",
        "/wxa/generatescheme",
        as_=program,
        json={"jump_wxa": page, "expire_type": 1, "expire_interval": 3},
    )["openlink"]
    info = api("POST", "/wxa/queryscheme", as_=program, json={"scheme": scheme})
    assert info["scheme_info"] == {
        "appid": program.appid,
        "path": "pages/a",
        "query": "x=1",
        "create_time": tx.now // 1000,
        "expire_time": tx.now // 1000 + 3 * 86400,
        "env_version": "release",
    }
    link = api("POST", "/wxa/generate_urllink", as_=program, json=page)["url_link"]
    assert "/l/" in link, "reached by mount, a browser opens it at this home"
    assert codes.resolve(tx, program_codes.canonical(link)).target["query"] == "x=1"
    asked = api("POST", "/wxa/query_urllink", as_=program, json={"url_link": link})
    assert asked["url_link_info"]["path"] == "pages/a" and asked["quota_info"]["remain_visit_quota"] > 0
    quota = api("POST", "/wxa/query_urllink", as_=program, json={"query_type": 1})
    assert "url_link_info" not in quota
    short = {"page_url": "pages/a?x=1", "page_title": "点单", "is_permanent": True}
    assert api("POST", "/wxa/genwxashortlink", as_=program, json=short)["link"].startswith("#小程序://")
    late = {"expire_type": 1, "expire_interval": 31, **page}
    assert api("POST", "/wxa/generate_urllink", as_=program, json=late)["errcode"] == 85401
    assert api("POST", "/wxa/queryscheme", as_=program, json={"scheme": link})["errcode"] == 85403
