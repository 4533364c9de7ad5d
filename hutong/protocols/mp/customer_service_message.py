"""客服消息: what an account or program writes to a person in answer to something the person did."""

from typing import Annotated

from msgspec import Meta

from hutong.domains.apps import apps, materials, openids
from hutong.domains.apps.errors import APP_UNKNOWN
from hutong.domains.apps.tables import App, AppKind
from hutong.domains.chat import bodies
from hutong.domains.media.tables import FileKind
from hutong.domains.official import articles, service
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Int64, Request
from hutong.kernel.errors import DomainError

from .errors import (
    ARTICLES_INVALID,
    CONTENT_MISSING,
    MESSAGE_TYPE_INVALID,
    SERVICE_ACCOUNT_UNKNOWN,
    TYPING_COMMAND_INVALID,
)
from .protocol import mp

Short = Annotated[str, Meta(max_length=256)]
Url = Annotated[str, Meta(max_length=2048)]


class Text(Request):
    content: Annotated[str, Meta(max_length=4096)]


class Media(Request):
    media_id: str


class Video(Request):
    media_id: str
    thumb_media_id: str = ""
    title: Short = ""
    description: str = ""


class Music(Request):
    musicurl: Url
    hqmusicurl: Url = ""
    thumb_media_id: str = ""
    title: Short = ""
    description: str = ""


class Article(Request):
    title: Short = ""
    description: str = ""
    url: Url = ""
    picurl: Url = ""


class News(Request):
    articles: list[Article]


class PublishedArticles(Request):
    article_id: Annotated[str, Meta(max_length=128)]


class Choice(Request):
    id: str | Int64
    content: Annotated[str, Meta(min_length=1, max_length=1024)]


class Menu(Request):
    list: Annotated[list[Choice], Meta(min_length=1, max_length=50)]
    head_content: str = ""
    tail_content: str = ""


class ProgramPage(Request):
    pagepath: Annotated[str, Meta(max_length=1024)]
    thumb_media_id: str
    title: Short = ""
    appid: str = ""


class Link(Request):
    title: Short
    url: Url
    description: str = ""
    thumb_url: Url = ""


class ServiceAccount(Request):
    kf_account: str


class CustomMessage(Request):
    touser: Annotated[str, Meta(max_length=128)]
    msgtype: str
    text: Text | None = None
    image: Media | None = None
    voice: Media | None = None
    video: Video | None = None
    music: Music | None = None
    news: News | None = None
    mpnewsarticle: PublishedArticles | None = None
    msgmenu: Menu | None = None
    miniprogrampage: ProgramPage | None = None
    link: Link | None = None
    customservice: ServiceAccount | None = None


def body_of(snapshot: Snapshot, app: App, req: CustomMessage) -> bodies.MessageBody:
    """What the message says. Articles kept as material (`mpnews`) are published first, and coupons not sent."""
    if req.msgtype not in (
        "text",
        "image",
        "voice",
        "video",
        "music",
        "news",
        "mpnewsarticle",
        "msgmenu",
        "miniprogrampage",
        "link",
    ):
        raise DomainError(MESSAGE_TYPE_INVALID, msgtype=req.msgtype)
    match getattr(req, req.msgtype):
        case None:
            raise DomainError(CONTENT_MISSING, msgtype=req.msgtype)
        case Text(content=content):
            if not content:
                raise DomainError(CONTENT_MISSING)
            return bodies.Text(content)
        case Media(media_id=media_id) if req.msgtype == "image":
            return picture(snapshot, app.appid, media_id)
        case Media(media_id=media_id):
            return voice(snapshot, app.appid, media_id)
        case Video() as video:
            return film(snapshot, app.appid, video.media_id, video.thumb_media_id)
        case Music() as music:
            thumb = cover(snapshot, app.appid, music.thumb_media_id)
            return bodies.Link(
                music.musicurl or music.hqmusicurl, music.title or "♪", music.description, picture=thumb
            )
        case News(articles=outside):
            if len(outside) != 1:
                raise DomainError(ARTICLES_INVALID)
            (article,) = outside
            return bodies.News(
                [bodies.Article(article.title, article.description, article.url, article.picurl)]
            )
        case PublishedArticles(article_id=article_id):
            return articles.message(snapshot, appid=app.appid, article_id=article_id)
        case Menu() as menu:
            choices = [bodies.Choice(str(choice.id), choice.content) for choice in menu.list]
            return bodies.Menu(menu.head_content, choices, menu.tail_content)
        case ProgramPage() as page:
            return card(snapshot, app, page)
        case Link() as link:
            return bodies.Link(link.url, link.title, link.description, picture_url=link.thumb_url)
    raise DomainError(MESSAGE_TYPE_INVALID, msgtype=req.msgtype)


def cover(snapshot: Snapshot, appid: str, media_id: str) -> str:
    """The picture behind a media id; empty for an empty one."""
    if not media_id:
        return ""
    return materials.file(snapshot, appid=appid, media_id=media_id, kind=FileKind.IMAGE).handle


def picture(snapshot: Snapshot, appid: str, media_id: str) -> bodies.Image:
    file = materials.file(snapshot, appid=appid, media_id=media_id, kind=FileKind.IMAGE)
    return bodies.Image(file.handle, file.width, file.height)


def voice(snapshot: Snapshot, appid: str, media_id: str) -> bodies.Voice:
    return bodies.Voice(materials.file(snapshot, appid=appid, media_id=media_id, kind=FileKind.VOICE).handle)


def film(snapshot: Snapshot, appid: str, media_id: str, thumb_media_id: str) -> bodies.Video:
    file = materials.file(snapshot, appid=appid, media_id=media_id, kind=FileKind.VIDEO)
    return bodies.Video(file.handle, cover=cover(snapshot, appid, thumb_media_id))


def card(snapshot: Snapshot, app: App, page: ProgramPage) -> bodies.MiniProgramCard:
    """A page of a mini program; a mini program's own customer service need not say which."""
    appid = page.appid or app.appid
    program = apps.get(snapshot, appid)
    if program.kind is not AppKind.MINI_PROGRAM:
        raise DomainError(APP_UNKNOWN, appid=appid)
    thumb = cover(snapshot, app.appid, page.thumb_media_id)
    return bodies.MiniProgramCard(appid, page.title or program.name, page.pagepath, thumb)


@mp.post("/cgi-bin/message/custom/send")
def send(tx: Tx, app: App, req: CustomMessage) -> None:
    """发送客服消息"""
    user_id = openids.user_of(tx, appid=app.appid, openid=req.touser)
    if req.customservice is not None and req.customservice.kf_account:
        raise DomainError(SERVICE_ACCOUNT_UNKNOWN, kf_account=req.customservice.kf_account)
    service.send(tx, appid=app.appid, user_id=user_id, body=body_of(tx, app, req))


class TypingRequest(Request):
    touser: Annotated[str, Meta(max_length=128)]
    command: str


@mp.post("/cgi-bin/message/custom/typing")
def typing(tx: Tx, app: App, req: TypingRequest) -> None:
    """客服输入状态"""
    if req.command not in ("Typing", "CancelTyping"):
        raise DomainError(TYPING_COMMAND_INVALID)
    user_id = openids.user_of(tx, appid=app.appid, openid=req.touser)
    service.type_(tx, appid=app.appid, user_id=user_id, typing=req.command == "Typing")
