"""The words that head what is no part of an article, by language, as in `boilerplate_words`.

- `HEADINGS` could be a subheading, so they go at the very start of the text, or at its end together
  with the headlines that follow them. Flags such as "Breaking" are among them.
- `SECTIONS` head a part of an article as often: "Topics" an agenda, "More on the dead" their names.
  What follows them goes only where it is nothing but links.
- `COMMENTS` head a block of what readers wrote, which goes as a whole.
"""

from __future__ import annotations

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
        r"теги", r"терміново", r"термінова новина", r"блискавка", r"ексклюзив", r"схож[еі]",
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
