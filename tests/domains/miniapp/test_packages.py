"""Packages: what is uploaded is hostile until it is unpacked, compiled and kept."""

import io
import stat
import warnings
import zipfile
from collections.abc import Iterable

import pytest

from hutong.domains.miniapp import packages
from hutong.kernel.blobs import memory_blobs
from hutong.kernel.compiler import BUNDLE, Compiler, compile_program
from hutong.kernel.errors import DomainError

built = pytest.mark.skipif(not BUNDLE.exists(), reason="the runtime is not built; scripts/setup builds it")

MINIMAL = {
    "app.json": b'{"pages":["p/p"]}',
    "p/p.wxml": b'<image src="/a.png"/>',
    "p/p.js": b"Page({})",
    "a.png": b"\x89PNG not looked into",
}


def zipped(entries: Iterable[tuple[str | zipfile.ZipInfo, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return out.getvalue()


def a_link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def a_device(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFCHR | 0o666) << 16
    return entry


def squeezed(method: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("a", bytes(1000))
    return out.getvalue()


def twice(name: str) -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return zipped([(name, b"one"), (name, b"two")])


@pytest.mark.parametrize(
    "archive",
    [
        b"",
        b"not a zip",
        zipped([("a", b"x")])[:-10],
        zipped([("../a", b"x")]),
        zipped([("/a", b"x")]),
        zipped([("a/..\\..\\b", b"x")]),
        zipped([(a_link("a"), b"/etc/passwd")]),
        zipped([(str(number), b"") for number in range(packages.MOST_FILES + 1)]),
        zipped([("zeros", bytes(packages.UNPACKED_BYTES + 1))]),
        bytes(packages.UPLOAD_BYTES + 1),
        bytes(100 * 1024 * 1024),
        zipped([("C:/a", b"x")]),
        zipped([("a\nb", b"x")]),
        zipped([("a" * (packages.LONGEST_NAME + 1), b"x")]),
        zipped([(a_device("a"), b"")]),
        zipped([("a", b"x"), ("./../a", b"x")]),
        twice("a"),
        squeezed(zipfile.ZIP_LZMA),
        squeezed(zipfile.ZIP_BZIP2),
    ],
    ids=[
        "empty",
        "garbage",
        "cut",
        "up",
        "root",
        "backslash",
        "link",
        "many",
        "bomb",
        "large",
        "huge",
        "drive",
        "control",
        "long",
        "device",
        "climbing",
        "twice",
        "lzma",
        "bzip2",
    ],
)
def test_what_is_no_honest_zip_is_refused(archive: bytes) -> None:
    with pytest.raises(DomainError, match=r"miniapp\.package_broken"):
        packages.unpack(archive)


def test_names_in_the_encoding_of_a_chinese_desktop_are_read() -> None:
    # Four letters in the zip, replaced by two of GB 18030: what old desktop tools write.
    archive = zipped([("abcd.png", b"x")]).replace(b"abcd", "胡同".encode("gb18030"))
    assert packages.unpack(archive) == {"胡同.png": b"x"}


@built
def test_a_program_is_compiled_and_kept_once() -> None:
    blobs = memory_blobs()
    compiled = packages.build(packages.unpack(zipped(MINIMAL.items())))
    package = packages.keep(blobs, compiled)
    assert package.pages == ["p/p"]
    assert packages.keep(blobs, packages.build(MINIMAL)) == package
    index = packages.index(blobs, package.content_hash)
    manifest = index.manifest
    assert isinstance(manifest["assets"], dict)
    assert blobs.get(index.files[manifest["assets"]["a.png"]]) == MINIMAL["a.png"]


@built
def test_mistakes_come_back_with_file_and_line() -> None:
    with pytest.raises(DomainError) as refused:
        packages.build(MINIMAL | {"p/p.js": b"let a = ;", "p/p.wxml": b"\xff\xfe"})
    said = {(one["file"], one["line"]) for one in refused.value.details["diagnostics"]}
    assert said == {("p/p.js", 1), ("p/p.wxml", 1)}


@built
@pytest.mark.parametrize(
    "files",
    [
        {"app.json": b"[" * 200_000},
        {"p/p.wxml": b"<view>" * 50_000},
        {"p/p.js": b"(" * 200_000},
        {"p/p.wxss": b".a{" * 100_000},
        {"p/p.wxss": b"." + b"a" * 3_000_000 + b"{}"},
        {"__proto__": b"x", "constructor.js": b"exports.__proto__ = 1"},
    ],
    ids=["json", "wxml", "js", "wxss", "selector", "names"],
)
def test_a_hostile_source_ends_in_an_answer(files: dict[str, bytes]) -> None:
    compiled = compile_program(MINIMAL | files)
    assert compiled.manifest is not None or compiled.diagnostics


@built
def test_a_compilation_that_takes_too_long_is_stopped() -> None:
    compiled = compile_program(MINIMAL, wall_seconds=0.01)
    assert compiled.manifest is None
    assert "too long" in compiled.diagnostics[0].message


SASS = {"project.config.json": b'{"setting":{"useCompilerPlugins":["less","sass"]}}'}


@built
def test_an_extended_library_is_given_to_who_asks_for_it() -> None:
    asking = {
        "app.json": b'{"pages":["p/p"],"useExtendedLib":{"weui":true}}',
        "p/p.json": b'{"usingComponents":{"mp-cell":"weui-miniprogram/cell/cell"}}',
    }
    compiled = compile_program(MINIMAL | asking)
    assert compiled.diagnostics == []
    assert any(b"weui-miniprogram/cell/cell" in body for body in compiled.files.values())
    packed = compile_program(MINIMAL | asking | {"app.json": MINIMAL["app.json"]})
    assert [one.file for one in packed.diagnostics if one.level == "error"] == ["p/p.json"]


def test_less_and_sass_are_compiled_where_v8_stands_alone() -> None:
    files = SASS | {
        "p/p.less": b"@c: red; .a{color:@c}",
        "app.scss": b"@use 'b'; .s{width: b.$w}",
        "_b.scss": b"$w: 7px;",
    }
    compiled = compile_program(MINIMAL | files)
    assert compiled.diagnostics == []
    assert compiled.manifest is not None
    text = next(
        body for name, body in compiled.files.items() if name.startswith("main-") and name.endswith(".js")
    )
    assert b"color: red" in text
    assert b"width: 7px" in text


@built
@pytest.mark.parametrize(
    "bomb",
    [
        b"@while true { }",
        b"$s: 'x'; @while true { $s: $s + $s; }",
        b"@function f($n) { @return f($n + 1); } .a { width: f(1); }",
    ],
    ids=["endless", "memory", "recursion"],
)
def test_a_style_sheet_that_never_ends_is_stopped_and_the_next_program_compiles(bomb: bytes) -> None:
    with Compiler(wall_seconds=6) as compiler:
        compiled = compiler.compile(MINIMAL | SASS | {"app.scss": bomb})
        assert compiled.manifest is None
        assert compiled.diagnostics[0].level == "error"
        mended = compiler.compile({"app.scss": b".a{color:red}"})
        assert mended.manifest is not None


@built
def test_limits_are_what_the_caller_says() -> None:
    files = MINIMAL | {"big.png": bytes(3000)}
    assert compile_program(files, package_bytes=50_000).manifest is not None
    refused = compile_program(files, package_bytes=2000)
    assert "weighs" in refused.diagnostics[0].message


@built
def test_a_compiler_that_stays_works_out_only_what_changed() -> None:
    with Compiler() as compiler:
        first = compiler.compile(MINIMAL)
        assert first.change.how == "relaunch"
        styled = compiler.compile({"p/p.wxss": b".a{color:red}"})
        assert styled.change.how == "styles"
        assert "color:red" in styled.change.styles["p/p"]
        shown = compiler.compile({"p/p.wxml": b"<view>new</view>"})
        assert [one.root for one in shown.change.templates] == [""]
        assert b"new" in shown.files[shown.change.templates[0].file]
        broken = compiler.compile({"p/p.js": b"let a = ;"})
        assert broken.manifest is None
        assert [(one.file, one.line) for one in broken.diagnostics] == [("p/p.js", 1)]
        mended = compiler.compile({"p/p.js": b"Page({})"})
        assert mended.change.how == "nothing"
        assert (
            mended.manifest
            == compile_program(
                MINIMAL | {"p/p.wxss": b".a{color:red}", "p/p.wxml": b"<view>new</view>"}
            ).manifest
        )


@pytest.mark.parametrize("content_hash", ["", "..", "a" * 63, "/" * 64, "0" * 64])
def test_an_index_that_is_none_is_missing(content_hash: str) -> None:
    with pytest.raises(FileNotFoundError):
        packages.index(memory_blobs(), content_hash)
