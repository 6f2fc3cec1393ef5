"""Pages of a document as one HTML file."""

import base64
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from pipeline.page_result import Fallback, FallbackReason, Method, PageResult
from pipeline.results.document_html import MOST_PICTURE_BYTES, pages_to_html
from pipeline.results.guide import DocumentGuide
from pipeline.results.shown_html import Heading

PAGE = PageResult(number=1, method=Method.VISION)
FELL = replace(
    PAGE, number=2, method=Method.TEXT_LAYER, fallback=Fallback(reason=FallbackReason.TIMEOUT, detail="too slow")
)
HTML = "<p>words</p>"
HOSTILE = "<script>alert(1)</script>\"'&\x00\x1b[2J\n\udcff"


def assembled(*pages: PageResult, name: str = "report.pdf") -> str:
    fallbacks = [page.number for page in pages if page.fell_back]
    with_html = [(page, HTML) for page in pages]
    return b"".join(pages_to_html(name, with_html, page_count=len(pages), fallback_pages=fallbacks)).decode()


def fell(reason: FallbackReason, detail: str = "", method: Method = Method.TEXT_LAYER) -> PageResult:
    return replace(PAGE, method=method, fallback=Fallback(reason=reason, detail=detail))


def parsed(text: str) -> lxml_html.HtmlElement:
    return lxml_html.document_fromstring(text.encode())


def unbalanced(text: str) -> list[str]:
    """Tags that are opened and not closed in order, as HTML5 wants those that have an end tag."""
    opened: list[str] = []
    for slash, name in re.findall(
        r"<(/?)([a-z][a-z0-9]*)\b[^>]*>", re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
    ):
        if not slash and name not in {"meta", "br", "hr"}:
            opened.append(name)
        elif slash and (not opened or opened.pop() != name):
            return [f"</{name}>"]
    return opened


def test_a_page_of_which_nothing_could_be_read_links_to_the_originals_page() -> None:
    lost = fell(FallbackReason.UNREADABLE, method=Method.NONE)
    pages = [(lost, ""), (replace(PAGE, number=2), HTML)]

    def links(original: str) -> list[str]:
        guide = DocumentGuide(original=original)
        html = b"".join(pages_to_html("r.pdf", pages, page_count=2, fallback_pages=[1], guide=guide)).decode()
        found: list[str] = parsed(html).xpath("//aside/a[@class='original']/@href")
        return found

    assert links('javascript:alert(1) "é".pdf') == ["javascript%3Aalert%281%29%20%22%C3%A9%22.pdf#page=1"]
    assert links("fax.tif") == ["fax.tif"]
    assert links("../up.pdf") == ["..%2Fup.pdf#page=1"]
    assert links("\udcff.pdf") == [f"{quote_from_bytes(os.fsencode(chr(0xDCFF)))}.pdf#page=1"], "as the disk has it"
    assert links("") == []


def test_every_page_is_a_section_with_the_contracts_attributes_in_order() -> None:
    text = assembled(PAGE, FELL, replace(PAGE, number=3, method=Method.BLANK))

    sections = parsed(text).xpath("//main/section")
    assert [dict(section.attrib) for section in sections] == [
        {"class": "page", "id": "page-1", "data-page": "1", "data-method": "vision"},
        {"class": "page", "id": "page-2", "data-page": "2", "data-method": "text_layer", "data-fallback": "timeout"},
        {"class": "page", "id": "page-3", "data-page": "3", "data-method": "blank"},
    ]
    assert '<section class="page" id="page-3" data-page="3" data-method="blank">' in text
    assert text.startswith("<!DOCTYPE html>\n<html ")
    assert unbalanced(text) == []


def test_a_page_that_fell_back_says_why_in_words_and_others_say_nothing() -> None:
    tree = parsed(assembled(PAGE, FELL, replace(PAGE, number=3, warnings=("3 glyphs have no Unicode map",))))

    assert tree.xpath("//aside[@class='notice']/text()") == [
        "Fallback: the model did not finish in time (too slow). What follows was read from the PDF's own text."
    ]
    assert tree.xpath("//section[@id='page-3']/aside[@class='warning']/text()") == ["3 glyphs have no Unicode map"]
    assert tree.xpath("//header//a/@href") == ["#page-2"]
    assert tree.xpath("string(//header//p)") == "3 pages · page 2 fell back"


def test_the_built_in_engine_is_no_fallback() -> None:
    tree = parsed(assembled(fell(FallbackReason.ENGINE_BASIC)))

    assert tree.xpath("//section/@data-fallback") == []
    assert tree.xpath("//aside") == []


def test_a_page_that_nothing_could_read_says_so_in_words_and_in_its_mark() -> None:
    tree = parsed(assembled(fell(FallbackReason.UNREADABLE, method=Method.NONE)))

    assert tree.xpath("//section/@data-fallback") == ["unreadable"]
    (notice,) = tree.xpath("//aside/text()")
    assert notice.startswith("Fallback: the page shows something that could not be read. What this page shows could")


def test_pictures_of_pages_that_nothing_could_read_take_so_much_room_and_no_more() -> None:
    source = "data:image/png;base64," + "A" * (MOST_PICTURE_BYTES // 2 - 100)
    html = f'<p>Stamp</p><figure><img alt="Page" src="{source}"></figure>'
    unread = replace(PAGE, method=Method.NONE)
    pages = [(replace(unread, number=number), html) for number in (1, 2, 3)]

    pieces = pages_to_html("a.pdf", [*pages, (replace(PAGE, number=4), HTML)], page_count=4, fallback_pages=[])
    text = b"".join(pieces).decode()

    assert (text.count("<figure>"), text.count("Its picture is left out"), text.count(HTML)) == (2, 1, 1)
    assert text.count("<p>Stamp</p>") == 3, "the page's own text stays"


def test_the_policy_allows_exactly_the_style_of_the_file_and_nothing_else() -> None:
    tree = parsed(assembled(PAGE))

    (policy,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    (style,) = tree.xpath("//style/text()")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert (
        policy == f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert tree.xpath("//script | //link | //iframe | //*[@src] | //*[@style] | //@*[starts-with(name(), 'on')]") == []
    assert "</style" not in style
    assert "url(" not in style
    assert "@import" not in style
    assert tree.xpath("//meta/@charset") == ["utf-8"]


def test_names_details_and_warnings_are_shown_and_never_obeyed() -> None:
    text = assembled(replace(fell(FallbackReason.TIMEOUT, HOSTILE), warnings=(HOSTILE,)), name=f"{HOSTILE}.pdf")

    tree = parsed(text)
    shown = "<script>alert(1)</script>\"'&\ufffd\ufffd[2J \ufffd"
    assert tree.xpath("string(//h1)") == tree.xpath("string(//title)") == shown
    assert shown in tree.xpath("string(//aside[@class='notice'])")
    assert tree.xpath("string(//aside[@class='warning'])") == shown
    assert tree.xpath("//script") == []
    assert unbalanced(text) == []


@given(st.text(), st.text())
def test_any_name_and_detail_give_a_well_formed_file(name: str, detail: str) -> None:
    text = assembled(fell(FallbackReason.TIMEOUT, detail), name=name)

    assert unbalanced(text) == []
    assert len(parsed(text).xpath("//section")) == 1


@pytest.mark.parametrize("number", [1, 2, 11])
def test_a_count_is_in_words(number: int) -> None:
    pages = [replace(FELL, number=index + 1) for index in range(number)]

    line = parsed(assembled(*pages)).xpath("string(//header//p)")

    listed = ", ".join(str(index + 1) for index in range(number))
    assert line == f"{number} page{'s' if number > 1 else ''} · page {listed} fell back"


def test_a_large_document_is_never_in_memory_whole() -> None:
    taken = 0

    def endless() -> Iterator[tuple[PageResult, str]]:
        nonlocal taken
        while True:
            taken += 1
            yield replace(PAGE, number=taken), HTML

    pieces = pages_to_html("book.pdf", endless(), page_count=5000, fallback_pages=())

    begun = b"".join(islice(pieces, 100)).count(b"<section")

    assert begun > 2
    assert taken <= begun + 1


def test_with_a_guide_there_are_contents_pages_and_ways_on() -> None:
    headings = [Heading(ident=f"page-{number}-heading-1", level=number, text=f"{number} <b>") for number in (1, 2)]
    guide = DocumentGuide(numbers=[1, 2], fallbacks=[2], doubts=[1], headings=headings)
    pages = [(PAGE, HTML), (FELL, HTML)]
    text = b"".join(pages_to_html("r.pdf", pages, page_count=2, fallback_pages=[2], guide=guide)).decode()

    tree = parsed(text)

    links = tree.xpath("//nav[@class='contents']//a")
    assert [(link.get("href"), link.text) for link in links] == [
        ("#page-1-heading-1", "1 <b>"),
        ("#page-2-heading-1", "2 <b>"),
    ]
    assert tree.xpath("//nav[@class='pages']//li/a/@class") == ["doubt", "fallback"]
    assert tree.xpath("//section[@id='page-1']/nav/a/@href") == ["#top", "#page-2", "#page-2"]
    assert tree.xpath("//section[@id='page-2']/nav/a/@href") == ["#page-1", "#top"]
    assert unbalanced(text) == []


def test_a_document_of_one_page_has_no_ways() -> None:
    assert "<nav" not in assembled(PAGE)


def test_pictures_on_pages_are_left_out_once_they_have_taken_their_room() -> None:
    picture = f'<img alt="Figure 1" src="data:image/png;base64,{"A" * (MOST_PICTURE_BYTES // 2 - 100)}">'
    html = f"<p>a</p>\n<figure>{picture}</figure>\n<figure>{picture}<figcaption>Figure 1</figcaption></figure>"
    pages = [(PAGE, "<p>a</p>"), (PAGE, html), (PAGE, html), (PAGE, HTML)]

    text = b"".join(pages_to_html("a.pdf", pages, page_count=4, fallback_pages=())).decode()

    assert (text.count("<img"), text.count("<figcaption>Figure 1</figcaption>"), text.count("<p>a</p>")) == (2, 2, 3)
    assert text.count("<figure>") == 3
    assert HTML in text
