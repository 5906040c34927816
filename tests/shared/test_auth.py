from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jose import jws, jwt

from flows_shared.tokens import (
    Claims,
    TokenAlgorithmRefused,
    TokenAudienceWrong,
    TokenClaimsWrong,
    TokenError,
    TokenExpired,
    TokenIssuerWrong,
    TokenMalformed,
    TokenMissing,
    TokenNotYetValid,
    TokenSignatureWrong,
    bearer_token,
    sign_token,
    verify_token,
)

SECRET = "a secret that is long enough for HS256"
HOUR = timedelta(hours=1)


def token(**changes: Any) -> str:
    given = {"subject": "u1", "role": "customer", "lifetime": HOUR, "now": datetime.now(UTC), **changes}
    return sign_token(changes.pop("secret", SECRET), **{name: given[name] for name in given if name != "secret"})


def verified(signed: str, **rules: Any) -> Claims:
    return verify_token(signed, SECRET, now=datetime.now(UTC), **rules)


def raw(claims: dict[str, Any], algorithm: str = "HS256") -> str:
    return str(jwt.encode({"exp": datetime.now(UTC) + HOUR, **claims}, SECRET, algorithm=algorithm))


def test_claims_come_back_as_they_were_signed() -> None:
    claims = verified(token(email="ann@example.org", act="u2"))
    assert (claims.subject, claims.role, claims.email, claims.actor) == ("u1", "customer", "ann@example.org", "u2")
    assert timedelta(minutes=59) < claims.expires_at - datetime.now(UTC) <= HOUR
    assert claims.all["sub"] == "u1"


@pytest.mark.parametrize(
    ("wrong", "error", "sentence"),
    [
        (token(secret="another secret, just as long as it"), TokenSignatureWrong, "signature is wrong"),
        (token(lifetime=-HOUR), TokenExpired, "has expired"),
        (token(nbf=datetime.now(UTC) + HOUR), TokenNotYetValid, "not yet valid"),
        (token(audience="flows-internal"), TokenAudienceWrong, "is for 'flows-internal', not for None"),
        (raw({"sub": "u1", "role": "customer"}, "HS512"), TokenAlgorithmRefused, "with HS256, not with 'HS512'"),
        (
            "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1MSIsInJvbGUiOiJhZG1pbiJ9.",
            TokenAlgorithmRefused,
            "with HS256, not with 'none'",
        ),
        ("not a token", TokenMalformed, "not a JSON Web Token"),
        ("", TokenMalformed, "not a JSON Web Token"),
        ("a.b.c", TokenMalformed, "not a JSON Web Token"),
        (raw({"role": "customer"}), TokenMalformed, "claim 'sub' must be a text, not None"),
        (raw({"sub": "u1", "role": ["admin"]}), TokenMalformed, "claim 'role' must be a text"),
        (raw({"sub": "u1", "role": "customer", "exp": None}), TokenMalformed, "cannot be read"),
        (str(jwt.encode({"sub": "u1", "role": "x"}, SECRET)), TokenMalformed, "exp"),
    ],
)
def test_each_wrong_token_is_refused_with_its_reason(wrong: str, error: type[TokenError], sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        verified(wrong)


SOON = int((datetime.now(UTC) + HOUR).timestamp())


def signed(times: str) -> str:
    """With claims that Python's JSON would write otherwise, or not at all."""
    claims = f'{{"sub": "u1", "role": "customer", {times}}}'.replace("SOON", str(SOON))
    return jws.sign(claims.encode(), SECRET, algorithm="HS256")


@pytest.mark.parametrize(
    ("times", "error"),
    [
        *((f'"exp": {value}', TokenClaimsWrong) for value in ("1e999", "1e300", "NaN", '"soon"', '"SOON"', "[]")),
        *((f'"exp": {value}', TokenClaimsWrong) for value in ("null", "{}", f"{2**70}", "253402300800")),
        *((f'"exp": {value}', TokenExpired) for value in ("0", "-1", f"{-(2**70)}", "-1e300", "true")),
        *((f'"exp": SOON, "nbf": {value}', TokenClaimsWrong) for value in ("1e999", "NaN", '"1"', "[]", "true")),
        *((f'"exp": SOON, "nbf": {value}', TokenNotYetValid) for value in (f"{2**70}", "1e300", "SOON.5")),
        *((f'"exp": SOON, "iat": {value}', TokenClaimsWrong) for value in ("1e999", "NaN", '"1"', "[]", "true")),
    ],
)
def test_time_that_no_clock_shows_is_refused(times: str, error: type[TokenError]) -> None:
    with pytest.raises(error):
        verified(signed(times))


@pytest.mark.parametrize("times", ['"exp": SOON.5', '"exp": SOON, "nbf": -1, "iat": 0.5'])
def test_time_may_be_of_any_number(times: str) -> None:
    assert verified(signed(times)).subject == "u1"


@given(st.integers(0, 400), st.binary(min_size=1, max_size=3))
def test_changed_token_is_never_accepted_for_other_claims(at: int, noise: bytes) -> None:
    good = token()
    changed = good[:at] + noise.decode("latin-1") + good[at + len(noise) :]
    try:
        claims = verified(changed)
    except TokenError:
        return
    assert (claims.subject, claims.role) == ("u1", "customer")


def test_audience_must_be_the_one_asked_for() -> None:
    assert verified(token(audience="flows"), audience="flows").subject == "u1"
    for other in (token(), token(audience="elsewhere")):
        with pytest.raises(TokenAudienceWrong):
            verified(other, audience="flows")


def test_one_of_several_audiences_is_enough() -> None:
    several = raw({"sub": "u1", "role": "customer", "aud": ["flows", "elsewhere"]})
    assert verified(several, audience="flows").subject == "u1"


def test_named_issuer_may_omit_the_audience() -> None:
    machine = token(issuer="old-machines")
    claims = verified(machine, audience="flows", issuers_without_audience=["old-machines"])
    assert claims.subject == "u1"
    with pytest.raises(TokenAudienceWrong):
        verified(machine, audience="flows")


def test_issuer_must_be_one_of_those_accepted() -> None:
    assert verified(token(issuer="flows"), issuers=["flows"]).subject == "u1"
    for other in (token(), token(issuer="somebody")):
        with pytest.raises(TokenIssuerWrong):
            verified(other, issuers=["flows"])


def test_bearer_token_is_taken_from_the_header() -> None:
    assert bearer_token("Bearer abc") == bearer_token("bearer  abc ") == "abc"


@pytest.mark.parametrize(
    ("header", "error"),
    [(None, TokenMissing), ("", TokenMissing), ("Basic abc", TokenMalformed), ("Bearer ", TokenMalformed)],
)
def test_missing_and_malformed_headers_are_told_apart(header: str | None, error: type[TokenError]) -> None:
    with pytest.raises(error):
        bearer_token(header)


def test_token_of_an_unknown_extension_is_refused() -> None:
    critical = jwt.encode({"sub": "u1", "role": "customer"}, SECRET, headers={"crit": ["b64"], "b64": False})
    with pytest.raises(TokenMalformed, match="not a JSON Web Token"):
        verified(str(critical))


def test_token_is_read_at_the_time_that_is_given() -> None:
    now = datetime.now(UTC)
    assert verify_token(token(), SECRET, now=now + HOUR).subject == "u1"
    with pytest.raises(TokenExpired):
        verify_token(token(), SECRET, now=now + HOUR + timedelta(minutes=1))
