"""Hostile lists: sitemaps, front pages, pages that list articles, Telegram previews, robots.txt."""

from __future__ import annotations

from tests.hostile.sample import SITE, Kind, Sample, location, page, sitemap

MB = 2**20
KEPT = f"{SITE}/news/4711/the-bridge-stays-closed"
_CARDS = "".join(
    f'<div class="card"><h3><a href="/news/{4711 + n}/the-bridge-stays-closed">'
    f"The bridge stays closed for week {n}</a></h3></div>"
    for n in range(12)
)


def listing(more: str) -> bytes:
    """Return a page with an honest list of twelve articles before `more`."""
    return page(f'<div class="news">{_CARDS}</div>{more}', prose="")


def _message(number: int, text: str) -> str:
    return (
        f'<div class="tgme_widget_message" data-post="herald/{number}">'
        f'<div class="tgme_widget_message_text">{text}</div></div>'
    )


def _preview(messages: str) -> bytes:
    return page(f"{_message(1, 'The bridge stays closed.')}{messages}", prose="")


SITEMAPS = (
    Sample("sitemap-50000", Kind.SITEMAP, "as many addresses as the protocol allows",
           lambda: sitemap("".join(location(f"{SITE}/news/{n}/") for n in range(50_000)))),
    Sample("sitemap-50000-cyrillic", Kind.SITEMAP, "50,000 addresses to encode, with queries",
           lambda: sitemap("".join(location(f"{SITE}/новости/мост-закрыт-{n}?id={n}&amp;тема=мост")
                                   for n in range(50_000)))),
    Sample("sitemap-50000-parameters", Kind.SITEMAP, "50,000 addresses of 20 parameters",
           lambda: sitemap("".join(location(f"{SITE}/n?" + "&amp;".join(f"k{k}={n}"
               for k in range(20)))
                                   for n in range(50_000)))),
    Sample("sitemap-50000-sites", Kind.SITEMAP, "50,000 other sites",
           lambda: sitemap("".join(location(f"https://site{n}.example.com/")
               for n in range(50_000)))),
    Sample("sitemap-200000", Kind.SITEMAP, "four times what the protocol allows",
           lambda: sitemap("".join(location(f"{SITE}/{n}") for n in range(150_000)))),
    Sample("sitemap-of-itself", Kind.SITEMAP, "an index that names itself",
           lambda: sitemap(f"<sitemap><loc>{SITE}/sitemap.xml</loc></sitemap>" * 1_000,
                           root="sitemapindex"), quick=True),
    Sample("sitemap-children-50000", Kind.SITEMAP, "an index of 50,000 sitemaps in circles",
           lambda: sitemap("".join(f"<sitemap><loc>{SITE}/s.xml?p={n}</loc></sitemap>"
                                   for n in range(50_000)), root="sitemapindex")),
    Sample("sitemap-deep", Kind.SITEMAP, "pages within pages",
           lambda: sitemap("<url>" * 400_000), quick=True),
    Sample("sitemap-locations-in-one-page", Kind.SITEMAP, "one page of 300,000 addresses",
           lambda: sitemap(f"<url>{f'<loc>{SITE}/a</loc>' * 200_000}</url>")),
    Sample("sitemap-addresses-in-nested-pages", Kind.SITEMAP, "parts looked for at every level",
           lambda: sitemap("<url><a>" * 250 + f"<loc>{SITE}/a</loc>" * 200_000)),
    Sample("sitemap-laughs", Kind.SITEMAP, "entities that double",
           lambda: sitemap(location(f"{SITE}/&b;"),
               prolog='<!DOCTYPE urlset [<!ENTITY a "xxxxxxxxxx">'
                           f'<!ENTITY b "{"&a;" * 100_000}">]>')),
    Sample("sitemap-images-500000", Kind.SITEMAP, "a page of endless pictures",
           lambda: sitemap(location(f"{SITE}/a",
               "<image:image><image:loc>x</image:loc></image:image>"
                                    * 120_000))),
    Sample("sitemap-addresses-of-8-mb", Kind.SITEMAP, "an address of megabytes",
           lambda: sitemap(location(f"{SITE}/{'x' * 7 * MB}"))),
    Sample("sitemap-dots", Kind.SITEMAP, "addresses of nothing but dots and slashes",
           lambda: sitemap("".join(location(f"{SITE}/{'../' * 500}{n}//{'/' * 500}")
               for n in range(3_000)))),
    Sample("sitemap-hosts-of-dots", Kind.SITEMAP, "host names that patterns read slowly",
           lambda: sitemap("".join(location(f"https://{'a.' * 1_500}{n}") for n in range(2_000)))),
    Sample("sitemap-escapes", Kind.SITEMAP, "addresses escaped again and again",
           lambda: sitemap("".join(location(f"{SITE}/%{'25' * 1_000}41?%{'25' * 1_000}3D={n}")
                                   for n in range(3_000)))),
    Sample("sitemap-text-500000", Kind.SITEMAP, "half a million lines of text",
           lambda: "".join(f"{SITE}/n/{n}\n" for n in range(300_000)).encode()),
    Sample("sitemap-text-one-line", Kind.SITEMAP, "one line of megabytes",
           lambda: f"{SITE}/{'x' * 7 * MB}".encode()),
    Sample("sitemap-dates", Kind.SITEMAP, "50,000 different dates of no time",
           lambda: sitemap("".join(location(f"{SITE}/{n}",
               f"<lastmod>{n}-99-99T{n}:00{'+05' * 20}</lastmod>")
                                   for n in range(40_000)))),
    Sample("sitemap-is-a-page", Kind.SITEMAP, "a web page at a sitemap's address",
           lambda: page(""), says="web page", quick=True),
    Sample("sitemap-empty", Kind.SITEMAP, "nothing at all", lambda: b"", says="empty"),
)  # fmt: skip

LISTINGS = (
    Sample("listing-links-200000", Kind.LISTING, "a farm of 200,000 links",
           lambda: listing("".join(f'<a href="/n/{n}">s {n}</a>' for n in range(200_000)))),
    Sample("listing-articles-100000", Kind.LISTING, "100,000 cards of articles",
           lambda: listing("".join(f'<p><a href="/news/{n}/a-b-c">A headline of length {n}</a></p>'
                                   for n in range(100_000))), keeps=KEPT),
    Sample("listing-next-for-ever", Kind.LISTING, "a list whose next page always exists",
           lambda: listing('<a rel="next" href="?page=999999999999999999">next</a>'), keeps=KEPT,
           quick=True),
    Sample("listing-next-100000", Kind.LISTING, "100,000 links to next pages",
           lambda: listing("".join(f'<a href="?page={n}">next</a>' for n in range(100_000))),
           keeps=KEPT),
    Sample("listing-calendar", Kind.LISTING, "a calendar of all days in all years",
           lambda: listing("".join(f'<a href="/archive/{y}/{m}/">{m}.{y}</a>'
                                   f'<a href="?year={y}&amp;month={m}">{m}</a>'
                                   for y in range(1, 3_000) for m in range(1, 13))),
           keeps=KEPT),
    Sample("listing-parameters", Kind.LISTING, "one page under 40,000 addresses",
           lambda: listing("".join(f'<a href="?session={n}&amp;sort={n}&amp;x[]={n}">'
                                   "A headline of some length</a>" for n in range(40_000))),
           keeps=KEPT),
    Sample("listing-deep", Kind.LISTING, "links at each of 100,000 levels",
           lambda: listing('<div><a href="/news/1/a-b-c">A headline of some length</a>' * 50_000)),
    Sample("listing-classes", Kind.LISTING, "elements of 100,000 classes each",
           lambda: listing(f'<div class="{"menu nav " * 100_000}"><a href="/x">x</a></div>' * 8)),
    Sample("listing-headings", Kind.LISTING, "100,000 headings around one link",
           lambda: listing('<h2>Heading</h2>' * 100_000 + '<a href="/news/1/a-b-c">more</a>'),
           keeps=KEPT),
    Sample("listing-times", Kind.LISTING, "100,000 times around one link",
           lambda: listing("".join(f'<time datetime="{n}">' for n in range(100_000))), keeps=KEPT),
    Sample("listing-attributes", Kind.LISTING, "100,000 attributes with signs that end tags",
           lambda: listing("<a " + " ".join(f"a{n}='<>'" for n in range(100_000)) + ">x</a>"),
           keeps=KEPT, quick=True),
    Sample("listing-href-of-7-mb", Kind.LISTING, "an address of megabytes",
           lambda: listing(f'<a href="/{"x" * 7 * MB}">x</a>'), keeps=KEPT),
    Sample("listing-base", Kind.LISTING, "base addresses elsewhere",
           lambda: listing('<base href="https://evil.example/">'), quick=True),
    Sample("listing-base-script", Kind.LISTING, "a script as the base address",
           lambda: listing('<base href="javascript:alert(1)//">'), keeps=KEPT),
    Sample("listing-utf-16-without-bom", Kind.LISTING, "UTF-16 that nothing announces",
           lambda: listing("").decode().encode("utf-16-le"), "text/html", keeps=KEPT, quick=True),
    Sample("listing-divs-1000-deep", Kind.LISTING, "nesting beyond the parser's 256 levels",
           lambda: page(f"{'<div>' * 1_000}{_CARDS}", prose=""), keeps=KEPT),
    Sample("listing-empty", Kind.LISTING, "nothing at all", lambda: b" ", says="empty"),
    Sample("front-links-200000", Kind.FRONT, "a front page of 200,000 links",
           lambda: page("".join(f'<a href="/n/{n}">s {n}</a>' for n in range(200_000)))),
    Sample("front-feeds-100000", Kind.FRONT, "100,000 addresses that call themselves feeds",
           lambda: page("", "".join('<link rel="alternate" type="application/rss+xml" '
                                    f'href="/rss/{n}">' for n in range(90_000)))),
    Sample("front-feed-anchors-100000", Kind.FRONT, "100,000 links that look like feeds",
           lambda: page("".join(f'<a href="/feed/{n}/rss">RSS</a>' for n in range(100_000)))),
    Sample("front-anchors-nested", Kind.FRONT, "links to feeds within links to feeds",
           lambda: page('<a href="/rss"><p>x' * 100_000)),
    Sample("front-attributes", Kind.FRONT, "100,000 attributes in one tag",
           lambda: page("<a " + " ".join(f'a{n}="<"' for n in range(100_000)) + ">x</a>"),
           quick=True),
    Sample("front-deep", Kind.FRONT, "100,000 levels", lambda: page("<div>" * 100_000
           + '<a href="/rss">RSS</a>')),
    Sample("front-hostile-feeds", Kind.FRONT, "feeds that are no web addresses",
           lambda: page("",
               "".join(f'<link rel="alternate" type="application/rss+xml" href="{href}">'
                                    for href in ("javascript:x", "file:///etc/passwd", "data:x",
                                                 "http://169.254.169.254/rss", "http://[::1")))),
    Sample("front-nothing", Kind.FRONT, "nothing at all", lambda: b"\0\0"),
    Sample("telegram-messages-30000", Kind.TELEGRAM, "30,000 messages",
           lambda: _preview("".join(_message(n, "Text") for n in range(30_000)))),
    Sample("telegram-messages-nested", Kind.TELEGRAM, "messages within messages",
           lambda: _preview('<div class="tgme_widget_message" data-post="a/1">text' * 50_000)),
    Sample("telegram-texts-nested", Kind.TELEGRAM, "texts within texts",
           lambda: _preview(_message(2, '<div class="tgme_widget_message_text">x' * 2_000))),
    Sample("telegram-links-100000", Kind.TELEGRAM, "a message of 100,000 links",
           lambda: _preview(_message(2, '<a href="?q=%23tag">#tag</a>' * 100_000)), quick=True),
    Sample("telegram-text-of-5-mb", Kind.TELEGRAM, "a message of megabytes",
           lambda: _preview(_message(2, "word<br>" * 600_000))),
    Sample("telegram-numbers", Kind.TELEGRAM, "numbers of posts that are none",
           lambda: _preview(_message(10**30, "x") + '<a class="tme_messages_more" data-before="'
                            + "9" * 10_000 + '"></a>')),
    Sample("telegram-attributes", Kind.TELEGRAM, "100,000 attributes in a message",
           lambda: _preview("<div " + " ".join(f"a{n}='>'" for n in range(100_000)) + ">")),
    Sample("telegram-is-a-page", Kind.TELEGRAM, "another page", lambda: page(""),
           says="not a page of"),
)  # fmt: skip

ROBOTS = (
    Sample("robots-wildcards", Kind.ROBOTS, "a rule that backtracks for years",
           lambda: b"User-agent: *\nDisallow: /" + b"*a" * 30 + b"*b$\nDisallow: /*" + b"/*" * 60
               + b"x$\n"),
    Sample("robots-rules-300000", Kind.ROBOTS, "300,000 rules",
           lambda: b"User-agent: *\n" + b"".join(b"Disallow: /x%d*y\n" % n
               for n in range(300_000))),
    Sample("robots-agents-300000", Kind.ROBOTS, "300,000 groups",
           lambda: b"".join(b"User-agent: bot%d\nDisallow: /\n" % n for n in range(200_000))),
    Sample("robots-line-of-5-mb", Kind.ROBOTS, "one rule of megabytes",
           lambda: b"User-agent: *\nDisallow: /" + b"*x" * 2_500_000),
    Sample("robots-binary", Kind.ROBOTS, "noise", lambda: b"\xff\xfe\0" + bytes(range(256))
           * 20_000),
    Sample("robots-delay", Kind.ROBOTS, "a pause of years, and pauses that are none",
           lambda: b"User-agent: *\nCrawl-delay: 1e308\nCrawl-delay: nan\nRequest-rate: 0/0\n"
                   b"Visit-time: 9999-0\nRequest-rate: " + b"9" * 5_000 + b"/1s\n"),
    Sample("robots-sitemaps-100000", Kind.ROBOTS, "100,000 sitemaps",
           lambda: b"Sitemap: https://example.org/s.xml\n" * 100_000),
)  # fmt: skip

LISTS = (*SITEMAPS, *LISTINGS, *ROBOTS)
