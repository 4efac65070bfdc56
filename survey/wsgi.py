"""Entry for a web server: `survey.wsgi:application`."""

from survey.app import create_app
from survey.config import load_settings
from survey.start_checks import refuse_weak_setup

settings = load_settings()
application = create_app(settings)
refuse_weak_setup(application)
