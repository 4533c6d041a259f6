"""Recognises what names people: numbers by their control keys, addresses, titles, headings.

What follows from it is in `personal`. A bare name cannot be told from any other word.

Sources: Insee for the number of registration (NIR) and its key 97 − n mod 97; ISO 13616 for IBAN.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping

from phare_pipeline.registry.territories import fold

# Neither before nor behind may the digits go on, as those of a decimal number do.
_APART, _ENDED = r"(?<!\d)(?<!\d[.,])", r"(?![.,]?\d)(?![eE][+-]?\d)"

_EMAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[A-Za-zÀ-ÿ]{2,}")
_TELEPHONE = re.compile(
    rf"{_APART}(?:(?:\+|00)33[\s.-]?(?:\(0\)\s?)?|0)[1-9](?:[\s.-]?\d{{2}}){{4}}{_ENDED}"
)
_MONTH = r"(?:0[1-9]|1[0-2]|20|3\d|4[0-2]|[5-9]\d)"
_NIR = re.compile(
    rf"{_APART}([12])(\s?)(\d{{2}})\2({_MONTH})\2(\d{{2}}|2[AaBb])\2(\d{{3}})\2(\d{{3}})"
    rf"(?:\s?(\d{{2}}))?{_ENDED}"
)
_IPV4 = re.compile(
    r"(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?!\.?\d)"
)
_IPV6 = re.compile(r"(?<![\w:])[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*(?![\w:])")
_IBAN = re.compile(r"(?<![A-Za-z0-9])([A-Z]{2}\d{2}(?:[ \u00a0]?[A-Z0-9]){11,30})", re.IGNORECASE)
_IBAN_LENGTHS: Mapping[str, int] = {
    **{"AT": 20, "BE": 16, "CH": 21, "DE": 22, "DK": 18, "ES": 24, "FI": 18, "FR": 27, "GB": 22},
    **{"GR": 27, "IE": 22, "IT": 27, "LU": 20, "MC": 27, "NL": 18, "NO": 15, "PL": 28, "PT": 25},
    **{"RO": 24, "SE": 24},
}

_NUMBERED = r"(?<![\d.,])\d{1,4}\s*(?:bis|ter|quater|[a-d])?\s*,?\s+"
_WAYS = r"(?:rue|ruelle|avenue|ave?|boulevard|bd|bld|blvd|all[ée]es?|chemin|impasse|imp|quai)"
# These words mean other things too: only a name behind them makes an address.
_OTHER_WAYS = r"(?:place|pl|cours|route|rte|square|passage|faubourg|voie|sentier|lotissement)"
_ARTICLES = r"(?:(?:de la|de l|des|du|de|d|la|le|les|l)(?:\s+|['’]))*"
_STREET = re.compile(
    rf"{_NUMBERED}(?:(?i:{_WAYS})\.?\s+\w[\w'’]|(?i:{_OTHER_WAYS})\.?\s+(?i:{_ARTICLES})[A-ZÀ-ÖØ-Þ])",
)
_PARTICLES = r"(?:(?:de la|de|du|des|d|le|la|l|van|von|ben|el|da|dos)(?:\s+|['’]))*"
_TITLED = re.compile(
    rf"(?<![\w.])(?:(?i:mme|mlle|mr|monsieur|madame|mademoiselle|docteur|ma[îi]tre|professeur)\.?"
    rf"|M\.|Dr\.?|Pr\.?|Me|(?<!\d\s)(?<!\d)M)\s*(?<![A-Za-z])(?:{_PARTICLES})[A-ZÀ-ÖØ-Þ][\w'’.-]"
    rf"|(?<![\w.])(?i:mme|mlle|mr)\.?\s+(?!(?:la|le|les|l|qui|et|ou|a|est|de|du)\b)[^\W\d_]{{3}}"
)

Test = Callable[[str], bool]

KINDS: Mapping[str, Test] = {
    "an e-mail address": lambda text: _EMAIL.search(text) is not None,
    "a telephone number": lambda text: _TELEPHONE.search(text) is not None,
    "a social security number": lambda text: any(map(_is_nir, _NIR.finditer(text))),
    "an IP address": lambda text: _IPV4.search(text) is not None or any(_ipv6(text)),
    "an IBAN": lambda text: any(_is_iban(match[1]) for match in _IBAN.finditer(text)),
    "a street address": lambda text: _STREET.search(text) is not None,
    "a title with a name": lambda text: _TITLED.search(text) is not None,
}
"""What a cell may hold that names somebody, and how it is told."""


def _is_nir(found: re.Match[str]) -> bool:
    """A number without key is one when it is written in its groups or holds 2A or 2B."""
    sex, blank, *middle, key = found.groups()
    written = "".join((sex, *middle)).upper()
    if key is None:
        return bool(blank) or not written.isdigit()
    # Corse: the letter stands for 0, less a million for A and two for B.
    less = 1_000_000 if "A" in written else 2_000_000 if "B" in written else 0
    number = int(written.replace("A", "0").replace("B", "0")) - less
    return bool(blank) or 97 - number % 97 == int(key)


def is_nir_without_key(text: str) -> bool:
    """Tell whether a whole text is 13 digits that a social security number may begin with.

    Identifiers and instants look so as well: only a column of them says something.
    """
    found = _NIR.fullmatch(text)
    return found is not None and found[8] is None and len(text) == 13


def _is_iban(text: str) -> bool:
    compact = re.sub(r"\s", "", text).upper()
    compact = compact[: _IBAN_LENGTHS.get(compact[:2], 0)]
    turned = compact[4:] + compact[:4]
    return len(compact) >= 15 and int("".join(str(int(c, 36)) for c in turned)) % 97 == 1


def _ipv6(text: str) -> Iterator[bool]:
    for found in _IPV6.finditer(text):
        try:
            ipaddress.IPv6Address(found[0].rstrip("."))
        except ValueError:
            continue
        yield any(c.isdigit() for c in found[0])


# --- headings ------------------------------------------------------------------------------------
_WORDS = frozenset(
    {"email", "courriel", "telephone", "prenom", "prenoms", "ipaddr", "nir", "gsm", "firstname"}
    | {"lastname", "surname", "siret", "siren", "iban", "token", "jeton", "naissance", "patronyme"}
    | {"coordonnees", "birthdate", "birthday", "phone", "forename"}
)
_FILLERS = frozenset(
    {"votre", "vos", "son", "sa", "ses", "le", "la", "les", "l", "de", "du", "des", "d", "un"}
    | {"une", "et", "ou", "au", "a", "of", "the", "your", "quel", "quelle", "quels", "quelles"}
    | {"est", "sont", "indiquez", "indiquer", "precisez", "preciser", "saisissez", "merci", "s"}
    | {"veuillez", "svp", "what", "is", "and", "here", "ici"}
)
_PEOPLE = (
    r"(repondante?s?|enquetee?s?|interviewee?s?|contacts?|personnes?|dirigeante?s?|presidente?s?"
    r"|responsables?|gerante?s?|salariee?s?|respondents?|participante?s?)"
)
_PERSON = r"(repondante?|enquetee?|interviewee?|contact|respondent)"
_BODIES = r"(entreprises?|associations?|societes?|structures?|etablissements?|organismes?|company)"
_HEADINGS = re.compile(
    r"(e )?mails?|adresse( e)? mails?|mails? .*|((n|no|num|numero) )?tel( .*)?|portable"
    r"|mobile|noms?|name|full name"
    rf"|noms? prenoms?|prenoms? noms?|nom (famille|complet|usuel|jeune fille|{_BODIES}|{_PEOPLE})"
    rf"|name {_PEOPLE}|name {_BODIES}|{_PERSON}|identite( {_PEOPLE})?|signature|raison sociale"
    r"|denomination sociale|enseigne|nom commercial|(first|last|user) name|ip( address)?"
    rf"|adresse( ip| postale| complete| personnelle| domicile| rue| {_BODIES}| {_PEOPLE})?"
    r"|birth ?date|date birth|date naiss|ddn|((n|no|num|numero) )?securite sociale|rib"
    r"|(postal )?address|street"
)
_CODED = re.compile(r"^[\w\[\]-]{1,40}(?:[.:]\s+|\s+[/–-]\s+)(?=\S)")


def is_personal_heading(name: str) -> bool:
    """Tell whether a heading announces who answered, also behind a code ("Q1. Votre nom")."""
    return any(_announces(text) for text in {name, _CODED.sub("", name)})


def _announces(name: str) -> bool:
    words = fold(name.replace("’", "'")).split()
    told = " ".join(word for word in words if word not in _FILLERS)
    return not _WORDS.isdisjoint(words) or any(
        _HEADINGS.fullmatch(text) is not None for text in (told, " ".join(words))
    )
