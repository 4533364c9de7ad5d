"""The newcomer's minute at the desk: two people and the shop's own server, from a friend's card to money given back."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from hutong.kernel.compiler import BUNDLE
from hutong.testing import Server
from tests.browser.conftest import WEB
from tests.browser.test_program_loop import TDESIGN, release
from tests.loop.shop import TeaShop

pytestmark = pytest.mark.skipif(
    not (WEB.exists() and BUNDLE.exists() and TDESIGN.exists()),
    reason="the web client or the runtime is not built; scripts/setup builds them",
)

SLOW_MS = 20_000


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TeaShop]:
    """The tea shop's server, its program with the shop's address in it, and Zhou Jun on duty at the counter."""
    with (
        Server(home=tmp_path_factory.mktemp("home")) as server,
        TeaShop(server, tmp_path_factory.mktemp("shop"), public_key=True) as running,
    ):
        release(server, running)
        code = running.ask("POST", "/staff/duty-code")
        assistant = server.person("zhoujun")
        found = assistant.scan(code["url"])
        assert found["following"] is False
        assistant.follow(running.account, ticket=found["ticket"])
        server.clock.settle()
        yield running


def phone(page: Page, username: str) -> FrameLocator:
    return page.frame_locator(f"iframe[src='/p/{username}/']")


def test_a_friends_card_leads_to_a_paid_cup_and_every_party_sees_its_side(
    browser: Browser, shop: TeaShop
) -> None:
    server = shop.server
    shopper = server.person("linwan")
    before = shopper.balance
    page = browser.new_page(locale="zh-CN", viewport={"width": 1600, "height": 960})
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.goto(f"{server.url}/desk")
    hers, his = phone(page, "linwan"), phone(page, "zhoujun")
    tip = page.get_by_role("complementary", name="试试：")
    expect(his.get_by_role("link", name="发现")).to_be_visible(timeout=SLOW_MS)

    # The suggestion leads to the friend's card; a tap on it opens the shop.
    expect(tip).to_contain_text("沈梅给林晚发来了茶铺的小程序", timeout=SLOW_MS)
    tip.get_by_role("button").click()
    hers.get_by_role("link", name="云间茶铺：今天的茶").click()
    program = hers.frame_locator("iframe")
    program.locator(".goods .t-button").first.click(timeout=SLOW_MS)
    expect(tip).to_contain_text("选一杯高山乌龙")
    program.get_by_text("大杯").first.click()
    program.get_by_text("珍珠").first.click()
    program.locator("#done .t-button").click()
    program.locator("#checkout .t-button").click()

    # The cashier slides up in the platform's own hands; the PIN is entered; it is paid.
    cashier = hers.get_by_role("dialog", name="付款")
    expect(cashier).to_contain_text("¥23.00", timeout=SLOW_MS)
    expect(tip).to_contain_text("正等着付款")
    for digit in shopper.pay_pin:
        cashier.get_by_role("button", name=digit, exact=True).click()
    expect(cashier.get_by_role("status")).to_contain_text("支付成功")
    cashier.get_by_role("button", name="完成").click()
    expect(program.locator("#state")).to_have_text("制作中", timeout=SLOW_MS)
    assert shopper.balance == before - 2300

    # His phone rings with the order, the trace has the whole road, her chats have the receipt.
    his.get_by_text("订单状态更新").click(timeout=SLOW_MS)
    expect(his.get_by_text("新订单：高山乌龙")).to_be_visible()
    lane = page.get_by_role("region", name="街上正在发生的事")
    for words in ("打开小程序", "输入支付密码付款", "把结果加密通知云间茶铺", "发送模板消息"):
        expect(lane.get_by_role("listitem").filter(has_text=words).first).to_be_visible(timeout=SLOW_MS)
    receipt = [line for line in shopper.messages(shop.account) if line["body"]["kind"] == "notice"]
    assert "付款成功" in str(receipt[-1]["body"])
    number = program.locator(".state .quiet").inner_text()

    # A refund of the cup lands in her wallet, and her program sees it.
    expect(tip).to_contain_text("已付")
    refund = {"request_id": "r1", "reason": "洒了", "lines": [{"number": 1, "quantity": 1}]}
    shop.ask("POST", f"/staff/orders/{number}/refunds", refund)
    expect(program.get_by_text("已退款")).to_be_visible(timeout=SLOW_MS)
    assert shopper.balance == before
    expect(tip).to_contain_text("七天", timeout=SLOW_MS)

    # Both phones come back as they were after a reload, and the merchant's console has the order.
    page.reload()
    expect(his.get_by_text("订单状态更新")).to_be_visible(timeout=SLOW_MS)
    page.goto(f"{server.url}/console/merchants/{shop.merchant.mchid}/orders")
    assert broken == []
    page.close()
