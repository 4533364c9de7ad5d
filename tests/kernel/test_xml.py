import pytest
import xmltodict
from hypothesis import given
from hypothesis import strategies as st

from hutong.kernel import xml


def test_a_flat_message_becomes_its_fields() -> None:
    body = (
        b"<?xml version='1.0'?><xml><ToUserName><![CDATA[gh_1]]></ToUserName>\n"
        b"<CreateTime>17</CreateTime><Empty/></xml>"
    )
    assert xml.parse(body) == {"ToUserName": "gh_1", "CreateTime": "17", "Empty": ""}


def test_nesting_and_repetition_are_kept() -> None:
    body = b"<xml><List><item><a>1</a></item><item><a>2</a></item></List><b>x</b><b>y</b><b>z</b></xml>"
    assert xml.parse(body) == {"List": {"item": [{"a": "1"}, {"a": "2"}]}, "b": ["x", "y", "z"]}


def test_only_flat_fields_are_signed() -> None:
    assert xml.texts({"a": "1", "b": {"c": "2"}, "d": ["3"]}) == {"a": "1"}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no element found"),
        (b"<xml>", "no element found"),
        (b"<xml><a></xml>", "mismatched"),
        (b"<xml/><xml/>", "junk"),
        (b'<!DOCTYPE xml [<!ENTITY a "b">]><xml>&a;</xml>', "document type"),
        (b'<!DOCTYPE xml SYSTEM "file:///etc/passwd"><xml/>', "document type"),
        (b"<xml>&unknown;</xml>", "undefined entity"),
        (b"<xml><a>\x00</a></xml>", "NUL"),
        (b"<xml><a>\xff</a></xml>", "UTF-8"),
        ("<?xml version='1.0' encoding='gbk'?><xml><a>茶</a></xml>".encode("gbk"), "UTF-8"),
        ("<xml><a>x</a></xml>".encode("utf-16"), "NUL"),
        (b"<root/>", "root element is not xml"),
        (b"<xml>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</xml>", "nested"),
        (b"<xml>" + b"<a/>" * 10_001 + b"</xml>", "elements"),
        (b"<xml><a>" + b"x" * 1024 * 1024 + b"</a></xml>", "larger"),
        (b"<xml>&#0;</xml>", "invalid character"),
    ],
)
def test_what_is_not_our_xml_is_refused_with_a_reason(body: bytes, reason: str) -> None:
    with pytest.raises(xml.MalformedXml, match=reason):
        xml.parse(body)


def test_a_record_is_written_as_published() -> None:
    body = xml.write(
        {
            "ToUserName": "o1",
            "CreateTime": 17,
            "Left": None,
            "Articles": {"item": [{"Title": "a"}, {"Title": "b"}]},
        }
    )
    assert body == (
        b"<xml><ToUserName><![CDATA[o1]]></ToUserName><CreateTime>17</CreateTime>"
        b"<Articles><item><Title><![CDATA[a]]></Title></item><item><Title><![CDATA[b]]></Title></item></Articles></xml>"
    )


def test_text_cannot_break_out_of_its_element() -> None:
    hostile = "]]></Content><Admin>1</Admin><![CDATA[ & < ]]>"
    assert xml.parse(xml.write({"Content": hostile})) == {"Content": hostile}


@given(st.text())
def test_whatever_a_person_types_another_parser_reads_back(text: str) -> None:
    body = xml.write({"Content": text})
    assert set(xml.parse(body)) == {"Content"}
    # XML makes one LF of every line end; everything writable survives.
    if not set(text) & set("\r") and text == text.strip() and text and not xml._UNWRITABLE.search(text):
        assert xmltodict.parse(body)["xml"]["Content"] == text
        assert xml.parse(body)["Content"] == text
