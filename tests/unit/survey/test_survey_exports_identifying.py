"""What names people is told from what only looks like it; most cases are made anew."""

import datetime as dt
import ipaddress
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phare_pipeline.survey.exports.identifying import KINDS, is_personal_heading

NIR, IBAN, IP = "a social security number", "an IBAN", "an IP address"
STREET, TITLED = "a street address", "a title with a name"


def told(text: str) -> set[str]:
    return {kind for kind, is_hit in KINDS.items() if is_hit(text)}


# --- numbers -------------------------------------------------------------------------------------
bodies = st.builds(
    lambda *parts: "".join(parts),
    st.sampled_from("12"),
    st.integers(0, 99).map("{:02d}".format),
    st.sampled_from([*(f"{m:02d}" for m in range(1, 13)), "20", "35", "99"]),
    st.integers(1, 95).map("{:02d}".format),
    st.integers(1, 999).map("{:03d}".format),
    st.integers(1, 999).map("{:03d}".format),
)
around = st.sampled_from(["{}", "NIR : {}.", "n° {}, merci", "({})"])


@given(bodies, around)
def test_a_social_security_number_has_its_key(body, text):
    key = 97 - int(body) % 97
    assert NIR in told(text.format(f"{body}{key:02d}"))
    assert NIR not in told(text.format(f"{body}{key % 97 + 1:02d}"))


@given(bodies, st.sampled_from("AB"), around)
def test_corse_counts_its_letter_as_zero(body, letter, text):
    less = {"A": 1_000_000, "B": 2_000_000}[letter]
    corse = body[:5] + "2" + letter + body[7:]
    key = 97 - (int(corse.replace(letter, "0")) - less) % 97
    assert NIR in told(text.format(f"{corse}{key:02d}"))
    assert NIR in told(text.format(corse))


@given(bodies, st.sampled_from(["", " 00"]))
def test_one_in_groups_needs_no_key(body, key):
    groups = (body[0], body[1:3], body[3:5], body[5:7], body[7:10], body[10:])
    assert NIR in told(" ".join(groups) + key)


@given(
    st.floats(1e-9, 1e6, allow_nan=False),
    st.sampled_from([".", ","]),
    st.sampled_from(["{!r}", "{:.13f}", "{:.15f}", "{:.16e}"]),
)
def test_no_decimal_number_names_anybody(weight, mark, form):
    assert told(form.format(weight).replace(".", mark)) == set()


@given(bodies, st.integers(0, 9), st.sampled_from([".", ","]))
def test_digits_behind_a_decimal_mark_are_no_number_of_anybody(body, whole, mark):
    key = 97 - int(body) % 97
    assert told(f"{whole}{mark}{body}{key:02d}") == set()
    assert told(f"{body}{key:02d}{mark}{whole}") == set()


countries = st.sampled_from([("FR", 27), ("DE", 22), ("BE", 16), ("ES", 24), ("LU", 20)])


@given(countries, st.text(string.digits, min_size=30, max_size=30), st.booleans(), st.booleans())
def test_an_iban_has_its_check_digits(country, digits, is_grouped, is_lower):
    code, length = country
    body = digits[: length - 4]
    number = int(body + "".join(str(int(c, 36)) for c in code) + "00")

    def written(check: int) -> str:
        iban = f"{code}{check:02d}{body}"
        if is_grouped:
            iban = " ".join(iban[i : i + 4] for i in range(0, length, 4))
        return f"compte {iban.lower() if is_lower else iban} svp"

    check = 98 - number % 97
    assert IBAN in told(written(check))
    assert IBAN not in told(written(check % 97 + 1))


@given(st.ip_addresses(), st.sampled_from(["{}", "ip={} ", "[{}]", "vu de {}."]))
def test_addresses_of_machines(address, text):
    written = text.format(address)
    has_digit = any(c.isdigit() for c in str(address))
    assert (IP in told(written)) == has_digit
    if address.version == 6 and has_digit:
        assert IP in told(text.format(ipaddress.IPv6Address(address).exploded))


@given(st.times().map(str), st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)).map(str))
def test_no_time_is_an_address(time, day):
    assert told(time) == told(f"{day} {time}") == set()


# --- names and places ----------------------------------------------------------------------------
names = st.sampled_from(["Durand", "de La Tour", "d’Ormesson", "LE GALL", "Élie", "N’Guyen"])
titles = st.sampled_from(
    [
        "Mme",
        "Mme.",
        "MME",
        "mme",
        "Mlle",
        "M.",
        "M",
        "Mr",
        "Mr.",
        "Monsieur",
        "madame",
        "Dr",
        "Me",
        "Maître",
        "Docteur",
        "Pr.",
    ]
)


@given(titles, names, st.sampled_from(["{}", "vu avec {}", "({}, gérant)"]))
def test_a_title_and_a_name(title, name, text):
    assert TITLED in told(text.format(f"{title} {name}"))


@given(
    st.integers(1, 1999),
    st.sampled_from(["", " bis", " ter", ","]),
    st.sampled_from(["rue", "avenue", "Boulevard", "bd", "allée", "chemin", "impasse", "quai"])
    | st.sampled_from(["place", "route", "cours", "Square"]),
    st.sampled_from(["de la Paix", "du Général-Leclerc", "Jean Jaurès", "d’Alsace", "des Lilas"]),
)
def test_a_street_address(number, repeated, way, name):
    assert STREET in told(f"{number}{repeated} {way} {name}")
    assert STREET in told(f"j’habite au {number}{repeated} {way} {name} à Lille")


@pytest.mark.parametrize(
    "text",
    ["12/05/2020 10:30", "1.2.3", "0,5", "@", "a@b", "::", "a::b", "12:30:45", "FR", "TR00",
     "3 M Euros", "5 M d’habitants", "2 cours de français", "3 places de parking", "2 routes",
     "1 place en crèche", "Madame, Monsieur", "M. ou Mme", "Mme ou M.", "monsieur le maire",
     "madame la présidente", "M. et Mme", "M.", "Mlle", "Dr", "MEL", "Me", "Mrs", "18-49 ans",
     "la rue", "Plutôt d’accord", "CSP+", "Meuse", "M2 Énergie", "2015-10-05", "185055935012399"],
)  # fmt: skip
def test_what_only_looks_like_it(text):
    assert told(text) == set()


# --- headings ------------------------------------------------------------------------------------
announced = st.sampled_from(
    [
        "nom",
        "prénom",
        "nom et prénom",
        "adresse e-mail",
        "numéro de téléphone",
        "raison sociale",
        "date de naissance",
        "n° SIRET",
        "adresse postale",
        "nom de l’entreprise",
        "IBAN",
        "token",
        "nom du répondant",
        "coordonnées",
        "nom de la structure",
        "identité",
    ]
)


@given(
    announced,
    st.sampled_from(["{}", "votre {}", "Vos {}", "Q12. {}", "Q7[SQ001]: Votre {}", "Q1 / {}"]),
    st.sampled_from([str.lower, str.upper, str.title]),
    st.sampled_from([" ", "_"]),
)
def test_what_announces_people(heading, form, case, blank):
    assert is_personal_heading(form.format(case(heading).replace(" ", blank)))


@pytest.mark.parametrize("heading", ["Répondant", "répondante", "date_naissance", "Enseigne"])
def test_words_that_announce_people_alone(heading):
    assert is_personal_heading(heading)


@pytest.mark.parametrize(
    "heading",
    ["nombre", "nom_commune", "mobilite", "emploi", "Q13[SQ001]", "telecommunications", "nominal",
     "contacts_par_mois", "mailles", "ip_index", "adressage", "portables", "denomination",
     "id_repondant", "n° répondant", "salaries", "Nombre de salariés", "Q1. Emploi", "entreprise",
     "association", "nom de la région", "structure", "personnes", "ident"],
)  # fmt: skip
def test_headings_that_only_look_like_it(heading):
    assert not is_personal_heading(heading)
