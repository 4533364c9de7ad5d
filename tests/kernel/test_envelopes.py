import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st
from wechatpayv3 import utils as wechatpayv3
from wechatpy.crypto import WeChatCrypto, WeChatWxaCrypto
from wechatpy.exceptions import InvalidAppIdException
from wechatpy.utils import check_signature

from hutong.kernel import envelopes, xml
from hutong.kernel.envelopes import BrokenEnvelope, Flaw

AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
API_V3_KEY = "0123456789abcdef0123456789abcdef"


def test_wechatpy_opens_what_we_seal() -> None:
    encrypted = envelopes.seal_push(AES_KEY, "<xml><Content>茶</Content></xml>".encode(), receiver_id="wx1")
    signature = envelopes.push_signature("token", "1700000000", "n", encrypted)
    body = xml.write({"ToUserName": "gh_1", "Encrypt": encrypted}).decode()
    opened = WeChatCrypto("token", AES_KEY, "wx1").decrypt_message(body, signature, "1700000000", "n")
    assert opened == "<xml><Content>茶</Content></xml>"


def test_we_open_what_wechatpy_seals() -> None:
    reply = WeChatCrypto("token", AES_KEY, "wx1").encrypt_message("<xml>好</xml>", "n", "1700000000")
    fields = xml.texts(xml.parse(reply.encode()))
    assert envelopes.push_signature_fits(
        fields["MsgSignature"], "token", "1700000000", "n", fields["Encrypt"]
    )
    assert envelopes.open_push(AES_KEY, fields["Encrypt"], receiver_id="wx1") == "<xml>好</xml>".encode()


def test_the_receiver_is_checked_on_both_sides() -> None:
    encrypted = envelopes.seal_push(AES_KEY, b"x", receiver_id="suite")
    with pytest.raises(BrokenEnvelope) as refusal:
        envelopes.open_push(AES_KEY, encrypted, receiver_id="corp")
    assert (refusal.value.flaw, refusal.value.receiver_id) == (Flaw.RECEIVER, "suite")
    signature = envelopes.push_signature("token", "1", "n", encrypted)
    with pytest.raises(InvalidAppIdException):
        WeChatCrypto("token", AES_KEY, "corp").decrypt_message({"Encrypt": encrypted}, signature, "1", "n")


def test_wechatpy_accepts_our_plain_signature() -> None:
    check_signature("token", envelopes.push_signature("token", "17", "n"), "17", "n")


@given(st.binary(max_size=200), st.text(max_size=40))
def test_any_message_for_anyone_comes_back(message: bytes, receiver: str) -> None:
    sealed = envelopes.seal_push(AES_KEY, message, receiver_id=receiver)
    assert len(base64.b64decode(sealed)) % 32 == 0
    assert envelopes.open_push_for_anyone(AES_KEY, sealed) == (message, receiver)


@pytest.mark.parametrize(
    ("encrypted", "flaw"),
    [
        ("", Flaw.ENCODING),
        ("%%%", Flaw.ENCODING),
        ("AAAA", Flaw.ENCODING),
        ("A" * 64, Flaw.CIPHER),
        ("é", Flaw.ENCODING),
    ],
)
def test_garbage_is_named_and_never_an_exception_of_another_kind(encrypted: str, flaw: Flaw) -> None:
    with pytest.raises(BrokenEnvelope) as refusal:
        envelopes.open_push(AES_KEY, encrypted, receiver_id="wx1")
    assert refusal.value.flaw is flaw


@given(st.binary(min_size=1, max_size=10).map(lambda raw: raw * 16))
def test_forged_blocks_never_escape_as_another_exception(blocks: bytes) -> None:
    try:
        envelopes.open_push(AES_KEY, base64.b64encode(blocks).decode(), receiver_id="wx1")
    except BrokenEnvelope:
        return


def test_a_wrong_key_is_told_from_a_wrong_receiver() -> None:
    other = "G" * 43
    encrypted = envelopes.seal_push(AES_KEY, b"hello" * 20, receiver_id="wx1")
    with pytest.raises(BrokenEnvelope) as refusal:
        envelopes.open_push(other, encrypted, receiver_id="wx1")
    assert refusal.value.flaw is Flaw.CIPHER


@pytest.mark.parametrize("key", ["short", "é" * 43, "A" * 42, "A" * 44, "!" * 43])
def test_a_misshapen_key_is_refused(key: str) -> None:
    with pytest.raises(BrokenEnvelope) as refusal:
        envelopes.push_key(key)
    assert refusal.value.flaw is Flaw.KEY


def test_new_keys_are_letters_and_digits_and_open_what_they_seal() -> None:
    key = envelopes.new_encoding_aes_key()
    assert len(key) == 43 and key.isalnum()
    assert envelopes.open_push(key, envelopes.seal_push(key, b"m", receiver_id="r"), receiver_id="r") == b"m"


def test_wechatpayv3_opens_our_notification_resource() -> None:
    nonce = envelopes.new_gcm_nonce()
    sealed = envelopes.seal_resource(API_V3_KEY, "付款".encode(), nonce=nonce, associated_data="transaction")
    assert len(nonce.encode()) == 12
    assert wechatpayv3.aes_decrypt(nonce, sealed, "transaction", API_V3_KEY) == "付款"
    opened = envelopes.open_resource(API_V3_KEY, sealed, nonce=nonce, associated_data="transaction")
    assert opened == "付款".encode()


@pytest.mark.parametrize(
    ("key", "sealed", "flaw"),
    [(API_V3_KEY, "%", Flaw.ENCODING), (API_V3_KEY, "AAAA", Flaw.CIPHER), ("short", "AAAA", Flaw.KEY)],
)
def test_a_broken_resource_is_named(key: str, sealed: str, flaw: Flaw) -> None:
    with pytest.raises(BrokenEnvelope) as refusal:
        envelopes.open_resource(key, sealed, nonce="0" * 12, associated_data="")
    assert refusal.value.flaw is flaw


def test_sensitive_fields_pass_between_us_and_wechatpayv3() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert wechatpayv3.rsa_decrypt(envelopes.seal_field(key.public_key(), "张三"), key) == "张三"
    assert envelopes.open_field(key, wechatpayv3.rsa_encrypt("张三", key.public_key())) == "张三"
    for broken in ("%", "AAAA", base64.b64encode(bytes(256)).decode()):
        with pytest.raises(BrokenEnvelope):
            envelopes.open_field(key, broken)


def test_wechatpy_opens_our_open_data() -> None:
    session_key = envelopes.new_session_key()
    plaintext = '{"nickName":"安","watermark":{"appid":"wx1"}}'.encode()
    sealed, iv = envelopes.seal_open_data(session_key, plaintext)
    assert WeChatWxaCrypto(session_key, iv, "wx1").decrypt_message(sealed)["nickName"] == "安"
