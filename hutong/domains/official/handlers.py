"""What official accounts do when another room announces something."""

from hutong.domains.chat.events import AccountMessageSent
from hutong.kernel.db import Tx
from hutong.kernel.events import on

from . import allowances, programs
from .events import ProgramLinked
from .tables import Act


@on(AccountMessageSent, name="official.open_window")
def open_window(tx: Tx, event: AccountMessageSent) -> None:
    """A person spoke: the account may answer for the published time."""
    allowances.open_(tx, appid=event.appid, user_id=event.user_id, act=Act.MESSAGE)


@on(ProgramLinked, name="official.tell_of_program")
def tell_of_program(tx: Tx, event: ProgramLinked) -> None:
    """The account's fans hear of a linked program, some at a time."""
    programs.tell_fans(tx, appid=event.appid, program_appid=event.program_appid, after=event.after)
