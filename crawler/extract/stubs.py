"""Pages that are served in an article's place: anti-bot checks, consent walls, error pages.

An article about captchas or about error 404 is still an article. So a title counts only as a whole,
a notice only on a short page, and neither on a page that declares itself an article and has text.
"""

from __future__ import annotations

import re

from core.articles import Rejection, RejectReason, StubKind
from crawler.extract.site_notices import PageShape, site_notice

SHORT_PAGE = 1_500
"""Characters of text above which a page is taken for what it looks like."""
SHORT_NOTICE = 700
"""Characters of text up to which a notice in the text marks a stub."""
SOME_TEXT = 200
"""Characters of text from which a page that declares itself an article is believed."""
HARDLY_ANY = 80
"""Characters of text below which the rest of the page is searched for a notice."""

_WORDS = {
    StubKind.ANTI_BOT: "anti-bot check",
    StubKind.ACCESS_DENIED: "access denied",
    StubKind.NOT_FOUND: "not found",
    StubKind.SERVER_ERROR: "server error",
    StubKind.CONSENT: "consent wall",
    StubKind.JAVASCRIPT: "asks for JavaScript",
    StubKind.PLACEHOLDER: "placeholder",
}
_TITLES: dict[StubKind, tuple[str, ...]] = {
    StubKind.ANTI_BOT: (
        r"just a moment", r"attention required", r"ddos-guard", r"one moment,? please",
        r"checking (?:your|the site) (?:browser|connection)",
        r"(?:are )?you (?:a )?(?:human|robot)",
        r"security (?:check|verification)", r"robot check", r"captcha", r"human verification",
        r"verify(?:ing)? (?:that )?you are (?:a )?human", r"bot verification",
        r"(?:вы|ви) не робот",
        r"перевірка браузера", r"проверка (?:браузера|безопасности)", r"ой", r"один момент",
    ),
    StubKind.ACCESS_DENIED: (
        r"access (?:to this page )?(?:has been )?(?:denied|restricted|blocked)",
        r"request rejected",
        r"(?:error )?40[13](?: - )?(?: ?(?:forbidden|unauthorized|error))?", r"forbidden",
        r"доступ (?:к (?:ресурсу|сайту|странице) )?(?:запрещ[её]н|ограничен|заблокирован)",
        r"доступ (?:заборонено|обмежено)",
    ),
    StubKind.NOT_FOUND: (
        r"(?:http )?(?:error|ошибка|помилка)?:? ?404(?: error)?",
        r"(?:404[ .:-]*)?(?:error[ .:-]*)?(?:page |article |file )?(?:not found|cannot be found)",
        r"page (?:does not|doesn.t) exist", r"oops.{0,40}", r"nothing found",
        r"(?:404[ .:-]*)?(?:страница|материал|новость|запись|публикация) не найден[ао]?",
        r"(?:ошибка 404[ .:-]*)?(?:такой )?страниц[аы] не (?:найдена|существует)", r"не найдено",
        r"(?:404[ .:-]*)?сторінк[ау] не (?:знайден[оа]|існує)", r"(?:404[ .:-]*)?бет табылмады",
        r"(?:404[ .:-]*)?парақша табылмады", r"(?:404[ .:-]*)?(?:барак|баракча|бет) табылган жок",
        r"(?:404[ .:-]*)?sahifa topilmadi", r"(?:404[ .:-]*)?са[ҳх]ифа (?:топилмади|ёфт нашуд)",
    ),
    StubKind.SERVER_ERROR: (
        r"(?:error )?50[0234](?: error)?", r"(?:50\d[ .:-]*)?bad gateway",
        r"(?:50\d[ .:-]*)?(?:service )?(?:temporarily )?unavailable", r"web server is down",
        r"(?:50\d[ .:-]*)?gateway time-?out", r"(?:50\d[ .:-]*)?internal server error",
        r"(?:site |under |site under |scheduled )?maintenance(?: mode)?", r"account suspended",
        r"(?:(?:ведутся|проводятся) )?(?:технические|профилактические) работы", r"технічні роботи",
        r"сайт временно недоступен",
    ),
    StubKind.CONSENT: (
        r"before you continue.{0,30}", r"your privacy choices", r"consent required",
        r"privacy gate",
        r"we value your privacy", r"cookie (?:consent|settings)",
    ),
}  # fmt: skip
"""Whole titles, or whole parts of them between separators ("404 | Outlet")."""

_NOTICES: dict[StubKind, tuple[str, ...]] = {
    StubKind.ANTI_BOT: (
        r"checking (?:your browser|if the site connection is secure)", r"ddos protection by",
        r"verif(?:y|ying) (?:that )?you are (?:a )?(?:human|not a (?:ro)?bot)",
        r"incapsula incident",
        r"complete the security check", r"review the security of your connection",
        r"i.m not a robot",
        r"unusual traffic from your", r"press (?:&|and) hold", r"are you a robot", r"я не робот",
        r"confirm (?:that )?you are (?:a )?human", r"провер(?:яем|ка) ваш(?:его)? браузера?",
        r"подтвердите, что (?:запросы отправляли вы|вы не робот)", r"підтвердьте, що ви",
        r"автоматическ\w+ запрос\w* с вашего", r"подозрительн\w+ (?:трафик|активност)",
    ),
    StubKind.JAVASCRIPT: (
        r"(?:enable|turn on|activate) (?:javascript|js|cookies)", r"requires javascript",
        r"javascript (?:is|must be|needs to be|seems to be) (?:disabled|enabled|required)",
        r"(?:включите|разрешите|активируйте) (?:поддержку )?(?:javascript|js|cookies)",
        r"javascript (?:отключ[её]н|выключен)", r"(?:увімкніть|ввімкніть) javascript",
        r"javascript.{0,20}(?:қосыңыз|күйгүзүңүз|иштетиңиз|yoqing)",
    ),
    StubKind.CONSENT: (
        r"we (?:value|care about) your privacy", r"we and our (?:\d+ )?(?:partners|vendors) store",
        r"before you continue to", r"accept (?:all )?cookies to (?:continue|proceed|read)",
    ),
    StubKind.ACCESS_DENIED: (
        r"you don.t have permission to access", r"access denied.{0,80}reference",
        r"your (?:ip|access|request) (?:address )?(?:has been|was|is) (?:blocked|denied)",
        r"you have been blocked", r"ваш ip.{0,20}заблокирован",
        r"доступ к (?:запрашиваемому|информационному|данному) ресурсу (?:ограничен|заблокирован)",
    ),
    StubKind.NOT_FOUND: (
        r"page you (?:are|were) looking for", r"siz (?:qidirgan|izlagan) sahifa",
        r"сіз іздеген бет",
        r"(?:this|that|the|requested) page (?:does not|doesn.t) exist", r"сиз издеген барак",
        r"(?:this|that|the|requested) page (?:could not|cannot|can.t) be found",
        r"(?:this|that|the) page (?:isn.t available|is no longer available)",
        r"запр(?:ашиваемая|ошенная)(?: вами)? страница (?:не найдена|не существует|была удалена)",
        r"к сожалению, (?:такой|такая|эта|данная|запрашиваемая) страниц", r"сторінки не існує",
        r"страница?у?,? котор(?:ую|ая) вы (?:ищете|искали|запрашивали|запрашиваете)",
    ),
    StubKind.SERVER_ERROR: (
        r"error establishing a database connection", r"the server is temporarily unable",
        r"this domain (?:is|may be) for sale", r"домен (?:прода[её]тся|припаркован)",
        r"the (?:web)?site is under maintenance",
    ),
}  # fmt: skip
"""Phrases that a short page of no other content shows its reader."""

_MACHINERY = re.compile(
    rb"/cdn-cgi/challenge-platform/h/|cf-browser-verification|_cf_chl_opt|_Incapsula_Resource"
    rb"|ddos-guard\.net/|captcha-delivery\.com|px-captcha|smartcaptcha\.|/showcaptcha|__qrator"
    rb"|hcaptcha\.com/1/api|recaptcha/api\.js|challenges\.cloudflare\.com/turnstile"
)
"""Scripts of anti-bot services; articles' comment boxes load some of them as well."""

_TITLE_PATTERNS = {kind: re.compile("|".join(p), re.IGNORECASE) for kind, p in _TITLES.items()}
_NOTICE_PATTERNS = {
    kind: re.compile("|".join(p), re.IGNORECASE | re.DOTALL) for kind, p in _NOTICES.items()
}
_SEPARATOR = re.compile(r"\s+[|–—·•:«»-]+\s+|\s*[|·•»]\s*")


def stub_rejection(
    page: bytes,
    title: str,
    text: str,
    visible: str,
    *,
    declared: bool,
    shape: PageShape | None = None,
) -> Rejection | None:
    """Return what the page is that is served in place of an article; None for everything else.

    `page` is the markup, `title` the page's title, `text` the extracted text, `visible` all text
    that a reader would see, `declared` whether the metadata calls the page an article, and `shape`
    what else is on the page, where that was looked at.
    """
    if len(text) > SHORT_PAGE or (declared and len(text) >= SOME_TEXT):
        return None
    for part in (title, *_SEPARATOR.split(title)):
        for kind, pattern in _TITLE_PATTERNS.items():
            if pattern.fullmatch(part.strip(" .!?…,:;-")):
                return _stub(kind, f"the page is titled {title[:80]!r}")
    if len(text) <= SHORT_NOTICE:
        # Around even the shortest article there are cookie banners and "enable JavaScript to see
        # the comments": what surrounds the text counts only where there is hardly any text.
        notice = text if len(text) >= HARDLY_ANY else visible[:4_000]
        for kind, pattern in _NOTICE_PATTERNS.items():
            if found := pattern.search(notice):
                return _stub(kind, f"the page says {found[0][:80]!r}")
    around = "" if len(text) >= HARDLY_ANY or len(visible) > SHORT_NOTICE else visible
    shown = f"{text}\n{around}"
    if shape is not None and (noticed := site_notice(title, shown, shape)):
        return _stub(noticed[0], f"the page says {noticed[1][:80]!r}")
    if len(visible) < SHORT_NOTICE and (loaded := _MACHINERY.search(page)):
        return _stub(StubKind.ANTI_BOT, f"the page loads {loaded[0].decode()!r}")
    return None


def _stub(kind: StubKind, sign: str) -> Rejection:
    return Rejection(RejectReason.STUB, f"{_WORDS[kind]}: {sign}", kind)
