"""The tag with too many attributes, found wherever it stands."""

from __future__ import annotations

import pytest

from crawler.extract.markup import MAX_ATTRIBUTES, MAX_TAG, parse

HUGE = " ".join(f'data-{n:04}="{"x" * 12}"' for n in range(MAX_TAG // 25 + 1))
"""As many attributes as just make a tag huge; each is 25 characters with the space before it."""


@pytest.mark.parametrize("before", [0, 1, 4_000, 8_191, 8_192, 12_345, 16_384, 50_001])
@pytest.mark.parametrize("after", [0, 20_000])
def test_huge_tag_loses_its_attributes_wherever_it_stands(before: int, after: int) -> None:
    page = f"<p>{'.' * before}</p><i {HUGE}>Snow</i><p>{'.' * after}</p>"
    tree = parse(page.encode())
    assert tree is not None
    snow = tree.find(".//i")
    assert snow is not None
    assert (snow.text, len(snow.attrib)) == ("Snow", 0)


def test_tag_of_ordinary_size_keeps_its_attributes() -> None:
    few = " ".join(f'data-{n}="x"' for n in range(MAX_ATTRIBUTES))
    tree = parse(f"<p>{'.' * MAX_TAG}</p><i {few}>Snow</i>".encode())
    assert tree is not None
    snow = tree.find(".//i")
    assert snow is not None
    assert len(snow.attrib) == MAX_ATTRIBUTES


@pytest.mark.parametrize("value", ['"<"', "'<'", '">"', "'a > b'", "<"])
def test_quotes_do_not_hide_a_tags_attributes(value: str) -> None:
    attributes = " ".join(f"data-{n:05}={value}" for n in range(2_000))
    tree = parse(f"<p>before</p><i {attributes}>Snow</i>".encode())
    assert tree is not None
    snow = tree.find(".//i")
    assert snow is not None
    assert (snow.text, len(snow.attrib)) == ("Snow", 0)


@pytest.mark.parametrize("name", ["script", "style"])
def test_what_looks_like_a_tag_inside_a_script_is_left_alone(name: str) -> None:
    code = "if (a <b " + "c=1 " * 10_000 + ") {}"
    tree = parse(f"<{name}>{code}</{name}><p>Snow</p>".encode())
    assert tree is not None
    script = tree.find(f".//{name}")
    assert script is not None
    assert script.text == code


@pytest.mark.parametrize(
    "opening",
    ["<article>", "<main><article>", "<section><article>", "<header>Home</header><div>",
     "<html lang=ru><article>", "<nav>x</nav><main>"],
)  # fmt: skip
def test_a_page_without_the_tags_of_head_and_body_has_both(opening: str) -> None:
    page = f"<!doctype html><meta charset=utf-8><title>T</title><script>1</script>{opening}"
    tree = parse(f"{page}<h1>H</h1><p>One</p>tail<p>Two</p>".encode())
    assert tree is not None
    head, body = tree.find("head"), tree.find("body")
    assert head is not None
    assert body is not None
    assert [element.tag for element in head] == ["meta", "title", "script"]
    assert body.find(".//h1") is not None
    assert "".join(body.itertext()).endswith("HOnetailTwo")


BEHIND = {
    "behind the body": "<body><p>top</p></body>{}</html>",
    "behind the page": "<body><p>top</p></body></html>{}",
    "behind an early end": "<body><p>top</p></html><div>{}</div></body></html>",
    "in another body": "<body><p>top</p></body></html><body class=b>{}</body></html>",
    "in another page": "<body><p>top</p></body></html><html><head><title>B</title></head><body>{}",
    "in the third page": "<body><p>top</p></html><html><p>x</p></html><html>{}",
}


@pytest.mark.parametrize("page", BEHIND.values(), ids=BEHIND)
def test_what_stands_behind_a_body_is_in_the_body(page: str) -> None:
    inside = "one <b>two</b> three<p>four</p> five"
    tree = parse(f"<html><head><title>A</title></head>{page.format(inside)}".encode())
    assert tree is not None
    assert len(tree.findall("body")) == 1
    assert [child.tag for child in tree] == ["head", "body"]
    words = " ".join(tree.find("body").text_content().split())
    assert words.endswith("one two threefour five")
    assert words.startswith("top")
    assert tree.getnext() is None


@pytest.mark.parametrize("part", ["</html>x", "</html><p>x", "</html><body>x</body>y", "</body>x"])
def test_many_pages_in_one_are_one_body(part: str) -> None:
    tree = parse(f"<html><body><p>a{part * 5_000}".encode())
    assert tree is not None
    assert tree.find("body").text_content().count("x") == 5_000
