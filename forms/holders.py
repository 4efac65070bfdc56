"""One file that a key holder brings."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import StringField
from wtforms.validators import Length

# Why what a key holder brought is not taken.
REFUSALS = {
    "secret_key": _(
        "This is the secret key: it must never come here. Count it as exposed. It was not kept, and the "
        "public key that belongs to it is not accepted any more. The office makes a new key and brings the "
        "public file of that."
    ),
    "secret_share": _(
        "This is a secret part of a key: it must never come here. It was not kept. The office makes a new "
        "key, with new parts, and brings the public file of that."
    ),
    "exposed_key": _(
        "The secret half of this key was brought to this page before. The office makes a new key."
    ),
    "wrong_cycle": _("This file belongs to another cycle."),
    "office_missing": _("The file names no office."),
    "same_office": _("The two layers must belong to two different offices."),
    "same_key": _("This is the key of the other layer. Each office makes a key of its own."),
    "key_missing": _("This layer has no key yet."),
    "wrong_answer": _("This answer does not fit. Download the challenge again and answer that one."),
    "no_such_layer": _("No office holds this layer."),
}


class FileForm(FlaskForm):  # type: ignore[misc]
    """A public key, or the answer to a challenge."""

    file = FileField(_("File of the key holder"), validators=[FileRequired(_("Choose a file."))])


class ListForm(FileForm):
    """A list that an office opened, and why it is taken although many are missing."""

    reason = StringField(_("Why it is taken although many are missing"), validators=[Length(max=500)])
