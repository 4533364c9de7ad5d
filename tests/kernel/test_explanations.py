import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto
from wechatpy.enterprise.crypto import WeChatCrypto as CorpCrypto

from hutong.kernel import envelopes, xml
from hutong.kernel.explanations import (
    PushAccount,
    PushEnvelope,
    compare,
    explain_echo,
    explain_push,
    visible,
)

OWN = PushAccount("茶馆", "teatoken", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wx1111111111111111")
OTHER = PushAccount("书店", "booktoken", "GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcbA", "wx2222222222222222")
SUITE = PushAccount("套件", "teatoken", OWN.encoding_aes_key, "ww3333333333333333")


def answered(account: PushAccount, **changes: str) -> PushEnvelope:
    """An encrypted answer as wechatpy writes it with an account's settings."""
    crypto = WeChatCrypto(account.token, account.encoding_aes_key, account.receiver_id)
    body = crypto.encrypt_message("<xml><Content>好</Content></xml>", "nonce1", "1800000000")
    fields = xml.texts(xml.parse(body.encode()))
    parts = {
        "signature": fields["MsgSignature"],
        "timestamp": fields["TimeStamp"],
        "nonce": fields["Nonce"],
        "encrypted": fields["Encrypt"],
    }
    return PushEnvelope(**(parts | changes))


def settings(**changes: str) -> PushAccount:
    """What the developer has configured, where it differs from what we have."""
    fields = {name: getattr(OWN, name) for name in ("name", "token", "encoding_aes_key", "receiver_id")}
    return PushAccount(**(fields | changes))


def plain_signature(answer: PushEnvelope) -> str:
    return envelopes.push_signature(OWN.token, answer.timestamp, answer.nonce)


def unsorted(answer: PushEnvelope) -> str:
    text = OWN.token + answer.timestamp + answer.nonce + answer.encrypted
    return hashlib.sha1(text.encode()).hexdigest()


HONEST = answered(OWN)


@pytest.mark.parametrize(
    ("cause", "answer"),
    [
        ("none", HONEST),
        ("plain_signature", answered(OWN, signature=plain_signature(HONEST))),
        ("signature_missing", answered(OWN, signature="")),
        ("token_of_other", answered(settings(token=OTHER.token))),
        ("token_spelling", answered(settings(token=OWN.token + "\n"))),
        ("token_spelling", answered(settings(token=OWN.token.upper()))),
        ("token_empty", answered(settings(token=""))),
        ("aes_key_as_token", answered(settings(token=OWN.encoding_aes_key))),
        ("token_differs", answered(settings(token="unknown"))),
        ("token_differs", answered(OWN, timestamp="1800000001")),
        ("signature_length", answered(OWN, signature="abc")),
        ("aes_key_of_other", answered(settings(encoding_aes_key=OTHER.encoding_aes_key))),
        ("aes_key_differs", answered(settings(encoding_aes_key="Z" * 42 + "A"))),
        ("receiver_differs", answered(settings(receiver_id=OTHER.receiver_id))),
        ("receiver_differs", answered(settings(receiver_id="wwunknown"))),
    ],
)
def test_a_refused_answer_is_explained(cause: str, answer: PushEnvelope) -> None:
    explanation = explain_push(answer, OWN, [OTHER, SUITE])
    assert explanation.causes == (cause,)
    assert explanation.zh.endswith("。") and explanation.en.endswith(".")


def test_the_owner_of_a_wrong_setting_is_named() -> None:
    token = explain_push(answered(settings(token=OTHER.token)), OWN, [OTHER])
    assert "书店" in token.zh and "书店" in token.en
    receiver = explain_push(answered(settings(receiver_id=SUITE.receiver_id)), OWN, [OTHER, SUITE])
    assert "套件" in receiver.en and SUITE.receiver_id in receiver.zh and "suite id" in receiver.en


def test_the_text_that_fits_is_compared() -> None:
    explanation = explain_push(answered(settings(token=OTHER.token)), OWN, [OTHER])
    assert OTHER.token.encode() in (explanation.fitting or b"")
    assert {segment.kind for segment in explanation.diff} == {"same", "server", "client"}


def test_values_of_one_answer_spelled_otherwise_are_told() -> None:
    upper = PushEnvelope(HONEST.signature.upper(), HONEST.timestamp, HONEST.nonce, HONEST.encrypted)
    assert explain_push(upper, OWN).causes == ("signature_spelling",)
    joined = PushEnvelope(unsorted(HONEST), HONEST.timestamp, HONEST.nonce, HONEST.encrypted)
    assert explain_push(joined, OWN).causes == ("unsorted",)
    plain = PushEnvelope(plain_signature(HONEST), HONEST.timestamp, HONEST.nonce, HONEST.encrypted)
    assert explain_push(plain, OWN).causes == ("plain_signature",)
    signature = envelopes.push_signature(OWN.token, "1", "n", "not base64")
    assert explain_push(PushEnvelope(signature, "1", "n", "not base64"), OWN).causes == ("not_base64",)


def test_a_corps_answer_is_explained_alike() -> None:
    corp = PushAccount("公司", "corptoken", OWN.encoding_aes_key, "ww4444444444444444")
    body = CorpCrypto(corp.token, corp.encoding_aes_key, SUITE.receiver_id).encrypt_message("x", "n", "1")
    fields = xml.texts(xml.parse(body.encode()))
    answer = PushEnvelope(fields["MsgSignature"], fields["TimeStamp"], fields["Nonce"], fields["Encrypt"])
    assert explain_push(answer, corp).causes == ("receiver_differs",)


@pytest.mark.parametrize(
    ("cause", "answer"),
    [
        ("none", b"1616140317555161061"),
        ("echo_empty", b" \n"),
        ("echo_encrypted", b"SEALED=="),
        ("echo_bom", b"\xef\xbb\xbf1616140317555161061"),
        ("echo_quoted", b'"1616140317555161061"'),
        ("echo_whitespace", b"1616140317555161061\n"),
        ("echo_html", b"<!doctype html><title>404</title>"),
        ("echo_surrounded", b'{"echostr": "1616140317555161061"}'),
        ("echo_success", b"success"),
        ("echo_other", b"42"),
    ],
)
def test_a_failed_address_check_is_explained(cause: str, answer: bytes) -> None:
    assert explain_echo("1616140317555161061", answer, sent="SEALED==").causes == (cause,)


def test_line_ends_and_odd_bytes_are_visible() -> None:
    assert visible(b"a\r\nb\tc\xff\x01") == "a␍␊\nb␉c\\xff\\x01"


@given(st.binary(max_size=80), st.binary(max_size=80))
def test_a_comparison_tells_both_sides_whole(server: bytes, client: bytes) -> None:
    segments = compare(server, client)
    for side, text in (("server", server), ("client", client)):
        told = "".join(segment.text for segment in segments if segment.kind in ("same", side))
        assert told == visible(text)


def test_a_character_is_never_cut_in_two() -> None:
    segments = compare("价格：茶".encode(), "价格：菜".encode())
    assert [(s.kind, s.text) for s in segments] == [("same", "价格："), ("server", "茶"), ("client", "菜")]


def test_what_is_told_is_plain_text() -> None:
    told = explain_push(answered(settings(token=OTHER.token)), OWN, [OTHER]).told()
    assert json.loads(json.dumps(told)) == told
    assert told["causes"] == ["token_of_other"] and OTHER.token in told["fitting"]
