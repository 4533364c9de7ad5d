"""Addresses, invoice titles and plates a person keeps."""

from collections.abc import Callable

from hutong.kernel.clock import HandWound
from tests.protocols.client.conftest import Device

HOME = {
    "name": "Ann",
    "phone": "13800138000",
    "province": "北京市",
    "city": "北京市",
    "county": "东城区",
    "detail": "槐树胡同 8 号",
    "region_code": "110101",
    "postal_code": "100010",
}


def test_the_address_used_last_comes_first_and_belongs_to_one_person(
    clock: HandWound, ann: Device, device: Callable[..., Device]
) -> None:
    home = ann.post("/addresses", HOME)
    work = ann.post("/addresses", {**HOME, "detail": "钟楼湾 2 号"})
    clock.advance(1000)
    ann.post(f"/addresses/{home['address_id']}/use")
    assert next(one["detail"] for one in ann.get("/addresses")["addresses"]) == HOME["detail"]
    changed = ann.request(
        "PUT", f"/addresses/{work['address_id']}", status=200, json={**HOME, "detail": "鼓楼东大街 1 号"}
    )
    assert changed["detail"] == "鼓楼东大街 1 号"
    ben = device("Ben")
    assert ben.get("/addresses")["addresses"] == []
    ben.delete(f"/addresses/{work['address_id']}", status=404)
    ann.delete(f"/addresses/{work['address_id']}")
    assert len(ann.get("/addresses")["addresses"]) == 1
    ann.post("/addresses", {**HOME, "phone": "nine"}, status=400)
    ann.post("/addresses", {**HOME, "detail": " "}, status=400)


def test_a_company_is_not_kept_without_its_tax_number(clock: HandWound, ann: Device) -> None:
    company = {"kind": "COMPANY", "title": "Lantern Works", "tax_number": "91110000MA00000000"}
    kept = ann.post("/invoice-titles", company)
    ann.post("/invoice-titles", {**company, "tax_number": ""}, status=400)
    own = ann.post("/invoice-titles", {"kind": "PERSON", "title": "Ann"})
    clock.advance(1000)
    ann.post(f"/invoice-titles/{kept['title_id']}/use")
    assert next(one["title"] for one in ann.get("/invoice-titles")["titles"]) == "Lantern Works"
    ann.delete(f"/invoice-titles/{own['title_id']}")
    assert len(ann.get("/invoice-titles")["titles"]) == 1


def test_a_plate_is_kept_once(ann: Device) -> None:
    for _ in range(2):
        ann.put("/license-plates/京A12345")
    assert ann.get("/license-plates")["numbers"] == ["京A12345"]
    ann.put("/license-plates/12345", status=400)
    ann.delete("/license-plates/京A12345")
    assert ann.get("/license-plates")["numbers"] == []


def test_no_more_than_fifty_addresses_are_kept(ann: Device) -> None:
    for _ in range(50):
        ann.post("/addresses", HOME)
    ann.post("/addresses", HOME, status=429)
