"""Finding people and becoming contacts over the client protocol."""

from .conftest import Device


def meet(a: Device, b: Device) -> None:
    request_id = a.post("/contact-requests", {"user_id": b.id, "greeting": "hello"})["request_id"]
    b.post(f"/contact-requests/{request_id}/accept")


def test_a_person_is_found_asked_and_known(ann: Device, ben: Device) -> None:
    found = ann.get("/people", username=ben.username)
    assert (found["user_id"], found["name"], found["contact"]) == (ben.id, "Ben", None)
    asked = ann.post("/contact-requests", {"user_id": ben.id, "greeting": "from the lane"})
    assert asked["contact"] is False and ann.get(f"/people/{ben.id}")["asked"] is True
    (request,) = ben.get("/contact-requests")["requests"]
    assert (request["person"]["nickname"], request["greeting"], request["state"]) == (
        "Ann",
        "from the lane",
        "PENDING",
    )
    assert ben.get(f"/people/{ann.id}")["request_id"] == request["request_id"]
    card = ben.post(f"/contact-requests/{request['request_id']}/accept")
    assert card["contact"]["source"] == "USERNAME"
    assert [line["person"]["user_id"] for line in ann.get("/contacts")["contacts"]] == [ben.id]


def test_a_personal_code_finds_its_person_until_it_is_renewed(ann: Device, ben: Device) -> None:
    text = ann.post("/me/code")["text"]
    assert ann.post("/me/code")["text"] == text
    assert ben.get("/people", code=text)["user_id"] == ann.id
    renewed = ann.post("/me/code/renew")["text"]
    assert ben.get("/people", code=text, status=404)["error"]["code"] == "identity.user_unknown"
    assert ben.get("/people", code=renewed)["user_id"] == ann.id


def test_remark_star_and_tags_are_mine(ann: Device, ben: Device) -> None:
    meet(ann, ben)
    tag = ann.post("/contact-tags", {"name": "tea"})
    card = ann.patch(f"/contacts/{ben.id}", {"remark": "Benny", "starred": True, "tag_ids": [tag["tag_id"]]})
    assert (card["name"], card["contact"]["starred"], card["contact"]["tag_ids"]) == (
        "Benny",
        True,
        [tag["tag_id"]],
    )
    assert ann.patch(f"/contact-tags/{tag['tag_id']}", {"name": "oolong"})["name"] == "oolong"
    assert ann.get("/contact-tags")["tags"] == [{"tag_id": tag["tag_id"], "name": "oolong"}]
    ann.delete(f"/contact-tags/{tag['tag_id']}")
    assert ann.get(f"/people/{ben.id}")["contact"]["tag_ids"] == []
    assert ben.get(f"/people/{ann.id}")["name"] == "Ann"
    assert ann.post("/people/many", {"user_ids": [ben.id, "1"]})["people"][0]["name"] == "Benny"


def test_blocking_and_deleting(ann: Device, ben: Device) -> None:
    meet(ann, ben)
    ann.put(f"/blocks/{ben.id}")
    assert ann.get("/blocks")["people"][0]["user_id"] == ben.id
    assert ann.get(f"/people/{ben.id}")["blocked"] and not ben.get(f"/people/{ann.id}")["blocked"]
    ann.delete(f"/blocks/{ben.id}")
    assert ann.get("/blocks") == {"people": [], "next": None}
    ann.delete(f"/contacts/{ben.id}")
    assert ann.get("/contacts")["contacts"] == []


def test_contacts_come_in_pages(ann: Device, device: type[Device]) -> None:
    others = [device(f"Other {number}") for number in range(3)]  # type: ignore[call-arg,arg-type]
    for other in others:
        meet(ann, other)
    first = ann.get("/contacts", limit=2)
    rest = ann.get("/contacts", limit=2, after=first["next"])
    assert [line["person"]["user_id"] for line in first["contacts"] + rest["contacts"]] == [
        o.id for o in others
    ]
    assert rest["next"] is None


def test_bad_input_is_refused_and_changes_nothing(ann: Device, ben: Device) -> None:
    for body in (
        {},
        {"user_id": "x"},
        {"user_id": 12},
        {"user_id": "9" * 19},
        {"user_id": ben.id, "source": "?"},
    ):
        assert ann.post("/contact-requests", body, status=400)["error"]["code"] == "kernel.bad_request"
    assert (
        ann.post("/contact-requests", {"user_id": "1"}, status=404)["error"]["code"]
        == "identity.user_unknown"
    )
    too_long = {"user_id": ben.id, "greeting": "g" * 101}
    assert ann.post("/contact-requests", too_long, status=400)["error"]["code"] == "contacts.text_too_long"
    assert ben.get("/contact-requests")["requests"] == []
    refused = ann.request("POST", "/contact-requests", status=400, body=b'{"user_id": "' + b"[" * 5000)
    assert refused["error"]["code"] == "kernel.bad_request"
    deep = ann.request("POST", "/contact-requests", status=400, body=b"[" * 5000 + b"]" * 5000)
    assert deep["error"]["code"] == "kernel.bad_request"
    nul = ann.request("POST", "/contact-requests", status=400, body=b'{"user_id": "1\\u0000"}')
    assert nul["error"]["code"] == "kernel.bad_request"
