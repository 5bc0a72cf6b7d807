"""One spelling for English: British forms are read as American ones before stemming.

Rule: `american(word)` changes only how a word is spelled, never which word it is. Endings that follow a rule are
rules (organisation, analysed, travelling); where other words end alike (hour, court; promise, advise) the shorter
side is listed.
"""

from __future__ import annotations

import re

# Whose -our has a British u; not hour, four, source, court, tourism, journey.
_OUR = (
    "arb|ard|arm|behavi|cand|clam|col|demean|enam|endeav|fav|ferv|flav|harb|hon|hum|lab|neighb|od|parl|ranc|rig|rum"
    "|savi|sav|splend|succ|tum|val|vap|vig"
)
# Whose -ise is no -ize. Those with a vowel before it (raise, noise, disguise) need no listing.
_ISE = (
    "adv|advert|an|appr|ar|apprent|chast|chem|circumc|clockw|compr|comprom|conc|dem|desp|dev|enfranch|enterpr|exc"
    "|exerc|exorc|expert|franch|improv|inc|likew|merchand|mort|otherw|parad|pract|prec|prem|prom|rev|sunr|superv|surm|surpr"
    "|telev|treat|upr|val"
)
_RE = "calib|cent|epicent|fib|lit|lust|meag|met|centimet|kilomet|millimet|mit|och|sab|somb|spect|theat"
_DOUBLE_L = (
    "apparel|cancel|channel|counsel|dial|duel|enrol|equal|fuel|fulfil|funnel|initial|jewel|label|level|libel|marshal"
    "|marvel|model|panel|pedal|quarrel|rival|shovel|signal|total|towel|travel|tunnel|unravel"
)
# (how a word must end, or what it must contain, for the rule to be tried; pattern; replacement), in order. To
# compile a pattern takes longer than to look a word up, so it is tried for few words that it does not change.
_RULES: tuple[tuple[tuple[str, ...] | str, str, str], ...] = (
    ("our", rf"^([a-z]*(?:{_OUR}))our", r"\1or"),
    (
        ("ise", "ised", "iser", "isers", "ises", "ising", "isable", "isation", "isations", "isational"),
        rf"^(?!(?:dis|mis|re|un)?(?:{_ISE})is)([a-z]*[aeiouy][a-z]*[^aeiou])is"
        "(e|ed|er|ers|es|ing|able|ations?|ational)$",
        r"\1iz\2",
    ),
    ("lys", r"^([a-z]+l)ys(e|ed|er|ers|ing)$", r"\1yz\2"),
    (("re", "res"), rf"^({_RE})re(s?)$", r"\1er\2"),
    ("centr", r"^(cent)r(ed|ing)$", r"\1er\2"),
    (("ence", "ences", "enceless", "enced"), r"^(def|off|lic|pret)ence(s|less|d)?$", r"\1ense\2"),
    (
        (
            "lled",
            "ller",
            "llers",
            "lling",
            "llings",
            "llor",
            "llors",
            "llous",
            "llation",
            "llations",
            "lment",
            "lments",
        ),
        rf"^((?:re)?(?:{_DOUBLE_L}))l(ed|ers?|ings?|ors?|ations?|ments?|ous)$",
        r"\1\2",
    ),
    (("ll", "lls", "llment", "llments"), r"^(enrol|fulfil|instal|enthral|distil|instil)l(s?|ments?)$", r"\1\2"),
    # paediatric, anaemia, anaesthetic, haemorrhage, leukaemia, gynaecology, caesarean; foetus, oedema, diarrhoea
    ("ae", "(?<=p)ae(?=d)|(?<=an)ae(?=sth|m)|(?<=[hk])ae(?=m)|(?<=yn)ae(?=c)|(?<=^c)ae(?=sar)|^ae(?=tiolog)", "e"),
    ("oe", "(?<=f)oe(?=t[aiu])|^oe(?=dem|strog)|(?<=rrh)oe(?=a)", "e"),
    ("noeuvr", r"^(man)oeuvr(?:e(?=s?$))?", r"\1euver"),
    (("ogue", "ogues"), r"^(anal|catal|dial|epil|monol|prol|synag)ogue(s?)$", r"\1og\2"),
    ("programme", r"^(program)me(s?)$", r"\1\2"),
    ("practis", r"^(practi)s(e|ed|es|ing)$", r"\1c\2"),
    ("gem", r"^(abridg|acknowledg|judg)e(ments?|mental)$", r"\1\2"),
    (("tted", "tsed", "ssed", "focusted"), r"^(benefit|focus|target|combat)[st](ed)$", r"\1\2"),
    (("tting", "tsing", "ssing", "focusting"), r"^(benefit|focus|target|combat)[st](ing)$", r"\1\2"),
    (("iser", "ester", "vener", "isers", "esters", "veners"), r"^(advis|protest|conven)er(s?)$", r"\1or\2"),
    ("orient", r"^((?:dis)?orient)at(e|ed|ing)$", r"\1\2"),
    ("enq", r"^en(quir)", r"in\1"),
    ("mould", r"^(s?m)ould(s|y|ed|ing|er|ering)?$", r"\1old\2"),
    (("gst", "dst"), r"^(among|amid)st$", r"\1"),
    (("wards",), r"^((?:after|back|for|in|out|to|up)ward)s$", r"\1"),
)
#: Nothing changes but words that have one of these in them, or end in one of those, or stand in `WORDS`.
WITHIN = (
    "our", "centr", "ae", "oe", "programme", "practis", "adviser", "protester", "convener", "orient", "enq",
    "mould", "amongst", "amidst",
)  # fmt: skip
ENDINGS = (
    "ise", "ised", "iser", "isers", "ises", "ising", "isable", "isation", "isations", "isational", "lyse", "lysed",
    "lyser", "lysers", "lysing", "ence", "ences", "enceless", "enced", "lled", "ller", "llers",
    "lling", "llings", "llor", "llors", "llation", "llations", "llment", "llments", "llous", "ll", "lls", "ogue",
    "ogues", "gement", "gements", "gemental", "ssed", "sted", "tsed", "tted", "ssing", "sting", "tsing",
    "tting", "wards", *(f"{beginning}re{end}" for beginning in _RE.split("|") for end in ("", "s")),
)  # fmt: skip
WORDS = {
    "aeroplane": "airplane", "aeroplanes": "airplanes", "ageing": "aging", "aluminium": "aluminum",
    "artefact": "artifact", "artefacts": "artifacts", "burnt": "burned", "cosy": "cozy", "draught": "draft",
    "gaol": "jail", "gaols": "jails", "grey": "gray", "jewellery": "jewelry", "learnt": "learned",
    "maths": "math", "moustache": "mustache", "mum": "mom", "mums": "moms", "plough": "plow", "ploughs": "plows",
    "ploughed": "plowed", "ploughing": "plowing", "pyjamas": "pajamas", "sceptic": "skeptic",
    "sceptical": "skeptical", "scepticism": "skepticism", "skilful": "skillful", "skilfully": "skillfully",
    "spelt": "spelled", "sulphur": "sulfur", "tyre": "tire", "tyres": "tires", "whilst": "while",
    "wilful": "willful", "wilfully": "willfully", "woollen": "woolen",
}  # fmt: skip


def american(word: str) -> str:
    """Return the American spelling of a folded English word; a word that has none comes back as it is."""
    if word in WORDS:
        return WORDS[word]
    if not word.endswith(ENDINGS) and not any(part in word for part in WITHIN):
        return word
    for part, pattern, replacement in _RULES:
        if part in word if isinstance(part, str) else word.endswith(part):
            word = re.sub(pattern, replacement, word)
    return word
