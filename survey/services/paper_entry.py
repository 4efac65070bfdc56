"""Numbers for the answers on a paper form: printed before each answer, and typed for it."""

from instruments.schema import Instrument, Item, ProfileField
from survey.services.citizen_answers import choices

NOT_JUDGED = "0"  # printed before the reason for not judging


def numbers_of_item(instrument: Instrument, item: Item) -> dict[str, str]:
    """What is typed for each answer of an item, and the code it stands for. The last reason has 0."""
    options = len(instrument.options_for(item))
    codes = choices(instrument, item)
    reasons = {str(-place % 10): code for place, code in enumerate(reversed(codes[options:]))}
    return {code: code for code in codes[:options]} | reasons


def numbers_of_field(field: ProfileField) -> dict[str, str]:
    """What is typed for each band of a general fact, and the code it stands for."""
    return {str(place): band.code for place, band in enumerate(field.bands, start=1)}
