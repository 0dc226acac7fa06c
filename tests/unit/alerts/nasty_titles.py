"""Titles that a mail's header could be broken by: examples, and a strategy that makes more."""

from __future__ import annotations

from hypothesis import strategies as st

LONG = "Мобилизация: депутаты обсудили повестки, отсрочки и возвращение мигрантов с границы"
EXAMPLES = (
    "Мобилизация =?utf-8?Q?=0D=0ABcc:_evil@example.org?= конец",
    "=?utf-8?B?gICA/w==?=",
    "Mobilizatsiya =?ascii?Q?=E8=E9?= end",
    "конец =?unknown-8bit?Q?=E8?=",
    "=?koi8-r?B?8NLJ18XU?= =?koi8-r?B?8NLJ18XU?=",
    "=?utf-8?Q?=00=1b[31m?=",
    "=?utf-8?Q?" + "a" * 200 + "?=",
    "=?=?utf-8?q?=3D=3Futf-8=3Fb=3FYQ=3D=3D=3F=?=?=",
    "=?utf-8?q?no end",
    "an end alone?=",
    "=?utf-8?b??=",
    "=?utf-8*ru?q?a?=",
    'кавычка " (скобка ; , <угол @ \\ :',
    "plain ASCII of one line",
    "plain ASCII that is longer than one line of a header, which it takes several of to write down",
    "a" * 300,
    LONG,
    LONG.replace(" ", "  "),
    "д" * 300,
    "a\r\nBcc: evil@example.org\r\n\r\n<script>",
    "a\u2028b\x85c\x0bd\x00e",
    "\ud83d\udcf0 lone \ud83d surrogates \udc80",
    "👩‍👩‍👧‍👦" * 40,
    "e\u0301\u0302\u0303\u0304\u0305" * 60,
    " spaces at the ends ",
    "",
    "_?=.=_",
)
FRAGMENTS = (
    "=?", "?=", "?Q?", "?b?", "=?utf-8?Q?", "=?utf-8?B?gICA/w==?=", "=?koi8-r?B?8NLJ18XU?=",
    "=0D=0A", "\r\n", "\n ", "\t", "  ", " ", "\u00a0", "\u2028", "\x85", "\x00",
    "\x1b[31m", "\ud83d", "\udc80", "Bcc: x@example.org", "_", '"', "\\", ",", ";", "<",
    ">", "(", ")", "мобилизация", "ё", "👩‍👧", "\u0301",
)  # fmt: skip
titles = st.lists(
    st.sampled_from(FRAGMENTS) | st.text(st.characters(), max_size=60), max_size=12
).map("".join)
"""Pieces of encoded words, line ends and marks, among any text."""
