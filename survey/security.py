"""Who may come through which door: sign-in state, guards, headers, cookies.

Every blueprint is registered with exactly one guard (`app.DOORS`). Staff pages live under one path and
the session cookie is bound to that path, so a browser never sends it along with a ballot.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import reduce
from operator import or_
from typing import Any, cast

from flask import Flask, Response, current_app, request
from flask_login import UserMixin, current_user
from secure import (
    ContentSecurityPolicy,
    CrossOriginOpenerPolicy,
    CrossOriginResourcePolicy,
    PermissionsPolicy,
    ReferrerPolicy,
    Secure,
    StrictTransportSecurity,
    XContentTypeOptions,
    XFrameOptions,
)

from survey.config import STAFF_PATH, Settings
from survey.exceptions import NotAllowed
from survey.extensions import login_manager
from survey.services.accounts.access import NOBODY, Reach

IDLE_MINUTES = 30
LARGEST_REQUEST = 20 * 1024 * 1024
# Set by content networks, by browsers that let their maker's servers load pages, and by proxies of offices.
THIRD_PARTY_HEADERS = (
    "Via",
    "CF-Ray",
    "CF-Connecting-IP",
    "CDN-Loop",
    "True-Client-IP",
    "Fastly-Client-IP",
    "X-Amz-Cf-Id",
    "X-OperaMini-Phone-UA",
    "X-OperaMini-Features",
    "X-UCBrowser-Device-UA",
)
LARGEST_FORM = 256 * 1024
OPEN_PICTURES = ("public.unit_badge",)  # other websites may show these; no page can be framed

Guard = Callable[[], Any]


@dataclass(frozen=True)
class SignedIn(UserMixin):  # type: ignore[misc]
    """The account behind a staff request."""

    account_id: int
    version: int
    name: str
    employee_id: int | None
    reaches: Mapping[str, Reach] = field(compare=False)  # by role

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(self.reaches)

    def reach(self, *roles: str) -> Reach:
        """How far those of the roles reach that the account holds; nobody's data where it holds none."""
        return reduce(or_, (self.reaches[role] for role in roles if role in self.reaches), NOBODY)

    def get_id(self) -> str:
        return f"{self.account_id}:{self.version}"


def signed_in() -> SignedIn:
    """The signed-in account; only behind a guard that asks for one."""
    return cast("SignedIn", current_user._get_current_object())


class Requires:
    """Guard: a signed-in account that holds one of the roles, and may open this page of the door."""

    def __init__(
        self, *roles: str, may_open: Callable[[Mapping[str, Reach], str], bool] = lambda _reaches, _page: True
    ) -> None:
        self.roles = frozenset(roles)
        self._may_open = may_open

    def __call__(self) -> Any:
        if not current_user.is_authenticated:
            return login_manager.unauthorized()
        if not self.admits(signed_in(), request.endpoint or ""):
            raise NotAllowed(request.endpoint)
        return None

    def admits(self, account: SignedIn, endpoint: str) -> bool:
        """Whether the account may open a page of this door; `may_open` knows it by its name here."""
        page = endpoint.rpartition(".")[2]
        return bool(self.roles & account.roles) and self._may_open(account.reaches, page)


def may(endpoint: str) -> bool:
    """Whether the signed-in account may open a page: what it may not open is not offered."""
    first, *_others = current_app.before_request_funcs[endpoint.partition(".")[0]]
    return not isinstance(first, Requires) or (
        current_user.is_authenticated and first.admits(signed_in(), endpoint)
    )


def anonymous() -> None:
    """Guard: nobody signs in here, and a request that brings a session cookie is refused."""
    if current_app.config["SESSION_COOKIE_NAME"] in request.cookies:
        raise NotAllowed("session cookie")
    request.max_content_length = LARGEST_FORM


def passes_third_party(trusted_proxies: int) -> bool:
    """Whether this request shows that somebody between the device and this service can read it."""
    hops = request.headers.get("X-Forwarded-For", "")
    is_relayed = hops.count(",") + bool(hops.strip()) > trusted_proxies
    return is_relayed or any(name in request.headers for name in THIRD_PARTY_HEADERS)


def open_to_all() -> None:
    """Guard: pages that show the same to everybody."""


def configure_security(app: Flask, settings: Settings) -> None:
    """Cookies, sizes and headers."""
    app.config.update(
        SESSION_COOKIE_NAME="__Secure-cermin" if settings.is_production else "cermin",
        SESSION_COOKIE_PATH=STAFF_PATH,
        SESSION_COOKIE_SECURE=settings.is_production,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(minutes=IDLE_MINUTES),
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        MAX_FORM_PARTS=500,
        WTF_CSRF_TIME_LIMIT=None,
        # Pages send no referrer at all, so there is none to compare; token and SameSite guard instead.
        WTF_CSRF_SSL_STRICT=False,
        REMEMBER_COOKIE_DURATION=timedelta(0),
    )
    headers = _headers(settings)

    def finish(response: Response) -> Response:
        headers.set_headers(response)
        if request.endpoint in OPEN_PICTURES:
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"
        return response

    app.after_request(finish)


def _headers(settings: Settings) -> Secure:
    policy = (
        ContentSecurityPolicy()
        .default_src("'none'")
        .img_src("'self'")
        .style_src("'self'")
        .script_src("'self'")
        .font_src("'self'")
        .connect_src("'self'")
        .form_action("'self'")
        .base_uri("'none'")
        .frame_ancestors("'none'")
    )
    return Secure(
        csp=policy,
        coop=CrossOriginOpenerPolicy().same_origin(),
        corp=CrossOriginResourcePolicy().same_origin(),
        hsts=StrictTransportSecurity().max_age(63072000) if settings.is_production else None,
        permissions=PermissionsPolicy().camera().geolocation().microphone(),
        referrer=ReferrerPolicy().no_referrer(),
        xcto=XContentTypeOptions().nosniff(),
        xfo=XFrameOptions().deny(),
    )
