"""Settings of the notify service."""

from email.headerregistry import Address
from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from flows_shared.settings import ServiceSettings


class NotifySettings(ServiceSettings):
    """The app and the worker of notify."""

    notify_smtp_host: str = Field("127.0.0.1", description="mail server that takes our messages")
    notify_smtp_port: int = Field(25, ge=1, le=65535, description="its port: 25, 587 with starttls, 465 with tls")
    notify_smtp_tls: Literal["none", "starttls", "tls"] = Field(
        "none", description="none: plain; starttls: encrypted after the greeting; tls: encrypted from the start"
    )
    notify_smtp_username: str | None = Field(None, description="login at the mail server; none when unset")
    notify_smtp_password: SecretStr | None = Field(None, description="its password")
    notify_smtp_from: str = Field("invoices@localhost", description="sender's address; its name is the community's")
    notify_portal_url: str | None = Field(
        None, description="where links of invites and recoveries lead; unset: the community's app_url"
    )
    notify_smtp_timeout_seconds: float = Field(30.0, gt=0, description="the mail server's time for each answer")
    notify_smtp_connections: int = Field(4, ge=1, description="connections to it at the same time, per worker")
    notify_max_attempts: int = Field(30, ge=1, description="tries of a message before it counts as failed")
    notify_retry_seconds: float = Field(10.0, gt=0, description="pause after the first try; doubles with each further")
    notify_retry_max_seconds: float = Field(3600.0, gt=0, description="longest pause between two tries")

    @field_validator("notify_smtp_from")
    @classmethod
    def is_an_address(cls, sender: str) -> str:
        try:
            Address(addr_spec=sender)
        except Exception as error:  # the parser raises what it stumbles over
            raise ValueError("this should be an address such as invoices@example.org") from error
        return sender

    @model_validator(mode="after")
    def login_is_whole(self) -> Self:
        if (self.notify_smtp_username is None) != (self.notify_smtp_password is None):
            raise ValueError("FLOWS_NOTIFY_SMTP_USERNAME and FLOWS_NOTIFY_SMTP_PASSWORD go together")
        return self
