"""Programs that an account links: how many, whose, and where they are seen."""

import pytest

from hutong.domains.apps.tables import AppKind
from hutong.domains.official import errors as refusals
from hutong.domains.official import programs
from hutong.kernel.db import Tx
from hutong.kernel.errors import DomainError
from tests.domains.builders import an_app


@pytest.mark.shows("CNT-04")
def test_an_account_links_five_hundred_programs_and_shows_those_it_chose(tx: Tx) -> None:
    account = an_app(tx)
    others = [an_app(tx, kind=AppKind.MINI_PROGRAM, org_id=account.org_id) for _ in range(programs.MOST + 1)]
    for at, one in enumerate(others[:-1]):
        programs.link(tx, appid=account.appid, program_appid=one.appid, shown=at < 2, tell=False)
    assert {one.appid for one in programs.shown(tx, account.appid)} == {one.appid for one in others[:2]}
    with pytest.raises(DomainError, check=lambda error: error.code is refusals.PROGRAMS_FULL):
        programs.link(tx, appid=account.appid, program_appid=others[-1].appid, shown=True, tell=False)
    programs.unlink(tx, appid=account.appid, program_appid=others[0].appid)
    programs.link(tx, appid=account.appid, program_appid=others[-1].appid, shown=True, tell=False)
    shown = {one.appid for one in programs.shown(tx, account.appid)}
    assert shown == {others[1].appid, others[-1].appid}
