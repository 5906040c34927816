"""Encryption and login, with a certificate of the test's own."""

import ssl
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from flows_notify.settings import NotifySettings
from flows_shared.settings import SettingsError, load_settings
from flows_shared.time import utc_now
from mail_server import MailServer
from notify.conftest import IssueInvoice, Notify

LOGIN = LoginPassword(b"flows", b"open sesame")


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A key and a certificate for 127.0.0.1 in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(utc_now() - timedelta(days=1))
        .not_valid_after(utc_now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = tmp_path / "mail.pem"
    file.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def mail_server(certificate: Path) -> Iterator[MailServer]:
    """A server that takes nothing before STARTTLS and a login."""

    def check(
        _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, login: LoginPassword
    ) -> AuthResult:
        return AuthResult(success=login == LOGIN, handled=False)

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    with MailServer(tls_context=context, require_starttls=True, auth_required=True, authenticator=check) as server:
        yield server


@pytest.fixture
def notify_env(notify_env: dict[str, str]) -> dict[str, str]:
    return {
        **notify_env,
        "FLOWS_NOTIFY_SMTP_TLS": "starttls",
        "FLOWS_NOTIFY_SMTP_USERNAME": "flows",
        "FLOWS_NOTIFY_SMTP_PASSWORD": "open sesame",
    }


async def test_mail_goes_through_starttls_and_login(
    notify: Notify,
    issue_invoice: IssueInvoice,
    mail_server: MailServer,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    await notify.send(await issue_invoice())
    assert await notify.statuses() == ["sent"]
    assert mail_server.recipients() == ["ada@example.org"]


async def test_server_whose_certificate_is_not_trusted_gets_nothing(
    notify: Notify, issue_invoice: IssueInvoice, mail_server: MailServer
) -> None:
    await notify.send(await issue_invoice())
    [message] = await notify.messages()
    assert message["status"] == "pending"
    assert "certificate verify failed" in message["last_error"]
    assert mail_server.received == []


class TestWrongPassword:
    @pytest.fixture
    def notify_env(
        self, notify_env: dict[str, str], certificate: Path, monkeypatch: pytest.MonkeyPatch
    ) -> dict[str, str]:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        return {**notify_env, "FLOWS_NOTIFY_SMTP_PASSWORD": "guess"}

    async def test_refused_login_is_no_message_s_fault(
        self, notify: Notify, issue_invoice: IssueInvoice, mail_server: MailServer
    ) -> None:
        job = await notify.send(await issue_invoice())
        [message] = await notify.messages()
        assert message["status"] == "pending"
        assert message["last_error"].startswith("the mail server answered 535")
        assert await notify.outbox(job) is not None


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        (
            "FLOWS_NOTIFY_SMTP_TLS",
            "yes",
            "FLOWS_NOTIFY_SMTP_TLS: input should be 'none', 'starttls' or 'tls', not 'yes'",
        ),
        ("FLOWS_NOTIFY_SMTP_FROM", "us", "FLOWS_NOTIFY_SMTP_FROM: value error, this should be an address such as"),
        (
            "FLOWS_NOTIFY_SMTP_USERNAME",
            "flows",
            "FLOWS_NOTIFY_SMTP_USERNAME and FLOWS_NOTIFY_SMTP_PASSWORD go together",
        ),
    ],
)
def test_wrong_setting_is_named(
    settings_env: dict[str, str], monkeypatch: pytest.MonkeyPatch, name: str, value: str, reason: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load_settings(NotifySettings)
    assert reason in str(refused.value)
