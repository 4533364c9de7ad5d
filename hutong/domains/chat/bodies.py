"""What a message can carry. `kind` tells the bodies apart in the database and on every wire."""

from typing import Annotated

from msgspec import Meta

from hutong.kernel.endpoints import Id
from hutong.kernel.frozen import Frozen

Line = Annotated[str, Meta(max_length=256)]
Words = Annotated[str, Meta(max_length=4096)]
Address = Annotated[str, Meta(max_length=2048)]
Handle = Annotated[str, Meta(max_length=64)]
TEXT_CHARACTERS = 10_000
EVERYONE = "all"


class Body(Frozen, tag_field="kind"):
    """Base of every body."""


class Text(Body, tag="text"):
    """Words. `mentions` are user ids in decimal, or "all" from a group's owner and admins."""

    text: Annotated[str, Meta(min_length=1, max_length=TEXT_CHARACTERS)]
    mentions: Annotated[list[Annotated[str, Meta(max_length=20)]], Meta(max_length=500)] = []


class TextPart(Frozen):
    """Some words, and where they lead: to an address, or to a page of a mini program."""

    text: str
    url: Address = ""
    appid: Annotated[str, Meta(max_length=32)] = ""
    path: Annotated[str, Meta(max_length=1024)] = ""


class LinkedText(Body, tag="linked_text"):
    """Words of an account with links in them."""

    parts: Annotated[list[TextPart], Meta(min_length=1, max_length=1000)]


class Image(Body, tag="image"):
    media: Handle
    width: Annotated[int, Meta(ge=0, le=100_000)] = 0
    height: Annotated[int, Meta(ge=0, le=100_000)] = 0


class Voice(Body, tag="voice"):
    media: Handle
    duration_ms: Annotated[int, Meta(ge=0, le=60_000)] = 0
    text: Words = ""  # what was said, when somebody has transcribed it


class Video(Body, tag="video"):
    media: Handle
    duration_ms: Annotated[int, Meta(ge=0, le=3_600_000)] = 0
    cover: Handle = ""


class File(Body, tag="file"):
    media: Handle
    name: Line = ""
    size_bytes: Annotated[int, Meta(ge=0, le=2**53)] = 0


class Link(Body, tag="link"):
    url: Annotated[str, Meta(max_length=2048, pattern=r"^https?://[^\s]+\Z")]
    title: Annotated[str, Meta(min_length=1, max_length=256)]
    description: Words = ""
    picture: Handle = ""
    picture_url: Address = ""  # for what an account sends: a picture kept elsewhere


class MiniProgramCard(Body, tag="mini_program"):
    """A page of a mini program, ready to be opened. With `share_ticket` it learns in which group that is.

    One that is private names its sender, who alone may send it, and what it invites to.
    """

    appid: Annotated[str, Meta(min_length=1, max_length=32)]
    title: Annotated[str, Meta(min_length=1, max_length=256)]
    path: Annotated[str, Meta(max_length=1024)] = ""
    picture: Handle = ""
    share_ticket: bool = False
    private_from: Annotated[str, Meta(max_length=20, pattern=r"^[0-9]*\Z")] = ""
    activity_id: Line = ""


class ArticleCard(Body, tag="article"):
    """An article of an account, to be read. `article` is its handle, `source` the account's name."""

    article: Annotated[str, Meta(min_length=1, max_length=64)]
    title: Annotated[str, Meta(min_length=1, max_length=256)]
    description: Words = ""
    picture: Handle = ""
    source: Line = ""


class ContactCard(Body, tag="contact"):
    """A person, to be asked to become a contact."""

    user_id: Id
    nickname: Line = ""
    avatar: Handle = ""


class AccountCard(Body, tag="account"):
    """An official account, to be followed."""

    appid: Annotated[str, Meta(min_length=1, max_length=32)]
    name: Line = ""


class Location(Body, tag="location"):
    latitude: Annotated[float, Meta(ge=-90, le=90)]
    longitude: Annotated[float, Meta(ge=-180, le=180)]
    name: Line = ""
    address: Line = ""
    scale: Annotated[int, Meta(ge=1, le=28)] = 16


class Article(Frozen):
    """One that was published here has a handle in `article` and its cover in `picture`; any other has addresses."""

    title: str
    description: str = ""
    url: str = ""
    picture_url: str = ""
    article: str = ""
    picture: Handle = ""


class News(Body, tag="news"):
    """One to eight articles of an account."""

    articles: list[Article]


class NoticeField(Frozen):
    name: str
    value: str
    color: str = ""


class Notice(Body, tag="notice"):
    """A notice or receipt made from a template. It opens the page if it has one, else the address."""

    title: str
    fields: list[NoticeField]
    first: str = ""
    remark: str = ""
    url: str = ""
    appid: str = ""
    path: str = ""
    template_id: str = ""
    channel: str = ""  # which version of the program the page is of, when it is not the released one
    sender_name: str = ""  # who tells it, where the conversation does not say
    action: str = ""  # what the link to the page says, when the sender chose its language


class Choice(Frozen):
    id: str
    content: str


class Menu(Body, tag="menu"):
    """Choices an account offers; choosing one says its content with the choice's id."""

    head: str
    choices: list[Choice]
    tail: str = ""


class Chosen(Body, tag="chosen"):
    """A person's answer to a Menu."""

    id: Annotated[str, Meta(max_length=128)]
    content: Annotated[str, Meta(min_length=1, max_length=1024)]


class SystemLine(Body, tag="system"):
    """A line the conversation itself says: who came, who left, what was renamed. Clients word `event`."""

    event: str
    actor: str = ""  # user id in decimal
    targets: list[str] = []
    text: str = ""


class Recalled(Body, tag="recalled"):
    """What is left of a message taken back."""

    by: str


PersonBody = (
    Text
    | Image
    | Voice
    | Video
    | File
    | Link
    | MiniProgramCard
    | ArticleCard
    | ContactCard
    | AccountCard
    | Location
    | Chosen
)
"""What people may say."""

MessageBody = PersonBody | LinkedText | News | Notice | Menu | SystemLine | Recalled


def excerpt(body: MessageBody, *, characters: int = 80) -> str:
    """The words of a body in one short line; empty where clients have a word of their own for its kind."""
    match body:
        case Text(text=words) | Chosen(content=words):
            line = words
        case LinkedText(parts=parts):
            line = "".join(part.text for part in parts)
        case (
            Link(title=title) | MiniProgramCard(title=title) | ArticleCard(title=title) | Notice(title=title)
        ):
            line = title
        case File(name=name) | Location(name=name) | AccountCard(name=name) | ContactCard(nickname=name):
            line = name
        case News(articles=articles) if articles:
            line = articles[0].title
        case Menu(head=head):
            line = head
        case _:
            line = ""
    return " ".join(line.split())[:characters]
