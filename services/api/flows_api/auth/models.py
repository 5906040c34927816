"""Bodies of /auth/v1, in the form that Supabase's auth client sends and reads."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from flows_api.auth.principal import Person
from flows_api.auth.users import User

Email = Annotated[str, Field(min_length=3, max_length=320, pattern=r"^[^\x00@]+@[^\x00@]+$")]
Password = Annotated[str, Field(min_length=1, max_length=1024)]
OneTimeToken = Annotated[str, Field(min_length=1, max_length=256)]


class PasswordGrant(BaseModel):
    """What else a client sends with it is ignored."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"email": "ann@example.org", "password": "correct"}]})

    email: Email
    password: Password


class RefreshGrant(BaseModel):
    refresh_token: str = Field(min_length=1, max_length=256, description="the last one that was given; it works once")


class SignUpData(BaseModel):
    invite_token: str | None = Field(None, max_length=64, description="of public.customer_invites")


class SignUp(BaseModel):
    """An invited customer makes their login."""

    email: Email
    password: Password
    data: SignUpData | None = None


class Recovery(BaseModel):
    email: Email


class Verification(BaseModel):
    """`token` and `token_hash` are the same here: what the mail's link holds, or an invite's token."""

    type: Literal["recovery", "invite", "email", "email_change"]
    token: OneTimeToken | None = None
    token_hash: OneTimeToken | None = None


class UserChanges(BaseModel):
    """The password or the address; what else is null may be sent."""

    password: Password | None = None
    email: Email | None = Field(None, description="counts once the link in a mail to it is followed")
    current_password: Password | None = Field(None, description="needed, or the nonce, a day after the login")
    nonce: OneTimeToken | None = Field(None, description="the code that GET /reauthenticate has mailed")
    phone: None = None
    data: None = None


class AuthUser(BaseModel):
    id: UUID
    aud: str
    role: Person
    email: str
    new_email: str | None = Field(None, description="the address that was just asked for, and is to be confirmed")
    phone: str = ""
    email_confirmed_at: datetime
    confirmed_at: datetime
    last_sign_in_at: datetime | None
    app_metadata: dict[str, object]
    user_metadata: dict[str, object]
    identities: list[object] = []
    created_at: datetime
    updated_at: datetime
    is_anonymous: bool = False

    @classmethod
    def of(cls, user: User, audience: str, *, new_email: str | None = None) -> Self:
        return cls(
            id=user.id,
            aud=audience,
            role=user.role,
            email=user.email,
            new_email=new_email,
            email_confirmed_at=user.created_at,
            confirmed_at=user.created_at,
            last_sign_in_at=user.last_login_at,
            app_metadata={"provider": "email", "providers": ["email"]},
            user_metadata={"customer": str(user.customer)} if user.customer else {},
            created_at=user.created_at,
            updated_at=user.updated_at,
        )


class Session(BaseModel):
    """`expires_at` is in seconds since 1970; `expires_in` are the seconds until then."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"
    expires_in: int
    expires_at: int
    refresh_token: str
    user: AuthUser


class Providers(BaseModel):
    """Ways to log in."""

    email: bool = True
    phone: bool = False
    anonymous_users: bool = False


class AuthSettings(BaseModel):
    """Sign-up needs an invite; what it makes may log in at once."""

    external: Providers = Providers()
    disable_signup: bool = False
    mailer_autoconfirm: bool = True
    phone_autoconfirm: bool = False
    sms_provider: str = ""
    saml_enabled: bool = False


class AuthHealth(BaseModel):
    name: str = "flows"
    version: str = "v1"
    description: str = "Flows speaks the dialect of the Supabase auth client"


class AuthProblem(BaseModel):
    code: int = Field(examples=[400])
    error_code: str = Field(examples=["invalid_credentials"])
    msg: str = Field(examples=["Invalid login credentials"])
