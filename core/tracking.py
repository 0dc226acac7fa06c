"""Query parameters that only tell the server where a reader came from.

Removing one that names an article would merge two articles, so the list is of exact names. courlan
removes by pattern (`source`, `uid`, `cid`, `eid`, `ref`, …), which is right for link statistics and
wrong for identity: `?cid=` and `?eid=` are article ids in more than one newsroom's system.
Sources: Brave and Firefox query-stripping lists, AdGuard's TrackParamFilter, ClearURLs, and the
documentation of the analytics and mailing systems themselves.
"""

from __future__ import annotations

_PREFIXES = (
    "utm_",  # Google Analytics, Yandex Metrica
    "at_",  # Piano (AT Internet)
    "mtm_", "matomo_", "piwik_",
    "hsa_",  # HubSpot ads
    "_x_tr_",  # Google Translate's proxy
    "__cf_chl_",  # Cloudflare challenges
    "elqtrack",  # Oracle Eloqua
)  # fmt: skip

_NAMES = frozenset({
    "fbclid", "fb_action_ids", "fb_action_types", "fb_source", "fb_ref", "igsh", "igshid",
    "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "_ga", "_gl", "_gac", "yclid", "ymclid",
    "ysclid", "_openstat", "erid", "yadclid", "yadordid", "msclkid", "twclid", "ttclid",
    "li_fat_id", "rdt_cid", "epik", "irclickid", "rb_clickid", "_branch_match_id", "mc_cid",
    "mc_eid", "mc_tc", "ml_subscriber", "ml_subscriber_hash", "ck_subscriber_id", "vero_id",
    "vero_conv", "oly_anon_id", "oly_enc_id", "mkt_tok", "_hsenc", "_hsmi", "__hssc", "__hstc",
    "__hsfp", "hss_channel", "hsctatracking", "pk_campaign", "pk_kwd", "pk_keyword",
    "pk_source", "pk_medium", "pk_content", "pk_cid", "ns_campaign", "ns_mchannel", "ns_source",
    "ns_linkname", "ns_fee", "s_cid", "s_kwcid", "sc_cid", "ef_id", "wt_mc", "wtmc", "xtor",
    "cmpid", "cmp_id", "ncid", "wickedid", "_ke", "ref_src", "ref_url", "__twitter_impression",
    "sr_share", "smid", "smtyp", "guccounter", "guce_referrer", "guce_referrer_sig", "soc_src",
    "soc_trk", "ito", "icid", "spm", "scm", "trk", "trkcampaign", "trackingid", "mbid",
    "phpsessid", "jsessionid", "aspsessionid",
})  # fmt: skip

_REFERRAL_NAMES = frozenset({
    "from", "ref", "referer", "referrer", "share", "shared", "sharing", "source", "src", "via",
    "medium",
})  # fmt: skip
_REFERRAL_VALUES = frozenset({
    "rss", "rss2", "rss20", "rssfeed", "feed", "atom", "feedburner", "feedly", "newsletter",
    "email", "mail", "push", "twitter", "tw", "facebook", "fb", "telegram", "tg", "vk",
    "vkontakte", "ok", "odnoklassniki", "whatsapp", "wa", "viber", "instagram", "ig",
    "linkedin", "pinterest", "reddit", "youtube", "tiktok", "share", "social", "socials",
    "yandex", "yandexnews", "google", "googlenews", "dzen", "zen",
})  # fmt: skip
"""A parameter such as `source` may name an article's source; with one of these it is a referral."""


def is_tracking(name: str, value: str) -> bool:
    """Tell whether the query parameter `name=value` says nothing about which article is meant."""
    name = name.lower()
    return (
        name in _NAMES
        or name.startswith(_PREFIXES)
        or (name in _REFERRAL_NAMES and value.lower() in _REFERRAL_VALUES)
    )
