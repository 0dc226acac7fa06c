"""The words of boilerplate, by language: prompts, share buttons, related links, credits.

This is the place to add one. A pattern is a regular expression matched without regard to case
against a whole line (its bullets and end punctuation removed), with two additions: `~` stands for
up to 80 further characters, and `≈` for up to 60 of one clause, without comma, colon, dash or end.
Keep each so specific that no sentence of an article can match it: a prompt speaks to the reader, of
the outlet's own. An infinitive begins news as well ("To support the draft, …"), and so does the
name of a network; what may follow those is spelled out.

- `PROMPTS` go wherever they stand: no article has "Add a Comment" as a paragraph.
- `HEADINGS` could be a subheading, so they go at the very start of the text, or at its end together
  with the headlines that follow them.
- `SECTIONS` head a part of an article as often: "Topics" an agenda, "More on the dead" their names.
  What follows them goes only where it is nothing but links.
- `COMMENTS` head a block of what readers wrote, which goes as a whole.
- `OPENERS` begin a short line whose rest varies: "Read also: <headline>".
- `CREDITS` begin a line whose rest says whose a picture or a report is: "Photo: <name>". A source
  may speak in that place: "Source: <the mayor is detained>" is news.
- `GLUED` are cut from the end of a paragraph that is otherwise real.
"""

from __future__ import annotations

NETWORK = (
    r"(?:facebook|twitter|x|vk|vkontakte|вконтакте|telegram|телеграм|whatsapp|linkedin|reddit|viber"
    r"|pinterest|instagram|odnoklassniki|одноклассники|ok|email|e-mail|print|copy link|messenger)"
)

_NETWORKS = (
    # The first of a list's words that fits is the only one: no line may take forever.
    rf"{NETWORK}\b(?:[\s,|/·&]+(?:\w{{1,3}}\b|(?!\w{{1,3}}\b){NETWORK}\b|google news|youtube|tiktok"
    r"|bluesky|threads|\(@?\w+\)|@\w+))*"
)
"""One network or more, and the short words between their names; nothing is said of them."""
_NET = r"(?:telegram|телеграм|instagram|youtube|whatsapp|facebook)"

_LATIN_BUTTON = (
    r"share|tweet|pin(?: it)?|like|save|print|e-?mail|copy(?: the)? link|copy|link copied"
    r"|ulashish|saqlash|chop etish|yuborish|havolani nusxalash"
)
_BUTTON = (
    rf"(?:{_LATIN_BUTTON}"
    r"|поделит[ье]ся|твитнуть|запинить|сохранить|(?:рас)?печат(?:ь|ать)|отправить"
    r"|с?копировать ссылку|ссылка скопирована|нравится"
    r"|поділитис[яь]|твітнути|зберегти|друк(?:увати)?|надіслати|с?копіювати посилання|подобається"
    r"|бөлісу|сақтау|басып шығару|жіберу|сілтемені көшіру"
    r"|бөлүшүү|сактоо|басып чыгаруу|жөнөтүү|шилтемени көчүрүү"
    r"|улашиш|сақлаш|чоп этиш|юбориш|ҳаволани нусхалаш"
    r"|мубодила|нигоҳ доштан|чоп кардан|фиристодан|нусхаи пайванд"
    rf"|{NETWORK})\b"
)
"""What stands on a button to pass an article on, in any of the languages."""
_BUTTONS = (
    rf"{_BUTTON}(?:[\s,|/·•]+{_BUTTON})+",
    rf"(?:{_LATIN_BUTTON}|{NETWORK})\b(?:[\s,|/·•]+(?:{_LATIN_BUTTON}|{NETWORK})\b)+",
)

PROMPTS: dict[str, tuple[str, ...]] = {
    "any": (*_BUTTONS, r"(?:0|\d{1,5}) ?(?:👍|❤️|💬|👁)"),
    "en": (
        r"you must ≈(?:display name|log ?in|sign in|register)≈ (?:before|to) comment(?:ing)?",
        r"please log ?out and then log ?in again~~",
        (r"(?:please )?(?:log|sign) in or (?:register|create an account|sign up)"
        r"(?: to (?:continue|comment|read|post|leave)≈)?"),
        r"(?:would you|do you want to) (?:like to )?comment on this (?:article|story)",
        r"please read our comment policy~", r"sign up \(it.s quick and free\)~",
        (r"(?:subscribe|sign up|register)(?: now| today| here| for free)* (?:to|for)"
        r" (?:our|the|your|free|daily|weekly|email)\b≈(?:newsletters?|updates|alerts|inbox"
        r"|channel|digest)\b(?: in your ≈|,? (?:to get|to receive|for (?:all|the|daily|more)"
        r"|and (?:get|receive|never))\b~)?"),
        rf"follow (?:≈ )?on (?:google news|youtube|{_NETWORKS})",
        (r"join (?:our(?: [^\s,]+){0,2}|us on(?: our)?|the [^\s,]+) (?:whatsapp|telegram)"
        r"(?: (?:channel|group|community))?(?:,? (?:to (?:get|receive)|for|and get)\b~)?"),
        (r"(?:support|donate to) (?:us|our (?:work|journalism|newsroom)|independent journalism)"
        r"(?: (?:today|now|here|on|with|via)\b≈)?"),
        r"(?:become|be) (?:a |our )?(?:member|supporter|subscriber)(?: today| now)?",
        r"(?:make|give) a (?:donation|contribution)(?: (?:today|now|here|online))?",
        r"donate(?: (?:now|here|today))?",
        (r"this (?:article|story"
        r"|content) is (?:only )?(?:available )?(?:exclusively )?(?:for|to) ≈subscribers"),
        r"this post is for (?:paying )?subscribers≈",
        r"already (?:a )?(?:subscriber|member)(?:\?~| (?:log|sign) ?in≈)?",
        r"to read the full (?:story|article)(?:,? (?:subscribe|sign|log|click|register)\b≈)?",
        r"continue reading(?: below)?",
        (r"this is a breaking (?:news|new) story(?:[\s,.–—-]+(?:more|check|please|it will|refresh"
        r"|updates?)\b~)?"),
        r"more to follow", r"join our commenting forum~",
        r"join thought-provoking conversations~~", r"enjoying our latest content",
        r"(?:add|leave|post|write|submit) (?:a |your |the first )?(?:comments?|reply)",
        r"be the first to comment(?: on this (?:article|story|post))?",
        r"(?:no|\d+|view|show|see|hide|read)(?: all)?(?: \d+)? comments?",
        r"comments?(?: \(?\d+\)?| (?:are )?closed| section)?",
        r"join the (?:conversation|discussion)", r"cancel reply", r"log ?in to (?:comment|reply)",
        r"you must (?:be logged in|log ?in) to (?:post|leave) a comment",
        r"your email address will not be published~", r"required fields are marked~",
        r"save my name, email,? and website~",
        (r"(?:click to )?(?:share|tweet|pin|print|email|like)(?: (?:this|it))?"
        rf"(?: (?:article|story|post|page|news))?(?: (?:on|via|by|with|to) {NETWORK})?"),
        r"(?:share|copy)(?: the)? link", r"link copied(?: to (?:the |your )?clipboard)?",
        r"share (?:this )?with (?:your )?friends",
        rf"follow us(?: in {_NETWORKS})?", r"back to (?:top|home|homepage)",
        r"(?:subscribe|sign up|register)(?: (?:now|here|today))?",
        r"(?:log|sign) ?in", r"advertise?ments?", r"sponsored(?: content)?", r"paid content",
        (r"(?:story|article) continues (?:below|after)(?: (?:this|the|our))?(?: (?:ad|advertisement"
        r"|video|gallery|photo|image|picture|graphic|map|promotion|newsletter))?"),
        r"skip (?:to (?:main )?content|ad|advertisement)", r"load more(?: comments)?",
        r"download (?:our|the) app", r"report (?:a |an )?(?:typo|error|mistake)",
        r"accept (?:all )?cookies", r"all rights reserved", r"copyright (?:©|\(c\))~",
        r"copyright \d{4}≈\.? all rights reserved",
        (r"(?:reproduction|republication|reprinting|copying) of ≈(?:materials?|content|articles?)≈"
        r" (?:only|prohibited|forbidden|without|requires?|permitted|allowed)\b~~"),
        r"no part of this (?:site|website|publication|article) may be reproduced~~",
    ),
    "ru": (
        (r"(?:подписывайтесь|подпишитесь) на ≈(?:канал|telegram|телеграм|рассылк|дзен|youtube"
        r"|новост|страниц|соцсет|\bmax\b|whatsapp)≈(?:,? (?:чтобы|и (?:будьте|узнавайте|читайте"
        r"|следите|получайте|смотрите|оставайтесь))\b~)?"),
        r"(?:читайте|смотрите) (?:нас|наши новости) (?:в|на) ≈",
        (r"поддержите (?:нас|наш (?:проект|сайт|канал)|нашу (?:работу|редакцию|журналистику)"
        r"|редакцию|проект|независим\w+ (?:журналистику|сми|медиа))"
        r"(?: (?:донатом|рубл[её]м|переводом|подпиской|сейчас|через|на|в)\b≈)?"
        r"(?:[,.—–-] ?(?:оформ|сдела|подпиш|перевед|ваш|стань)\w*~)?"),
        (r"поддержать (?:нас|наш (?:проект|сайт|канал)|нашу (?:работу|редакцию|журналистику)"
        r"|редакцию|проект|независим\w+ (?:журналистику|сми|медиа))"),
        (r"(?:сделать|оформить|сделайте|оформите) (?:пожертвование|донат|подписку)"
        r"(?: (?:прямо )?сейчас| здесь| онлайн)?"),
        (r"(?:пришлите|присылайте|сообщите|сообщайте|расскажите|пишите)(?: нам)?"
        r" ≈(?:новост\w*|на почту|в telegram|в телеграм|whatsapp|редакци\w*)"
        r"(?: (?:в|на|по|через|с|или|и)\b≈)?"),
        (r"(?:если )?(?:вы )?стали (?:свидетел|очевидц)≈(?:[?,.] ?)?(?:пишите|напишите|сообщите"
        r"|сообщайте|присылайте|пришлите|расскажите|звоните|свяжитесь|отправ\w+)"
        r"(?: ≈(?:\bнам\b|\bнами\b|редакц|telegram|телеграм|whatsapp|почт|номер|@|\+?\d)~)?"),
        r"(?:вы )?стали (?:свидетел|очевидц)≈\?", r"есть новость(?:\?~)?",
        r"комментировать могут только ≈(?:пользовател|участник|подписчик|зарегистрир)≈",
        r"что вы (?:об этом )?думаете\??(?: пишите в комментариях)?",
        r"(?:делитесь|поделитесь|обсуждайте|пишите|напишите)(?: ≈)? в комментариях",
        r"обсудить в комментариях",
        r"читать (?:далее|дальше|полностью)",
        (r"(?:больше (?:новостей|материалов)|самые (?:важные|интересные|свежие) новости)(?: ≈)?"
        rf"[\s—–-]+(?:в|на) (?:наш(?:ем|ей|их) ≈|(?:{_NETWORKS}|max)(?:[ -]канал\w*)?)"),
        (r"(?:добавить|оставить|написать|оставьте|добавьте|напишите)(?: (?:свой|ваш|первый))?"
        r" (?:комментари[йи]|отзыв)"),
        r"комментировать", r"(?:обсудить|обсуждение)(?: \(?\d+\)?| на форуме)?",
        r"(?:нет|\d+|все|показать|читать|посмотреть)(?: все)? комментари[йяев]{1,2}",
        r"комментари[ийев]{1,2}(?: ?\(?\d+\)?)?", r"комментарии (?:закрыты|отключены)",
        r"(?:войдите|авторизуйтесь|зарегистрируйтесь),? чтобы (?:оставить|комментир)≈",
        r"ваш (?:e-?mail|адрес email|адрес электронной почты) не будет опубликован~",
        r"поделит[ье]ся(?: (?:с друзьями|новостью|стать[её]й|ссылкой|записью|материалом|этим))?",
        r"(?:рассказать друзьям|скопировать ссылку|ссылка скопирована)",
        rf"поделиться (?:в|во) {NETWORK}",
        r"(?:подпишитесь|подписывайтесь)(?: на (?:нас|наш|новости|рассылку|канал)≈)?",
        (r"подписаться(?: на (?:нас|новости|рассылку|(?:наш )?(?:telegram-|телеграм-)?канал))?"
        rf"(?: (?:в|на) {NETWORK})?"),
        (r"(?:присоединяйтесь к (?:нам|нашему (?:каналу|чату))|следите за (?:нами|нашими"
        rf" новостями))(?: (?:в|на) (?:{_NETWORKS}|(?:наш|соц)\w+≈))?"),
        rf"(?:мы|наш канал) (?:в|на) {_NETWORKS}",
        r"(?:распечатать|версия для печати|на главную|наверх|показать ещ[её]|загрузить ещ[её])",
        r"реклама", r"на правах рекламы", r"войти", r"регистрация",
        r"все права защищены(?:[.,©]~)?",
        (r"(?:полная |частичная |любая )?(?:(?:или|и) частичная )?перепечатка(?: ≈)?"
        r" (?:только|лишь|разреш\w+|запрещ\w+|возможна|допускается|без)\b~~"),
        (r"(?:при |любое )?(?:полном |частичном )?(?:использовани[ие]|перепечатк[ае]|цитировани[ие]"
        r"|копировани[ие]) ≈(?:материал|информаци|текст|новост|контент)~(?:ссылк"
        r"|письменного (?:согласи|разрешени)|(?:согласия|разрешения) редакции)~"),
        (r"(?:если вы )?(?:нашли|заметили|обнаружили|увидели)(?: в тексте)? (?:ошибку|опечатку)"
        r"(?: в тексте)?(?:\?|[?,.:]?\s*(?:пожалуйста,? )?(?:выделите|сообщите|нажмите|напишите"
        r"|пишите)~~)?"),
        r"выделите (?:её|ее|текст с ошибкой|фрагмент|ошибку)~(?:нажмите|ctrl|мыш)~",
        r"нажмите ctrl ?\+ ?enter~",
        r"сообщить об ошибке",
    ),
    "uk": (
        (r"(?:підписуйтес[яь]|підпишіться) на ≈(?:канал|telegram|телеграм"
        r"|розсилк|youtube|сторінк|соцмереж|whatsapp)≈(?:,? (?:щоб|і (?:будьте|дізнавайтеся"
        r"|читайте|стежте|отримуйте))\b~)?"),
        (r"(?:підтримайте|підтримати) (?:нас|наш (?:проєкт|сайт|канал)|нашу (?:роботу|редакцію)"
        r"|редакцію|проєкт|незалежну журналістику|незалежні (?:змі|медіа))"),
        r"(?:надсилайте|надішліть|повідомте|пишіть)(?: нам)? ≈(?:новин|редакці|на пошту)≈",
        r"(?:стежте|слідкуйте) за (?:нами|нашими новинами)(?: (?:в|у|на) ≈)?",
        r"читати (?:далі|повністю)", r"читайте нас (?:в|у|на) ≈",
        (r"більше новин(?: ≈)?[\s—–-]+(?:в|у|на) (?:наш(?:ому|ій|их) ≈"
        rf"|{_NETWORKS}(?:[ -]канал\w*)?)"),
        r"(?:додати|залишити|написати|залиште|додайте)(?: (?:свій|ваш))? (?:коментар|відгук)",
        r"коментувати", r"(?:немає|\d+|усі|всі|показати)(?: всі)? коментар(?:ів|і)",
        r"коментар[іи](?: ?\(?\d+\)?)?", r"поділитис[яь](?: (?:з друзями|новиною|статтею))?",
        r"(?:підписуйтес[яь]|підпишіться)(?: на (?:нас|наш|новини|канал)≈)?",
        rf"підписатис[яь](?: на (?:нас|новини|(?:наш )?канал))?(?: (?:в|у|на) {NETWORK})?",
        r"приєднуйтесь до (?:нас|нашого (?:каналу|чату))(?: (?:в|у|на) ≈)?",
        (r"(?:якщо ви )?(?:знайшли|помітили) помилку(?: в тексті)?"
        r"(?:\?|[?,.:]?\s*(?:будь ласка,? )?(?:виділіть|повідомте|натисніть|напишіть)~~)?"),
        r"реклама", r"показати (?:ще|більше)",
        r"(?:передрук|копіювання)≈ (?:лише|тільки|дозволен\w+|заборонен\w+|можлив\w+|без)\b~~",
        (r"(?:при|у разі|під час) (?:використанн[іяю]|передруку|цитуванн[іяю]) ≈(?:матеріал"
        r"|інформаці|новин|текст)~(?:посиланн|гіперпосиланн|згоди редакції)~"),
        r"(?:скопіювати|копіювати) посилання", r"увійти",
    ),
    "kk": (
        (rf"(?:[^\s,]+ ){{0,2}}{_NET}[^\s,]*(?: [^\s,]+){{0,3}} (?:жазылыңыз(?:дар)?"
        r"|қосылыңыз(?:дар)?)"),
        r"бізді (?:әлеуметтік желі|telegram|instagram)≈(?:оқыңыз(?:дар)?|бақылаңыз(?:дар)?)",
        r"бізге (?:қолдау көрсетіңіз|жазыңыз|хабарлаңыз)(?:[: ]+\S*[@+\d]\S*)?",
        r"(?:толығырақ|жалғасын) (?:оқу|оқыңыз)",
        r"(?:пікір|түсініктеме|комментарий) (?:қалдыру|жазу|қосу|қалдырыңыз|жазыңыз)",
        r"(?:\d+ )?(?:пікірлер|түсініктемелер)(?: ?\(?\d+\)?)?", r"пікір (?:жоқ|білдіру)",
        r"(?:достарыңызбен )?(?:бөлісу|бөлісіңіз)", r"жазылу", r"жазылыңыз", r"жарнама",
        r"(?:telegram[ -]?)?(?:біздің )?(?:арнамызға|парақшамызға) (?:жазылыңыз|жазылу)",
        r"(?:мәтіннен )?қате (?:тапсаңыз|байқасаңыз)~~",
        (r"(?:≈ )?(?:материалдар|ақпарат|мақала)\w* (?:≈ )?(?:көшіріп бас|көшір|пайдалан|қолдан)≈"
        r" (?:гипер)?сілтеме~"),
    ),
    "ky": (
        (rf"(?:[^\s,]+ ){{0,2}}{_NET}[^\s,]*(?: [^\s,]+){{0,3}} (?:жазылыңыз(?:дар)?"
        r"|кошулуңуз(?:дар)?|катталыңыз)"),
        r"бизди (?:социалдык тармак|telegram|instagram)≈(?:окуңуз(?:дар)?|ээрчиңиз)",
        r"(?:бизди колдоңуз|бизге жазыңыз|бизге колдоо көрсөтүңүз)(?:[: ]+\S*[@+\d]\S*)?",
        r"(?:толугу менен|андан ары) окуу",
        r"(?:комментарий|пикир|ой-?пикир) (?:калтыруу|кошуу|жазуу|калтырыңыз|жазыңыз)",
        r"(?:\d+ )?(?:пикирлер|комментарийлер)(?: ?\(?\d+\)?)?", r"пикир жок",
        r"(?:досторуңуз менен )?(?:бөлүшүү|бөлүшүңүз)", r"жазылуу", r"жазылыңыз", r"жарнама",
        r"(?:telegram[ -]?)?(?:биздин )?(?:каналыбызга|баракчабызга) (?:жазылыңыз|кошулуңуз)",
        r"(?:тексттен )?ката (?:тапсаңыз|байкасаңыз)~~",
        (r"(?:≈ )?(?:материалдар|маалымат|макала)\w* (?:≈ )?(?:көчүрүп бас|көчүр|пайдалан|колдон)≈"
        r" (?:гипер)?шилтеме~"),
    ),
    "uz": (
        (rf"(?:[^\s,]+ ){{0,3}}{_NET}[^\s,]*(?: [^\s,]+){{0,3}}"
        r" (?:obuna bo.ling|a.zo bo.ling|kuzatib boring)"),
        r"(?:bizni|tahririyatni) qo.llab-quvvatlang", r"(?:batafsil|davomini) o.qi(?:ng|sh)",
        r"batafsil",
        (rf"(?:[^\s,]+ ){{0,3}}{_NET}[^\s,]*(?: [^\s,]+){{0,3}}"
        r" (?:обуна бўлинг|аъзо бўлинг|кузатиб боринг)"),
        r"бизни қўллаб-қувватланг", r"(?:батафсил|давомини) ўқи(?:нг|ш)", r"батафсил",
        (r"(?:izoh|fikr|sharh)(?:lar)?(?:ingizni)?"
        r" (?:qoldirish|qo.shish|yozish|qoldiring|yozing|bildirish)"),
        r"(?:\d+ )?(?:izohlar|fikrlar|sharhlar)(?: ?\(?\d+\)?)?", r"izoh(?:lar)? yo.q",
        r"(?:do.stlar(?:ingiz)? bilan )?(?:ulashish|ulashing|bo.lishing)", r"reklama",
        r"(?:telegram[ -]?)?(?:bizning )?(?:kanalimizga|sahifamizga) (?:obuna|a.zo) bo.ling",
        r"obuna bo.l(?:ish|ing)", r"(?:matnda )?xato(?:lik)? topsangiz~~",
        (r"(?:≈ )?(?:material|ma.lumot|maqola)\w* (?:≈ )?(?:foydalan|ko.chirib bos|nusxa ko.chir)≈"
        r" (?:giper)?havola~"),
        (r"(?:≈ )?(?:материал|маълумот|мақола)\w* (?:≈ )?(?:фойдалан|кўчириб бос|нусха кўчир)≈"
        r" (?:гипер)?ҳавола~"),
        (r"(?:изоҳ|фикр|шарҳ)(?:лар)?(?:ингизни)?"
        r" (?:қолдириш|қўшиш|ёзиш|қолдиринг|ёзинг|билдириш)"),
        r"(?:\d+ )?(?:изоҳлар|фикрлар|шарҳлар)(?: ?\(?\d+\)?)?", r"улашиш", r"улашинг",
        r"(?:(?:каналимизга|саҳифамизга) )?обуна бўл(?:иш|инг)",
    ),
    "tg": (
        (rf"(?:[^\s,]+ ){{0,4}}{_NET}[^\s,]*(?: [^\s,]+){{0,3}}"
        r" (?:обуна шавед|ҳамроҳ шавед|пайваст шавед)"),
        r"(?:моро дастгирӣ кунед|ба мо нависед)", r"(?:муфассал|идомаи он)ро? (?:хонед|бихонед)",
        (r"(?:шарҳ|назар|фикр|тафсир)(?:и худро)?"
        r" (?:гузоштан|илова кардан|навиштан|гузоред|нависед|баён кунед)"),
        r"(?:\d+ )?(?:шарҳҳо|назарҳо)(?: ?\(?\d+\)?)?", r"таблиғ", r"эълон",
        r"(?:бо дӯстон )?(?:мубодила (?:кунед|кардан)|паҳн кунед)",
        r"(?:ба )?(?:канали|саҳифаи) мо (?:обуна|ҳамроҳ|пайваст) шавед", r"обуна (?:шавед|шудан)",
        (r"(?:истифода|нусхабардорӣ|чопи дубора)\w*(?: аз)? ≈(?:мавод|матлаб)≈"
        r"(?:ишора|истинод|иқтибос)~"),
    ),
    "de": (
        r"(?:kommentar|kommentare)(?: \(?\d+\)?| schreiben| verfassen| lesen)?", r"\d+ kommentare?",
        (r"(?:jetzt )?(?:kommentieren|mitdiskutieren|teilen|abonnieren|anmelden"
        r"|registrieren|spenden|drucken)"),
        rf"(?:artikel|beitrag)? ?(?:auf|per|über|via) {NETWORK} teilen", r"seite drucken",
        r"anzeige", r"werbung",
        r"(?:newsletter|whatsapp-kanal|kanal) (?:abonnieren|bestellen)", r"weiterlesen",
        r"mehr (?:lesen|anzeigen)",
        (r"(?:abonnieren|bestellen) sie (?:jetzt |hier |auch )*(?:unser\w*|den|die)(?: [^\s,]+)?"
        r" (?:newsletter|[\w-]*kanal|podcast|app)\b(?: (?:bei|auf|in|für|kostenlos)\b~)?"),
        (r"(?:folgen sie uns|folg(?:e|st du) (?:uns|schon)) ≈\b(?:facebook|instagram"
        r"|whatsapp|youtube|google|telegram|x)\b≈\??"),
        (r"(?:unterstützen sie|unterstütze) (?:uns|unsere arbeit|unabhängigen journalismus)"
        r"(?: (?:jetzt|mit|durch|als)\b≈)?"),
        r"melden sie sich an,? um ≈(?:kommentar|kommentieren|diskutieren)≈",
        r"schicken sie uns ihr feedback",
        r"(?:hauptinhalt|neuer (?:abschnitt|bereich)|zur startseite|nach oben|link des videos)",
        r"ein klick für den datenschutz", r"das könnte (?:sie|dich) auch interessieren",
    ),
    "fr": (
        r"(?:\d+ )?commentaires?", r"(?:laisser|ajouter|poster) un commentaire",
        rf"partager(?: cet article)?(?: sur {NETWORK})?",
        (r"(?:s.abonner|abonnez-vous|s.inscrire|inscrivez-vous)"
        r"(?: maintenant| (?:à|au) (?:la |notre )?(?:newsletter|lettre|infolettre|chaîne)≈)?"),
        r"publicité",
        rf"suivez-nous(?: sur {_NETWORKS})?",
        r"soutenez(?:-nous| (?:notre (?:travail|rédaction|journal)|la presse indépendante))",
        r"lire (?:la suite|plus)", r"réservé aux abonnés",
    ),
}  # fmt: skip

HEADINGS: dict[str, tuple[str, ...]] = {
    "en": (
        (r"related(?: (?:stories|articles|news|posts|content|reading|coverage|topics|videos"
        r"|links))?"),
        (r"(?:more|recommended|popular|latest|top|trending|similar|most read)"
        r" (?:stories|articles|news|posts|reading|headlines)"), r"most read",
        r"more (?:stories|news|articles) (?:from|on|about) .{1,40}",
        r"(?:read|see|watch) (?:also|more|next)",
        r"you (?:may|might) (?:also )?(?:like|be interested in)", r"editor.?s.? picks",
        r"don.t miss", r"leave a reply", r"about the author", r"tags",
        r"(?:news ?)?flash", r"breaking(?: news)?", r"just in", r"urgent", r"exclusive", r"live",
    ),
    "ru": (
        r"(?:читайте|смотрите|читать|смотреть) (?:также|ещ[её]|по теме|далее|дальше)", r"по теме",
        r"(?:материалы|новости|ещ[её]|статьи) по теме", r"новости (?:партн[её]ров|сми2?)",
        (
            r"(?:похожие|другие|последние|главные|популярные|свежие)"
            r" (?:новости|статьи|материалы|записи)"
        ),
        r"(?:самое )?(?:читаемое|популярное|обсуждаемое)", r"вам (?:может быть|будет) интересно",
        r"теги", r"метки", r"ещ[её] (?:новости|материалы)", r"лента новостей", r"ключевые слова",
        r"срочно(?: в номер)?", r"срочная новость", r"молния", r"эксклюзив", r"похож(?:ее|ие)",
    ),
    "uk": (
        r"(?:читайте|дивіться) (?:також|ще)", r"(?:новини |матеріали )?(?:за темою|по темі)",
        r"теги", r"терміново", r"термінова новина", r"блискавка", r"ексклюзив", r"схожі?е?",
        r"(?:схожі|інші|останні|головні|популярні) (?:новини|статті|матеріали)",
        r"новини партнерів",
    ),
    "kk": (
        r"(?:сондай-ақ|тағы да?) оқыңыз(?:дар)?", r"(?:осы )?тақырып бойынша",
        r"осы тақырыпта", r"тегтер", r"шұғыл(?: хабар)?", r"жедел(?: хабар)?", r"эксклюзив",
        r"(?:соңғы|ұқсас|басқа|танымал) (?:жаңалықтар|мақалалар)",
    ),
    "ky": (
        r"(?:дагы|ошондой эле) (?:окуңуз|караңыз)", r"(?:тема|темасы) боюнча",
        r"(?:ушул|бул) темада", r"тегдер", r"шашылыш(?: кабар)?", r"эксклюзив",
        r"(?:акыркы|окшош|башка|популярдуу) (?:жаңылыктар|кабарлар|макалалар)",
    ),
    "uz": (
        r"(?:shuningdek|yana) (?:o.qing|qarang)", r"mavzuga (?:oid|doir)(?: yangiliklar)?",
        r"teglar", r"tezkor(?: xabar)?", r"shoshilinch(?: xabar)?", r"eksklyuziv",
        r"тезкор(?: хабар)?", r"шошилинч(?: хабар)?",
        r"(?:so.nggi|o.xshash|boshqa|mashhur) (?:yangiliklar|maqolalar)",
        r"(?:шунингдек|яна) ўқинг",
        r"мавзуга (?:оид|доир)(?: янгиликлар)?", r"(?:сўнгги|ўхшаш|бошқа) (?:янгиликлар|мақолалар)",
    ),
    "tg": (
        r"(?:ҳамчунин|инчунин) (?:хонед|бихонед)", r"дар (?:ин|ҳамин) мавз[ӯу]ъ", r"барчаспҳо",
        r"фаврӣ", r"хабари фаврӣ", r"фори",
        r"(?:хабарҳои|мақолаҳои) (?:охирин|дигар|монанд)",
    ),
    "de": (
        r"(?:mehr|weitere) (?:zum thema|nachrichten|meldungen|artikel)(?: .{1,30})?",
        r"mehr themen (?:auf|bei|von) .{1,30}",
        r"(?:lesen|sehen) sie auch", r"auch interessant", r"zum thema",
        r"schlagw[oö]rter", r"das könnte (?:sie|dich) (?:auch )?interessieren", r"meistgelesen",
        r"empfohlene artikel",
    ),
    "fr": (
        (r"(?:à lire aussi|lire aussi|sur le même (?:sujet|thème)|voir aussi"
        r"|plus d.articles|mots-clés)"),
        r"articles (?:liés|similaires|recommandés)", r"les plus lus",
    ),
}  # fmt: skip

SECTIONS: dict[str, tuple[str, ...]] = {
    "en": (
        r"(?:more|recommended|popular|latest|top|trending|similar)", r"topics", r"up next",
        (r"(?:more|recommended|popular|latest|top|trending|similar|most read)"
        r" (?:content|coverage|topics|videos|links)"),
        r"more (?:from|on|about) .{1,40}",
    ),
    "de": (r"mehr (?:zu|aus|über|von) .{1,40}", r"(?:weitere |mehr )?themen(?: .{1,30})?"),
}  # fmt: skip

COMMENTS: dict[str, tuple[str, ...]] = {
    "en": (r"(?:\d+ )?(?:readers.? )?comments?(?: ?\(?\d+\)?)?",),
    "ru": (r"(?:\d+ )?(?:комментари[ийев]{1,2}|отзывы)(?: (?:читателей|\(?\d+\)?))?",),
    "uk": (r"(?:\d+ )?(?:коментар(?:і|ів)|відгуки)(?: ?\(?\d+\)?)?",),
    "kk": (r"(?:\d+ )?(?:пікірлер|түсініктемелер)(?: ?\(?\d+\)?)?",),
    "ky": (r"(?:\d+ )?(?:пикирлер|комментарийлер)(?: ?\(?\d+\)?)?",),
    "uz": (r"(?:\d+ )?(?:izohlar|fikrlar|sharhlar|изоҳлар|фикрлар|шарҳлар)(?: ?\(?\d+\)?)?",),
    "tg": (r"(?:\d+ )?(?:шарҳҳо|назарҳо)(?: ?\(?\d+\)?)?",),
}

OPENERS: dict[str, tuple[str, ...]] = {
    "en": (r"(?:read|see|watch) (?:also|more|next)\s*:", r"related\s*:", r"tags\s*:", r"©"),
    "ru": (
        r"(?:читать|читай) (?:также|ещ[её])\s*:", r"еще по теме\s*:",
        r"(?:читайте|смотрите|см\.?) (?:также|ещ[её]|по теме)\s*:", r"по теме\s*:", r"теги\s*:",
    ),
    "uk": (
        r"читай (?:також|ще)\s*:", r"(?:читайте|дивіться) (?:також|ще)\s*:", r"теги\s*:",
    ),
    "kk": (r"(?:сондай-ақ|тағы да?) оқыңыз(?:дар)?\s*:",),
    "ky": (r"(?:дагы|ошондой эле) (?:окуңуз|караңыз)\s*:",),
    "uz": (r"(?:shuningdek|yana) (?:o.qing|qarang)\s*:", r"(?:шунингдек|яна) ўқинг\s*:"),
    "tg": (r"(?:ҳамчунин|инчунин) (?:хонед|бихонед)\s*:",),
    "de": (
        r"(?:lesen|sehen|hören) sie (?:auch|mehr)(?: dazu)?\s*:", r"mehr (?:dazu|zum thema)\s*:",
        r"auch interessant\s*:", r"dieses thema im programm\s*:", r"sendung\s*:",
        r"schlagw[oö]rter\s*:", r"themenseiten\s*:",
    ),
    "fr": (r"(?:à lire aussi|lire aussi|à voir aussi)\s*[:|»]",),
}  # fmt: skip

CREDITS: dict[str, tuple[str, ...]] = {
    "en": (r"(?:photo|image|picture)(?: (?:credit|by|courtesy))?\s*[:©]",),
    "ru": (
        r"(?:фото|фотография|видео|иллюстрация|скриншот|коллаж|источник(?: фото)?)\s*[:©]",
        r"фото (?=автора|с сайта|из архива|пресс-службы)",
    ),
    "uk": (r"(?:фото|відео|ілюстрація|скріншот|колаж|джерело)\s*[:©]",),
    "kk": (r"(?:фото|сурет|бейне)\s*[:©]",),
    "ky": (r"(?:фото|сүрөт|видео)\s*[:©]",),
    "uz": (r"(?:foto|surat|video)\s*[:©]", r"(?:фото|сурат|видео)\s*[:©]"),
    "tg": (r"(?:акс|сурат|видео)\s*[:©]",),
    "de": (r"(?:foto|bild|video|quelle|grafik|rechte|bildquelle)\s*[:©]",),
    "fr": (r"(?:photo|crédit(?: photo)?|source)\s*[:©]",),
}  # fmt: skip

GLUED: tuple[str, ...] = (
    r"add a comment", r"leave a (?:comment|reply)", r"(?:добавить|оставить) комментарий",
    r"(?:додати|залишити) коментар", r"пікір (?:қалдыру|жазу)", r"изоҳ қолдириш",
    r"(?:комментарий|пикир) (?:калтыруу|жазуу)", r"izoh qoldirish",
    r"(?:шарҳ|назар) (?:гузоштан|навиштан)",
)  # fmt: skip
