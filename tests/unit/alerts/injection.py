"""Titles that want to do something: ping, link, style, break, hide, grow. None of them may."""

# ruff: noqa: E501 - a corpus reads best packed

from __future__ import annotations

_BIDI = "\u202e", "\u2066", "\u2067", "\u200f"
TITLES: tuple[str, ...] = (
    "<!channel> срочно", "<!here>", "<!everyone|все>", "<@U012AB3CD>", "<#C0123|general>",
    "<!subteam^S012|desk>", "<!date^0^{date}|x>", "<https://evil.example|Читать>", "@here все сюда",
    "@channel", "@everyone", "@all", "@desk привет", "<@&123456>", "<@123456789012345678>",
    "<#123>", ":fire: :rotating_light:", "<:emoji:1>", "*bold* _it_ ~no~ `code`", "**b** __u__ ~~s~~",
    "||spoiler||", "```\ncode\n```", "> quote", "# heading", "- item", "1. item", "| a | b |",
    "[click](https://evil.example)", "![image](https://evil.example/x.png)", "<b>bold</b>",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</a><a href='https://evil.example'>",
    "<a href=\"tg://user?id=1\">x</a>", "<tg-spoiler>x</tg-spoiler>", "<blockquote expandable>x",
    "&lt;b&gt; &amp;amp; &#x3C;", "\" onmouseover=\"x", "' OR 1=1 --", "{{ 7*7 }}", "{% raw %}", "${HOME}",
    "%0d%0aBcc: all@example.org", "Заголовок\r\nBcc: all@example.org", "a\nSubject: other",
    "=?utf-8?B?0YLQtdGB0YI=?=", "=cmd|'/C calc'!A0", "+1+1", "-2+3", "@SUM(1+1)",
    f"{_BIDI[0]}txt.exe", f"Новости {_BIDI[1]}скрыто", f"{_BIDI[2]}عنوان", f"a{_BIDI[3]}b",
    "zero\u200bwidth\u2060join\ufeff", "tag\U000e0041\U000e0042", "nul\x00byte", "bell\x07 \x1b[31mred\x1b[0m",
    "lone \ud800 surrogate", "\udfff\ud800", "Z̸̢̛͖a̷l̶g̵o̴" + "\u0301" * 60, "слово" * 2000, "A" * 10_000, "&" * 10_000,
    "<" * 3000, "*" * 3000, "_" * 3000, "😀" * 3000, "👨‍👩‍👧‍👦" * 500, "\\" * 3000, "]" * 500 + "(https://evil.example)",
    "javascript:alert(1)", "file:///etc/passwd", "https://evil.example/?q=<>\"'", "", "   ", "\u3164",
)  # fmt: skip
