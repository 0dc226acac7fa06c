"""What a site says of itself in place of an article: down, closed, moved, only for some. Pure.

Such words are many, and each site has its own. So no whole sentences are listed but what they are
made of, in seven languages: what is wrong (the kind), what it is wrong with (the site, its page),
and that somebody is spoken to. News of a blocked site has the first two; it names who said so, and
speaks to nobody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.articles import StubKind

LONGEST = 600
"""Characters of text above which a page says more than a notice does."""
SHORT = 300
"""Characters of text up to which a page that marks nothing may be a notice by its tone alone."""
MOST_PARAGRAPHS = 3
"""Paragraphs of a notice that is longer than that: news that something does not work has more."""
MOST_LINKS = 3
"""Links of a page that may still be nothing but a notice."""
LONGEST_BARE = 700
"""Characters of such a page that a reader sees."""


@dataclass(frozen=True, slots=True)
class PageShape:
    """What there is on a page beside its text."""

    links: int
    visible: int
    """Characters that a reader sees."""
    marked: bool
    """Whether it marks anything as an article, its time or what it is about."""

    @property
    def bare(self) -> bool:
        """Whether there is nothing but a few words: outlets put their articles among others."""
        return not self.marked and self.links <= MOST_LINKS and self.visible <= LONGEST_BARE


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


_SUBJECT = _any(
    r"\b(?:веб-?)?сайт", r"\bресурс", r"\bпортал", r"\bстраниц", r"\bсервер", r"\bсервис",
    r"\bдомен", r"\bматериал", r"\bпубликаци", r"\bстать[яиюе]", r"\bновост", r"\bдокумент",
    r"\bзапис[ьи]\b", r"\bссылк", r"\bконтент", r"\bаккаунт", r"\bхостинг", r"\bсоединени",
    r"\bинтернет-", r"\bбаз\w+ данных", r"\bадрес", r"\bсторінк", r"\bматеріал", r"\bстатт",
    r"\bновин", r"\bз'єднан", r"\bпосилан", r"\bпублікаці", r"\bбет(?:і|ті|ке|тің|ін|ін)?\b",
    r"\bпарақша", r"\bмақала", r"\bжаңалық", r"\bсілтеме", r"\bбарак", r"\bбаракча", r"\bмакала",
    r"\bжаңылык", r"\bшилтеме", r"\bбет(?:и|ти|ке)?\b", r"\bsayt", r"\bsahifa", r"\bmaqola",
    r"\bmaterial", r"\bxabar\b", r"\bhavola", r"\bserver", r"\bсаҳифа", r"\bмақола", r"\bҳавола",
    r"\bсомона", r"\bсаҳифа", r"\bмавод", r"\bпайванд", r"\bхабари? (?:зерин|мазкур)",
    r"\b(?:web)?site", r"\bpage", r"\bserver", r"\bdomain", r"\baccount", r"\barticle",
    r"\bdatabase", r"\bservice", r"\bconnection", r"\bcontent", r"\bstory", r"\bportal", r"\blink",
    r"\bбраузер", r"\bbrauzer", r"\bbrowser", r"\bподписк", r"\bпередплат", r"\bvpn\b",
    r"\bблокировщик", r"\bэт(?:от|ого) сайт", r"\bад(?:рес)? ?блок", r"\btraffic limit",
    r"\bкіру\b", r"\bкирүү\b", r"\bwe(?:'ll| will|'re| are| have)?\b", r"\bмы\b", r"\bми\b",
)  # fmt: skip
"""What a notice speaks of: the site, or what was asked of it."""

_ADDRESS = _any(
    r"\bвы\b", r"\bвам\b", r"\bвас\b", r"\bваш(?:а|е|и|у|его|ему|им|их|ей|ими|ем)?\b",
    r"\bуважаемы", r"\bдорогие (?:читател|друзь)", r"\bизвин", r"\bпрос(?:им|ьба)\b", r"\bспасибо",
    r"\bблагодарим", r"\bпожалуйста",
    r"\b(?:попробуйте|перейдите|вернитесь|воспользуйтесь|обратитесь|обновите|проверьте|подождите"
    r"|подтвердите|войдите|зайдите|заходите|нажмите|зарегистрируйтесь|авторизуйтесь|введите"
    r"|дождитесь|следите|свяжитесь|оформите|продолжая|начните|повторите|пройдите|продлите)\b",
    r"\b(?:отключите|включите|выберите|оставьте|посетите|сообщите|напишите|убедитесь)\b",
    r"\b(?!\w*сайте)\w{3,}йте(?:сь)?\b",
    r"\b(?:администратор|владел[ьеу]ц)\w* .{0,20}(?:следует|необходимо|нужно)", r"\bвернемся\b",
    r"\bработаем над\b", r"\bвладел[ьеу]ц", r"\bвоспользоваться поиском", r"\bна главную\b",
    r"\bпопытк", r"\bпозже\b.{0,20}$", r"\bэто займет\b", r"\bследует обратиться", r"\bви\b",
    r"\bвас\b", r"\bшановн", r"\bвибач", r"\bперепрошу", r"\bпросимо", r"\bдякуємо",
    r"\bбудь ласка",
    r"\b(?:спробуйте|перейдіть|поверніться|скористайтес[яь]|зверніться|оновіть|перевірте"
    r"|зачекайте|підтвердіть|увійдіть|зареєструйтес[яь]|натисніть|продовжуючи|завітайте)\b",
    r"\bповернемос[яь]", r"\bна головну\b", r"\bвласник", r"\bсіз", r"\bқұрметті", r"\bкешірім",
    r"\bкешіріңіз", r"\bөтінеміз", r"\bрахмет", r"\bрақмет", r"\bораламыз", r"\bбасты бет",
    r"\w{2}(?:ыңыз|іңіз|уңуз|үңүз|иңиз)(?:дар)?\b", r"\w{4}ң[ыіиуү]з(?:дар)?\b", r"\bсиз",
    r"\bурматтуу", r"\bкечир", r"\bсуранабыз", r"\bөтүнөбүз", r"\bбашкы бар",
    r"\w(?:йбиз|йбыз|йбуз|йбүз|беребиз)\b", r"\bsiz", r"\bhurmatli", r"\bkechir", r"\buzr\b",
    r"\biltimos", r"\brahmat", r"\bqaytamiz", r"\bbosh sahifa", r"\bqayta urin", r"\w{3}ingiz\b",
    r"\b(?:o'ting|kiring|foydalaning|kuting|bosing|tekshiring|qaytaring|tasdiqlang|yangilang"
    r"|qiling|o'qing|ko'ring|yozing|tanlang|izlang|uring|urining)\b", r"\bsaytimiz", r"\bҳурматли",
    r"\bкечирасиз", r"\bузр\b", r"\bилтимос", r"\bраҳмат", r"\bқайтамиз", r"\bбош саҳифа",
    r"\bқайта урин", r"\w{3}ингиз\b",
    r"\b(?:ўтинг|киринг|фойдаланинг|кутинг|босинг|текширинг|тасдиқланг|янгиланг|қилинг|ўқинг"
    r"|кўринг|ёзинг|танланг|изланг)\b", r"\bшумо", r"\bмуҳтарам", r"\bмебахшед", r"\bбубахшед",
    r"\bлутфан", r"\bташаккур", r"\bбармегардем", r"\bсаҳифаи асосӣ", r"\bкӯшиш кунед",
    r"\bистифода баред", r"\b\w*(?:шавед|кунед|намоед|гардед|баред|гиред|хонед)\b",
    r"\byou(?:r|'re|'ve)?\b", r"\bplease\b", r"\bsorry\b", r"\bapolog", r"\bthank", r"\btry again",
    r"\bcontact\b", r"\bback (?:soon|shortly|online|later)\b", r"\bcheck back", r"\brefresh\b",
    r"\breturn to\b", r"\bgo (?:back|to)\b", r"\bclick\b", r"\b(?:log|sign) ?in\b",
    r"\bsubscribe\b", r"\bbrowse\b", r"\bstay tuned", r"\bdear\b",
)  # fmt: skip
"""Signs that a reader, or the owner, is spoken to."""

_REPORTED = _any(
    r"\b(?:сообщ(?:ил|ает|ают|аетс)|заяви[лв]|рассказал|отмети[лв]|уточни[лв]|пишет|пишут"
    r"|передает)", r"\bпо (?:словам|данным|информации)\b", r"\bпресс-служб",
    r"\b(?:повідоми[лв]|заяви[вл]|зазначи)", r"\b(?:за словами|за даними|пресслужб)",
    r"\b(?:деді|деп хабарла|хабарлады|мәлімдеді|айтты)\b", r"\bмәлімет",
    r"\b(?:деди|билдирди|кабарлады|маалымдады|айтты|дейт)\b", r"\bмаалымат",
    r"\b(?:dedi|bildirdi|ma'lum qildi|xabar (?:ber|qil)\w+)\b", r"\bma'lumotlariga ko'ra",
    r"\b(?:деди|билдирди|маълум қилди|хабар (?:бер|қил)\w+)\b", r"\b(?:гуфт|хабар дод|изҳор)",
    r"\bтибқи маълумот", r"\b(?:said|says|reported|told|announced|according to|spokes\w+)\b",
)  # fmt: skip
"""Signs that somebody is quoted, which no notice does."""

_FAULTS: dict[StubKind, re.Pattern[str]] = {
    StubKind.ANTI_BOT: _any(
        r"\bне робот\b", r"\bvpn\b.{0,60}(?:отключ|выключ|вимкн|disable|turn off)",
        r"\bsolve the\b", r"\bчто вы (?:человек|не бот)", r"\bкапч[аеиуы]\b", r"\bcaptcha\b",
        r"\bпроверк\w+ (?:\w+ )?(?:безопасности|браузера|соединения|подключения|подлинности)",
        r"\bпроверя\w+ (?:ваш\w* )?(?:браузер|соединени|подключени)",
        r"\bзащит\w+ от (?:ddos|бот|робот)", r"\bне є робот", r"\bви (?:людина|не робот)",
        r"\bперевірк\w+ (?:\w+ )?(?:безпеки|браузера|з'єднання)", r"\bперевіряємо", r"\bробот емес",
        r"\bбраузер\w* текс", r"\bқауіпсіздік\w* тексер", r"\bробот эмес", r"\bбраузер\w* текш",
        r"\bкоопсуздук\w* текшер", r"\brobot emas", r"\bbrauzer\w*\W+tekshir",
        r"\bxavfsizlik\w*\W+tekshir", r"\bбраузер\w*\W+текшир", r"\bхавфсизлик\w*\W+текшир",
        r"\bробот не(?:ст|д)", r"\bсанҷиши? (?:\w+ )?(?:браузер|амният)",
        r"\bбраузери? \w*\W*(?:санҷ|тафтиш)", r"\b(?:not|aren't) a (?:ro)?bot\b",
        r"\b(?:you are|you're) (?:a )?human\b", r"\bsecurity (?:check|verification)\b",
        r"\bchecking (?:your|the) (?:browser|connection)", r"\bunusual (?:traffic|activity)\b",
    ),
    StubKind.CONSENT: _any(
        r"\bcookies?\b", r"\bкуки\b", r"\bобработк\w+ (?:\w+ )?данных", r"\bкукі\b",
        r"\bобробк\w+ (?:\w+ )?даних", r"\bисполнилось (?:18|восемнадцать)",
        r"\bстарше (?:18|восемн)", r"\bсовершеннолет", r"\bвиповнилося (?:18|вісімн)",
        r"\bповнолітн", r"\b(?:18|он сегіз) жас", r"\b(?:18|он сегиз) жаш",
        r"\b(?:18|o'n sakkiz) yosh", r"\b(?:18|ўн саккиз) ёш", r"\b18[- ]?сола", r"\bcookie",
        r"\b(?:over|are) (?:18|eighteen)\b", r"\b18 or o(?:lder|ver)", r"\bконтент\w* для взрослых",
        r"\bmaxfiylik siyosat", r"\bprivacy (?:policy|choices)",
    ),
    StubKind.ACCESS_DENIED: _any(
        r"\bдоступ\w* .{0,80}?(?:ограничен|заблокирован|закрыт|запрещен|прекращен|приостановлен)",
        r"\b(?:ограничен|заблокирован|закрыт|запрещен)\w* доступ",
        r"\b(?:сайт|ресурс|страница)\w* заблокирован", r"\bв вашей стране", r"\bв вашем регионе",
        r"\bавториз(?:уйтесь|оваться|ации|ован)",
        r"\b(?:войдите|войти|вход) (?:в|на|под|через|для)\b", r"\bвойдите\b",
        r"\bзарегистрируйтесь", r"\b(?:только|лишь) (?:для )?(?:\w+ )?(?:подписчик|зарегистрир)",
        r"\bоформите подписку", r"\bпо подписке\b", r"\bдоступ\w* (?:\w+ )?(?:только|лишь)\b",
        r"\bлимит\w* (?:\w+ )?(?:бесплатн|просмотр|стат)", r"\bобліковий запис",
        r"\bоформіть передплату", r"\bfree article", r"\bблокировщик\w* рекламы", r"\bad ?blocker",
        r"\bличн\w+ кабинет", r"\bнет прав\w* (?:на|для)",
        r"\bдоступ\w* .{0,80}?(?:обмежен|заблокован|закрит|заборонен)",
        r"\b(?:увійдіть|зареєструйтес)", r"\bу вашій країні", r"\bвашому регіоні",
        r"\bлише (?:для )?(?:передплатник|зареєстр)",
        r"\b(?:қол жеткіз|кіру|қатына|қолжетім)\w* .{0,60}?(?:шекте|бұғатта|тыйым)",
        r"\bбұғатталған", r"\b(?:кіріңіз|тіркеліңіз)",
        r"\b(?:кирүү|жетүү|жеткилик)\w* .{0,60}?(?:чекте|бөгөттө|тыюу|жабы)", r"\bбөгөттөлгөн",
        r"\b(?:кириңиз|катталыңыз)", r"\bкіру шектел",
        r"\b(?:kirish|ruxsat|foydalanish)\w* .{0,60}?(?:cheklan|bloklan|taqiqlan|yopil|yo'q)",
        r"\bbloklangan", r"\btizimga kiring", r"\bro'yxatdan o't", r"\bобуна бўлинг",
        r"\b(?:кириш|рухсат|фойдаланиш)\w* .{0,60}?(?:чеклан|блоклан|тақиқлан|ёпил)",
        r"\bтизимга киринг", r"\bрўйхатдан ўт", r"\bдастрасӣ\w* .{0,60}?(?:маҳдуд|баста|манъ)",
        r"\bворид шавед", r"\b(?:ба қайд гиред|номнавис шавед)",
        r"\baccess\b.{0,80}?\b(?:denied|restricted|blocked|limited|forbidden|prohibited)",
        r"\b(?:denied|restricted|blocked) access",
        r"\bnot available in your (?:country|region|location)", r"\b(?:log|sign) ?in to\b",
        r"\bcreate an account", r"\bsubscribers? only", r"\bfor subscribers\b",
        r"\bonly (?:for|to) subscribers", r"\b(?:subscribe|register) to (?:continue|read|view)",
        r"\bplease (?:log|sign) ?in",
    ),
    StubKind.NOT_FOUND: _any(
        r"\bне (?:найден|существует)", r"\bудален[аоы]?\b", r"\bснят\w* с публикации",
        r"\bперемещен", r"\bперенесен", r"\bбольше (?:нет\b|не доступ|недоступ)", r"\bотозван",
        r"\b(?:неправильн|неверн|ошибочн)\w+ (?:ссылк|адрес|набран)",
        r"\bскрыт\w* (?:редакци|автор)", r"\bустарел", r"\b404\b", r"\bне (?:знайден|існує)",
        r"\bвидален", r"\bзнят\w* з публікації", r"\bпереміщен",
        r"\b(?:неправильн|невірн|хибн)\w+ (?:посилан|адрес)", r"\bтабылмады", r"\bтабылған жоқ",
        r"\bжойыл", r"\bөшіріл", r"\bалынып тастал", r"\bтабылган жок", r"\bтабылбады", r"\bөчүрүл",
        r"\bалынып салын", r"\bжок кылын", r"\btopilmadi", r"\bo'chiri(?:l|b)", r"\bolib tashlan",
        r"\bmavjud emas", r"\bтопилмади", r"\bмавжуд эмас", r"\bўчири(?:л|б)", r"\bолиб ташлан",
        r"\b(?:ёфт|пайдо) нашуд", r"\bвуҷуд надорад", r"\b(?:нест|ҳазф|пок|тоза) (?:карда|шуд)",
        r"\bгирифта шуд", r"\bnot (?:be )?found", r"\b(?:does not|doesn't|do not|don't) exist",
        r"\bno longer (?:exist|available)",
        r"\bbeen (?:removed|deleted|moved|unpublished|taken down|withdrawn)",
        r"\b(?:was|were) (?:removed|deleted)", r"\bcan(?:'t|not) (?:be )?f(?:ind|ound)",
    ),
    StubKind.SERVER_ERROR: _any(
        r"\bтехн\w+ (?:работ|обслуживан|перерыв|причин|неполадк|сбо|проблем)", r"\bпрофилактическ",
        r"\bпланов\w+ (?:\w+ )?работ", r"\bрегламентн",
        r"\bобновлени\w+ (?:\w+ )?(?:сайт|оборудован|систем|сервер|дизайн|портал)", r"\bнедоступ",
        r"\bне работа", r"\bне отвеча", r"\bотключен", r"\bприостановлен", r"\bперегружен",
        r"\bреконструкци", r"\bв разработке", r"\bпереезжа", r"\bмодернизац", r"\bне прилинкован",
        r"\bприпаркован", r"\bошибк\w+ (?:\w+ )?(?:подключени|соединени|сервер|баз)",
        r"\bвнутренн\w+ ошибк", r"\bпроизошл[аи] (?:\w+ )?(?:ошибк|сбой)", r"\bпроизошел сбой",
        r"\bчто-то пошло не так",
        r"\bне удалось (?:\w+ )?(?:соединиться|подключиться|загрузить|установить|открыть)",
        r"\bddos", r"\bвосстанавлива", r"\bобновляемся", r"\bоткроется\b",
        r"\bвыставлен\w* на продажу", r"\bпрода[её]тся\b.{0,40}домен", r"\bдомен\w* .{0,40}прода",
        r"\bпревышен\w* .{0,20}(?:лимит|трафик)", r"\bзаражен", r"\bне (?:привязан|настроен)",
        r"\bоновлю[єю]", r"\bcoming soon\b", r"\bupgraded\b", r"\blimit exceeded",
        r"\bобновите (?:ваш )?браузер", r"\bjavascript\b", r"\bзакрыт\w* на\b",
        r"\bскоро (?:вернем|откроем|зарабо)", r"\bвременно (?:закрыт|недоступ|не)",
        r"\bтехнічн\w+ (?:робот|обслугов|перерв|причин|неполадк|збо|проблем)", r"\bпрофілактичн",
        r"\bпланов\w+ робот", r"\bне працю", r"\bвимкнен", r"\bпризупинен", r"\bперевантажен",
        r"\bоновлен\w+ (?:\w+ )?(?:сайт|обладнан|систем|сервер)", r"\bсталася (?:\w+ )?помилка",
        r"\bщось пішло не так", r"\bвнутрішн\w+ помилка",
        r"\bпомилк\w+ (?:\w+ )?(?:з'єднан|сервер|баз|підключен)", r"\bне вдалося", r"\bтимчасово",
        r"\bтехникалық (?:\w+ )?(?:жұмыс|қызмет|себеп|ақау|үзіліс)", r"\bпрофилактикалық",
        r"\bқолжетімсіз", r"\bқолжетімді емес", r"\bжұмыс істеме", r"\bжаңартыл", r"\bжаңартып жат",
        r"\bқате (?:пайда|орын|шық|кет)", r"\bуақытша",
        r"\bтехникалык (?:\w+ )?(?:иш|тейлөө|себеп|тыныгуу|каат)", r"\bпрофилактикалык",
        r"\bжеткиликсиз", r"\bжеткиликтүү эмес", r"\bиштебе", r"\bжаңыланып", r"\bжаңылануу",
        r"\bжаңыртыл", r"\bката (?:кет|чык)", r"\bубактылуу",
        r"\btexnik (?:\w+ )?(?:ish|xizmat|sabab|nosoz|tanaffus)", r"\bprofilaktika", r"\bvaqtincha",
        r"\bishlama", r"\byangilan(?:moqda|yapti)", r"\byangilash",
        r"\bxato(?:lik)? (?:yuz|ro'y|sodir)",
        r"\bтехник (?:\w+ )?(?:иш|хизмат|сабаб|носоз|танаффус)", r"\bпрофилактика ишлари",
        r"\bвақтинча", r"\bишламая?", r"\bянгилан(?:моқда|япти)",
        r"\bхато(?:лик)? (?:юз|рўй|содир)", r"\bкор(?:ҳо)?и (?:\w+ )?(?:техник|профилактик|таъмир)",
        r"\bтаъмири? техник", r"\bдастнорас", r"\bдастрас нест", r"\bкор намеку", r"\bмуваққатан",
        r"\bхато(?:гӣ|ӣ|гии)? \w*\W*(?:рух|ба амал)", r"\bнавсозӣ", r"\bнав карда ист",
        r"\bmaintenance\b", r"\bunavailable\b", r"\bunder construction",
        r"\btemporarily (?:closed|down|offline|out)", r"\bsuspended\b", r"\bsomething went wrong",
        r"\berror (?:has )?occurred",
        r"\b(?:cannot|can't|could ?n(?:o|')t|unable to|failed to) (?:be )?(?:connect|establish"
        r"|reach|load|display)", r"\bdown for\b", r"\boverloaded\b",
        r"\btoo many (?:requests|connections)", r"\bupgrad(?:e|ing)\b",
        r"\bscheduled (?:works?|downtime|outage)",
        r"\btechnical (?:difficult|problem|issue|work|reason)",
        r"\bbe back (?:soon|shortly|online|in|later)",
        r"\b(?:query|database|server|connection) error\b",
    ),
}  # fmt: skip
"""What is wrong, by the kind of page that it makes; the first kind that is found counts."""

_MACHINE = _any(
    r"\bon line \d+", r"\b(?:fatal|parse) error:", r"\bsqlstate\[", r"\btraceback \(most recent",
    r"\bstack trace:", r"\buncaught (?:\w+\\?)*(?:exception|error)", r"\bmysqli?_\w+\(",
    r"\bora-\d{4,5}\b", r"\bserver error in '", r"\ballowed memory size", r"/var/www/",
    r"\bdb query error", r"\bnginx\b.{0,60}\binstalled",
    r"\bapache\w* .{0,60}\b(?:default page|it works|installed)", r"^it works!", r"\bindex of /",
    r"\bwelcome to nginx", r"\bdefault (?:web )?page\b.{0,80}\b(?:server|site|host)", r"\bplesk\b",
    r"\bcpanel\b", r"\bcontact your hosting provider", r"\bexception in thread",
    r"\bno such file or directory", r"\bhttp (?:error|status) [45]\d\d\b",
)  # fmt: skip
"""What only machines write, in whatever language the site is."""

_NO_SITE = _any(
    r"\b(?:сайт|домен|хост)\w* (?:\w+ )?не (?:найден|существует|знайден|існує|прилинкован"
    r"|настроен)", r"\b(?:веб)?сайт\w* (?:\w+ )?(?:табылмады|табылган жок|топилмади)",
    r"\bsayt (?:\w+ )?topilmadi", r"\bсомона (?:\w+ )?ёфт нашуд",
    r"\b(?:web)?(?:site|domain|host)\w* (?:was |is |be )*not (?:be )?found",
    r"\bdomain (?:name )?(?:has )?expired", r"\bсрок\w* .{0,30}домен", r"\bдомен\w* .{0,40}истек",
)  # fmt: skip
"""The site as a whole is not there, which says nothing about its page."""

_QUOTED = re.compile('[«“„"]')
_SAME = str.maketrans({**dict.fromkeys("`´ʹʻʼʽ‘’‛′", "'"), "ё": "е"})


def site_notice(title: str, text: str, shape: PageShape) -> tuple[StubKind, str] | None:
    """Return what a short text is that a site says of itself, with the words that tell it.

    None for what is longer than a notice, quotes somebody, or only has the words.
    """
    if len(text) > LONGEST or (len(text) > SHORT and text.strip().count("\n") >= MOST_PARAGRAPHS):
        return None
    notice = f"{title}. {text}".casefold().translate(_SAME)
    if found := _MACHINE.search(notice) or _NO_SITE.search(notice):
        return StubKind.SERVER_ERROR, found[0]
    if _REPORTED.search(notice):
        return None
    addressed, subject = _ADDRESS.search(notice), _SUBJECT.search(notice)
    for kind, faults in _FAULTS.items():
        found = faults.search(notice)
        if found is None or (subject is None and kind not in _TELLING):
            continue
        if addressed or (shape.bare and kind in _ALONE):
            return kind, found[0]
    told = not (shape.marked or len(text) > SHORT or _QUOTED.search(notice))
    if told and addressed and subject:
        return StubKind.PLACEHOLDER, addressed[0]
    return None


_TELLING = frozenset({StubKind.ANTI_BOT, StubKind.CONSENT})
"""Kinds whose words need not say that they are about the site."""
_ALONE = frozenset(
    {StubKind.ACCESS_DENIED, StubKind.SERVER_ERROR, StubKind.NOT_FOUND, StubKind.ANTI_BOT}
)
"""Kinds of notices that need not speak to anybody, where nothing else is on the page."""
