"""Lines of page furniture that extraction leaves in: prompts, share buttons, related links, credits.

The tables below are the place to add one. Each entry is matched against a whole line, any case,
with leading bullets and trailing punctuation ignored; a sentence of an article cannot match.

- `PROMPTS` are dropped wherever they stand: no article has "Add a Comment" as a paragraph.
- `EDGES` could be a subheading in the middle, so they are dropped only at either end of the text,
  and after the last real paragraph they take what follows with them (a list of related headlines).
- `OPENERS` start a short line whose rest varies: "Read also: <headline>", "Photo: <name>".
- `GLUED` are cut from the end of a paragraph that is otherwise real.
"""

from __future__ import annotations

import re

SHORT_LINE = 200
"""Characters up to which a line with an opener is furniture; longer ones carry content."""
LOOSE_TAIL = 12
"""Lines after an edge heading that are still taken for its list of links."""

PROMPTS: dict[str, tuple[str, ...]] = {
    "en": (
        r"(?:add|leave|post|write|submit) (?:a |your |the first )?(?:comments?|reply)", r"cancel reply",
        r"(?:be the first to )?comment(?: on this (?:article|story))?", r"(?:no|\d+|view|show|see|hide)(?: all)?(?: \d+)? comments?",
        r"comments(?: \(?\d+\)?| (?:are )?closed)?", r"join the (?:conversation|discussion)",
        r"share(?: (?:this|on|via|to|it|now))?(?: (?:article|story|post|page|news))?(?: (?:on|via|with|to) .{0,40})?",
        r"(?:click to )?(?:share|tweet|pin|print|email|e-mail|whatsapp|telegram|facebook|twitter|copy link|link copied)(?: this)?",
        r"(?:facebook|twitter|x|vk|telegram|whatsapp|linkedin|reddit|pinterest|viber|email|print|ok)(?:[\s,|/·]+(?:facebook|twitter|x|vk|telegram|whatsapp|linkedin|reddit|pinterest|viber|email|print|ok))+",
        r"(?:subscribe|sign up|register|log ?in|sign in)(?: (?:now|here|today|free))?(?: (?:to|for|with) .{0,80})?",
        r"follow us(?: on .{0,60})?", r"advertise?ments?", r"sponsored(?: content)?", r"story continues below.{0,30}",
        r"(?:article )?continues? after (?:the )?ad(?:vertisement)?", r"skip (?:to (?:main )?content|ad(?:vertisement)?)",
        r"your email address will not be published", r"required fields are marked.{0,3}", r"load more(?: comments)?",
        r"(?:click|tap) here to (?:subscribe|sign up|read more|comment|share).{0,40}", r"download (?:our|the) app.{0,60}",
        r"save my name, email.{0,100}", r"accept (?:all )?cookies", r"back to (?:top|home(?:page)?)", r"report (?:a |an )?(?:typo|error)(?: .{0,60})?",
    ),
    "ru": (
        r"(?:добавить|оставить|написать|оставьте|добавьте|напишите)(?: (?:свой|ваш|первый))? (?:комментари[йи]|отзыв)", r"комментировать",
        r"(?:нет|\d+|все|показать|читать|посмотреть)(?: все)? комментари[йяев]{1,2}", r"комментари[ийев]{1,2}(?: \(?\d+\)?)?",
        r"(?:обсудить|обсуждение)(?: \(?\d+\)?)?", r"(?:комментарии|комментирование) (?:закрыты|отключен[оы])",
        r"поделит[ье]ся(?: (?:с друзьями|новостью|статьей|ссылкой|записью|материалом|в .{0,40}))?", r"(?:скопировать|копировать) ссылку",
        r"(?:подписаться|подпишитесь|подписывайтесь|присоединяйтесь|читайте нас|следите за (?:нами|новостями))(?: .{0,100})?",
        r"(?:мы|наш канал|читайте)(?: (?:нас|также))? в (?:telegram|телеграме?|whatsapp|instagram|facebook|вконтакте|яндекс[. ]?дзене?|google news).{0,40}",
        r"(?:распечатать|версия для печати|на главную|наверх|показать ещ[её]|загрузить ещ[её]|реклама|на правах рекламы)",
        r"(?:если вы )?(?:нашли|заметили|обнаружили|увидели) (?:ошибку|опечатку|орфографическую ошибку).{0,160}",
        r"выделите (?:её|ее|текст|фрагмент|ошибку).{0,100}", r"нажмите ctrl ?\+ ?enter.{0,60}", r"сообщить об ошибке",
        r"войти|зарегистрироваться|войдите,? чтобы .{0,60}", r"ваш (?:e-?mail|адрес email) не будет опубликован.{0,60}",
    ),
    "uk": (
        r"(?:додати|залишити|написати|залиште|додайте)(?: (?:свій|ваш|перший))? (?:коментар|відгук)", r"коментувати",
        r"(?:немає|\d+|усі|всі|показати)(?: всі)? коментар(?:ів|і)", r"коментар[іи](?: \(?\d+\)?)?",
        r"поділитис[яь](?: .{0,40})?", r"(?:підписатис[яь]|підписуйтес[яь]|підпишіться|приєднуйтесь)(?: .{0,100})?", r"реклама",
        r"(?:якщо ви )?(?:знайшли|помітили) помилку.{0,160}", r"показати (?:ще|більше)", r"скопіювати посилання",
    ),
    "kk": (
        r"(?:пікір|түсініктеме) (?:қалдыру|жазу|қосу|қалдырыңыз|жазыңыз)", r"(?:\d+ )?(?:пікірлер|түсініктемелер)(?: \(?\d+\)?)?", r"пікір (?:жоқ|білдіру)",
        r"бөлісу|бөлісіңіз|достарыңызбен бөлісіңіз", r"(?:telegram|біздің)? ?(?:арнамызға|каналымызға|парақшамызға) (?:жазылыңыз|жазылу).{0,60}", r"(?:бізге )?жазылу|жазылыңыз", r"жарнама",
        r"(?:мәтіннен )?қате тапсаңыз.{0,160}",
    ),
    "ky": (
        r"(?:комментарий|пикир|ой-?пикир) (?:калтыруу|кошуу|жазуу|калтырыңыз|жазыңыз)", r"(?:\d+ )?(?:пикирлер|комментарийлер)(?: \(?\d+\)?)?", r"пикир жок",
        r"бөлүшүү|бөлүшүңүз|досторуңуз менен бөлүшүңүз", r"(?:telegram|биздин)? ?(?:каналыбызга|баракчабызга) (?:жазылыңыз|жазылуу|кошулуңуз).{0,60}", r"жазылуу|жазылыңыз|катталуу", r"жарнама",
        r"(?:тексттен )?ката тапсаңыз.{0,160}",
    ),
    "uz": (
        r"(?:izoh|fikr|sharh)(?:lar)?(?:ingizni)? (?:qoldirish|qo.shish|yozish|qoldiring|yozing|bildirish)", r"(?:\d+ )?(?:izohlar|fikrlar|sharhlar)(?: \(?\d+\)?)?", r"izoh yo.q",
        r"ulashish|ulashing|do.stlar(?:ingiz)? bilan (?:ulashish|bo.lishing)", r"(?:telegram |bizning )?(?:kanalimizga|sahifamizga) (?:obuna bo.ling|a.zo bo.ling).{0,60}", r"obuna bo.l(?:ish|ing).{0,60}", r"reklama",
        r"(?:matnda )?xato(?:lik)? topsangiz.{0,160}",
        r"(?:изоҳ|фикр|шарҳ)(?:лар)?(?:ингизни)? (?:қолдириш|қўшиш|ёзиш|қолдиринг|ёзинг|билдириш)", r"(?:\d+ )?(?:изоҳлар|фикрлар|шарҳлар)(?: \(?\d+\)?)?",
        r"улашиш|улашинг|обуна бўл(?:иш|инг).{0,60}|(?:каналимизга|саҳифамизга) обуна бўлинг.{0,60}",
    ),
    "tg": (
        r"(?:шарҳ|назар|фикр|тафсир)(?:и худро)? (?:гузоштан|илова кардан|навиштан|гузоред|нависед)", r"(?:\d+ )?(?:шарҳҳо|назарҳо)(?: \(?\d+\)?)?", r"(?:назари худро|шарҳи худро) (?:баён кунед|гузоред|нависед)",
        r"мубодила(?: кунед| кардан)?|бо дӯстон мубодила кунед|паҳн кунед", r"(?:ба )?(?:канали|саҳифаи) мо (?:обуна|ҳамроҳ|пайваст) (?:шавед|шав).{0,60}", r"обуна (?:шавед|шудан).{0,60}", r"реклама|таблиғ",
    ),
}  # fmt: skip

EDGES: dict[str, tuple[str, ...]] = {
    "en": (
        r"(?:related|more|recommended|popular|latest|top|trending|similar|most read)(?: (?:stories|articles|news|posts|content|reading|coverage|topics|videos|links|headlines))?(?: (?:on|from|in|about|by|for) .{0,60})?",
        r"(?:read|see|watch) (?:also|more|next)", r"you (?:may|might) (?:also )?(?:like|be interested in)(?: .{0,20})?", r"editors?.? picks", r"tags", r"up next", r"don.t miss", r"leave a reply",
        r"about the author", r"topics",
    ),
    "ru": (
        r"(?:читайте|смотрите|читать|смотреть|ч?итай) (?:также|ещ[её]|по теме|дал(?:ее|ьше))", r"(?:материалы|новости|ещ[её]|статьи) по теме", r"по теме", r"(?:похожие|другие|последние|главные|популярные|свежие|связанные) (?:новости|статьи|материалы|записи|публикации)(?: .{0,40})?",
        r"(?:самое )?(?:читаемое|популярное|обсуждаемое|интересное)", r"новости (?:партн[её]ров|сми2?)", r"вам (?:может быть|будет) интересно", r"теги?|метки", r"ещ[её] (?:новости|материалы)", r"лента новостей",
    ),
    "uk": (
        r"(?:читайте|дивіться) (?:також|ще)", r"(?:за темою|по темі|новини за темою)", r"(?:схожі|інші|останні|головні|популярні) (?:новини|статті|матеріали)", r"новини партнерів", r"теги",
    ),
    "kk": (
        r"(?:сондай-ақ|тағы да?) оқыңыз(?:дар)?", r"тақырып бойынша", r"(?:соңғы|ұқсас|басқа|танымал) (?:жаңалықтар|мақалалар)", r"тегтер",
    ),
    "ky": (
        r"(?:дагы|ошондой эле) (?:окуңуз|караңыз)", r"(?:тема|темасы) боюнча", r"(?:акыркы|окшош|башка|популярдуу) (?:жаңылыктар|кабарлар|макалалар)", r"тегдер",
    ),
    "uz": (
        r"(?:shuningdek|yana) (?:o.qing|qarang)", r"mavzu(?:ga)? (?:oid|doir|bo.yicha)(?: .{0,30})?", r"(?:so.nggi|o.xshash|boshqa|mashhur) (?:yangiliklar|maqolalar)", r"teglar",
        r"(?:шунингдек|яна) ўқинг", r"мавзуга оид(?: .{0,30})?", r"(?:сўнгги|ўхшаш|бошқа) (?:янгиликлар|мақолалар)",
    ),
    "tg": (
        r"(?:ҳамчунин|инчунин) (?:хонед|бихонед)", r"дар (?:ин|ҳамин) мавзӯъ", r"(?:хабарҳои|мақолаҳои) (?:охирин|дигар|монанд)", r"барчаспҳо",
    ),
}  # fmt: skip

OPENERS: dict[str, tuple[str, ...]] = {
    "en": (r"(?:read|see|watch) (?:also|more|next)\s*:", r"related\s*:", r"more\s*:", r"(?:photo|image|picture)(?: (?:credit|by|courtesy))?\s*[:©]", r"(?:file )?(?:photo|image)(?:s|graph)? (?:by|courtesy of)\b", r"tags\s*:", r"©", r"\(?c\) \d{4}\b", r"copyright ©?"),
    "ru": (r"(?:читайте|смотрите|читать|см\.?) (?:также|ещ[её]|по теме)\s*:?", r"по теме\s*:", r"(?:фото|фотография|видео|иллюстрация|скриншот|коллаж|изображение)(?: (?:автора|с сайта|из архива|пресс-службы))?\s*[:©]", r"теги?\s*:", r"источник (?:фото|изображения)\s*:"),
    "uk": (r"(?:читайте|дивіться) (?:також|ще)\s*:?", r"(?:фото|відео|ілюстрація|скріншот|колаж)\s*[:©]", r"теги\s*:"),
    "kk": (r"(?:сондай-ақ|тағы да?) оқыңыз(?:дар)?\s*:", r"(?:фото|сурет|бейне)\s*[:©]", r"тегтер\s*:"),
    "ky": (r"(?:дагы|ошондой эле) (?:окуңуз|караңыз)\s*:", r"(?:фото|сүрөт|видео)\s*[:©]", r"тегдер\s*:"),
    "uz": (r"(?:shuningdek|yana) (?:o.qing|qarang)\s*:", r"(?:foto|surat|video)\s*[:©]", r"teglar\s*:", r"(?:шунингдек|яна) ўқинг\s*:", r"(?:фото|сурат|видео)\s*[:©]"),
    "tg": (r"(?:ҳамчунин|инчунин) (?:хонед|бихонед)\s*:", r"(?:акс|сурат|видео)\s*[:©]", r"барчаспҳо\s*:"),
}  # fmt: skip

GLUED: tuple[str, ...] = (
    r"add a comment", r"leave a (?:comment|reply)", r"(?:добавить|оставить) комментарий", r"(?:додати|залишити) коментар",
    r"пікір (?:қалдыру|жазу)", r"(?:комментарий|пикир) (?:калтыруу|жазуу)", r"izoh (?:qoldirish|yozish)", r"изоҳ қолдириш", r"(?:шарҳ|назар) (?:гузоштан|навиштан)",
)  # fmt: skip


def _any(table: dict[str, tuple[str, ...]]) -> str:
    return "|".join(f"(?:{pattern})" for patterns in table.values() for pattern in patterns)


_PROMPT = re.compile(_any(PROMPTS), re.IGNORECASE)
_EDGE = re.compile(_any(EDGES), re.IGNORECASE)
_OPENER = re.compile(rf"(?:{_any(OPENERS)})", re.IGNORECASE)
_GLUED_END = re.compile(
    rf"(?<=[.!?…»”\")])\s*(?:{'|'.join(GLUED)})\s*(?:\(\d+\)|\d+)?[\s.!»>]*$", re.IGNORECASE
)
_DECORATION = " \t\u00a0-–—•·|*»«›>→▶►#:.!…"
_LONGEST_PROMPT = 180


def drop_boilerplate(text: str) -> str:
    """Remove page furniture from extracted text, one paragraph a line; sentences are left alone."""
    lines = [_GLUED_END.sub("", line).rstrip() for line in text.splitlines()]
    kept = [line for line in lines if line and not _is_furniture(line)]
    start, end = 0, len(kept)
    while start < end and _is_edge(kept[start]):
        start += 1
    tail = range(max(start, end - LOOSE_TAIL), end)
    for index in tail:
        # A heading such as "Related stories" with nothing but headlines after it ends the article.
        if _is_edge(kept[index]) and all(_is_headline(line) for line in kept[index + 1 : end]):
            end = index
            break
    return "\n".join(kept[start:end])


def _bare(line: str) -> str:
    return line.strip(_DECORATION)


def _is_furniture(line: str) -> bool:
    if len(line) > SHORT_LINE:
        return False
    bare = _bare(line)
    if not bare:
        return True
    if len(bare) <= _LONGEST_PROMPT and _PROMPT.fullmatch(bare):
        return True
    return _OPENER.match(bare) is not None and not _has_sentences(bare)


def _is_edge(line: str) -> bool:
    return len(line) <= SHORT_LINE and _EDGE.fullmatch(_bare(line)) is not None


def _is_headline(line: str) -> bool:
    """Headlines are short and carry no full stop."""
    return len(line) <= SHORT_LINE and not line.rstrip().endswith((".", "!", "…", "”", "»."))


def _has_sentences(line: str) -> bool:
    """Two sentences or more: prose that happens to begin with a word like "Photo:"."""
    return len(re.findall(r"[.!?…](?:\s|$)", line)) >= 2
