"""What HR prints for a counter: posters and paper forms, in the language of those who will read them."""

from collections.abc import Sequence

from flask import Response, url_for
from flask_babel import force_locale
from flask_babel import gettext as _

from survey.db import reading
from survey.exceptions import NotFound
from survey.extensions import databases, settings
from survey.hr.door import blueprint
from survey.i18n import LANGUAGES
from survey.services.citizens import citizen_answers, counter_prints, service_points
from survey.services.citizens.counter_prints import SIZES, CodeSlips, PaperForm, Place, Poster
from survey.services.citizens.service_points import Point


@blueprint.get("/service-points/<public_id>/poster/<language>/<size>.pdf")
def poster_file(public_id: str, language: str, size: str) -> Response:
    """The poster to hang up."""
    if language not in LANGUAGES or size not in SIZES:
        raise NotFound("poster")
    with reading(databases().people) as people:
        point = service_points.find_point(people, public_id)
    address = address_of("citizen.start", public_id, language)
    with force_locale(language):
        words = Poster(
            question=_("How was the service you just received?"),
            how=_("Point your phone’s camera at the code, or type the address:"),
            promises=[_("About three minutes."), _("No name is asked. No phone number, no app.")],
            drawing=_("QR code of the address %(address)s", address=address),
            sender=settings().city,
        )
    data = counter_prints.poster(words, _place(point), address, size=size, language=language)
    return pdf_file(data, f"poster-{point.code}-{size}-{language}.pdf")


@blueprint.get("/service-points/<public_id>/paper-form/<language>.pdf")
def paper_form_file(public_id: str, language: str) -> Response:
    """The blank form to be filled in by hand, on both sides of one sheet."""
    if language not in LANGUAGES:
        raise NotFound("paper form")
    with reading(databases().people) as people:
        point = service_points.find_point(people, public_id)
    data = counter_prints.paper_form(_form_words(language), _place(point), language=language)
    return pdf_file(data, f"form-{point.code}-{language}.pdf")


def roll_file(point: Point, codes: Sequence[str], language: str, served_by: str) -> Response:
    """The slips of a fresh roll, to be printed now: the codes are kept nowhere."""
    address = address_of("citizen.start_with_code", point.public_id, language)
    with force_locale(language):
        words = CodeSlips(
            title=_("Single-use codes"),
            question=_("How was the service you just received?"),
            how=_(
                "Point your phone’s camera at the code, or open %(address)s and type:",
                address=address.partition("?")[0],
            ),
            promise=_("It counts once. Nobody notes who got it. No name, no phone number."),
            drawing=_("QR code of the address with the code beside it"),
            sender=settings().city,
        )
        name = _("%(counter)s, served by %(officer)s", counter=point.name, officer=served_by)
    place = Place(name if served_by else point.name, point.unit_name)
    data = counter_prints.code_slips(codes, words, place, address, language=language)
    return pdf_file(data, "code-roll.pdf")


def address_of(endpoint: str, public_id: str, language: str) -> str:
    """A public address that opens in the language of what is printed."""
    with force_locale(language):
        return settings().base_url.rstrip("/") + url_for(endpoint, service_point=public_id)


def pdf_file(data: bytes, name: str) -> Response:
    """A file to be kept by the browser."""
    answer = Response(data, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _form_words(language: str) -> PaperForm:
    instrument = citizen_answers.questionnaire()
    [asked] = instrument.open_questions_for(citizen_answers.RATER_GROUP)
    with force_locale(language):
        return PaperForm(
            title=_("How was the service you just received?"),
            how=[
                _("Put a cross into one square of each question. Nobody learns who filled this in."),
                _("Do not write your name, number or address anywhere."),
            ],
            questions=counter_prints.questions_of(instrument, language),
            facts_title=_("About you, if you like"),
            facts=counter_prints.facts_of(instrument, language),
            words=asked.text.in_language(language),
            words_hint=_("At most a few lines. Please name nobody, neither yourself nor an officer."),
            thanks=_("Thank you. Fold the sheet and put it into the box yourself."),
            sender=settings().city,
        )


def _place(point: Point) -> Place:
    return Place(point.name, point.unit_name)
