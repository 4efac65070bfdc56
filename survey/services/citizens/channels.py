"""The ways on which a citizen's answer comes, and which of them the official index counts.

Whoever opens a link is known to nobody, not even to have been served: such answers are a stratum of their
own, told apart as not verified. All others need something that only a visit gives.
"""

from typing import Final

OPEN_LINK: Final = "open"  # a link that anybody may open
CODE: Final = "code"  # a single-use code that was handed out after the service
KIOSK: Final = "kiosk"  # a device that stands at the service point
ASSISTED: Final = "assisted"  # an officer put the questions and entered the answers
PAPER: Final = "paper"  # a form that was filled in on paper
STRATA: Final = (OPEN_LINK, CODE, KIOSK, ASSISTED, PAPER)
VERIFIED: Final = (CODE, KIOSK, ASSISTED, PAPER)
