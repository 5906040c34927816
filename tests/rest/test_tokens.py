"""Who is believed: the role of a token, and every way in which a token can be wrong."""

import base64
import json
import time
from typing import Any, cast

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jose import jwk, jws, jwt

from flows_api.rest.claim_path import ClaimPath
from flows_shared.settings import SettingsError
from flows_shared.tokens import generate_jwk
from rest.conftest import SECRET, Serving, author, bearer

ROLE = {"role": "flows_rest_author"}
NOW = int(time.time())


def unsigned(claims: dict[str, str]) -> str:
    _, body, _ = jwt.encode(claims, SECRET).split(".")
    head = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    return f"{head}.{body}."


def test_role_of_the_token_is_the_databases_role(api: httpx.Client) -> None:
    assert api.get("/rpc/who", headers=author()).json() == "flows_rest_author"
    assert api.get("/author_only", headers=author()).json() == [{"id": 1, "secret": "shh"}]
    assert api.get("/rpc/author_function", headers=author()).json() == "yes"
    assert api.get("/rpc/who").json() == "flows_rest_anon"
    assert api.get("/rpc/who", headers=bearer(sub="someone")).json() == "flows_rest_anon"
    assert api.get("/rpc/who", headers={"Authorization": "Basic YTpi"}).json() == "flows_rest_anon"
    lower = author()["Authorization"].replace("Bearer", "bearer")
    assert api.get("/rpc/who", headers={"Authorization": lower}).json() == "flows_rest_author"


def test_claims_are_known_in_the_database(api: httpx.Client) -> None:
    headers = bearer(**ROLE, sub="ann", nested={"a": [1]})
    claims = json.loads(api.get("/rpc/setting?name=request.jwt.claims", headers=headers).json())
    assert claims == {**ROLE, "sub": "ann", "nested": {"a": [1]}}


@pytest.mark.parametrize(
    ("token", "code", "message", "details"),
    [
        ("", "PGRST301", "Empty JWT is sent in Authorization header", None),
        ("one", "PGRST301", "Expected 3 parts in JWT; got 1", None),
        ("one.two", "PGRST301", "Expected 3 parts in JWT; got 2", None),
        ("a.b.c.d.e", "PGRST301", "Expected 3 parts in JWT; got 5", None),
        ("a.b.c", "PGRST301", "JWT cryptographic operation failed", None),
        (jwt.encode(ROLE, "another secret that is long enough for it"), "PGRST301", "No suitable key or wrong key type",
         "None of the keys was able to decode the JWT"),
        (jwt.encode(ROLE, SECRET * 2, "HS512"), "PGRST301", "No suitable key or wrong key type",
         "No suitable key was found to decode the JWT"),
        (unsigned(ROLE), "PGRST301", "Wrong or unsupported encoding algorithm",
         "JWT is unsecured but expected 'alg' was not 'none'"),
        (jws.sign(b"[1]", SECRET), "PGRST303", "Parsing claims failed", None),
        (jwt.encode({**ROLE, "exp": NOW - 3600}, SECRET), "PGRST303", "JWT expired", None),
        (jwt.encode({**ROLE, "nbf": NOW + 3600}, SECRET), "PGRST303", "JWT not yet valid", None),
        (jwt.encode({**ROLE, "iat": NOW + 3600}, SECRET), "PGRST303", "JWT issued at future", None),
        (jwt.encode({**ROLE, "exp": "soon"}, SECRET), "PGRST303", "The JWT 'exp' claim must be a number", None),
        (jwt.encode({**ROLE, "aud": {"a": 1}}, SECRET), "PGRST303",
         "The JWT 'aud' claim must be a string or an array of strings", None),
    ],
)  # fmt: skip
def test_wrong_token_is_named(api: httpx.Client, token: str, code: str, message: str, details: str | None) -> None:
    response = api.get("/clients", headers={"Authorization": f"Bearer {token}".strip()})
    problem = response.json()
    assert (response.status_code, problem["code"], problem["message"]) == (401, code, message)
    assert problem["details"] == details
    challenge = f'Bearer error="invalid_token", error_description="{message}"'
    assert response.headers["WWW-Authenticate"] == challenge


@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
@pytest.mark.parametrize("value", ['"soon"', '"1893456000"', '""', "[]", "[1893456000]", "{}", "true", "false"])
def test_time_that_is_no_number_is_no_time(api: httpx.Client, name: str, value: str) -> None:
    told = refusal(api, f'"{name}": {value}')
    assert told == (401, "PGRST303", f"The JWT '{name}' claim must be a number", None)


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        ('"exp": 1e999', "JWT expired"),
        ('"exp": 1e300', "JWT expired"),
        ('"exp": -1e999', "JWT expired"),
        ('"exp": NaN', "JWT expired"),
        (f'"exp": {2**70}', "JWT expired"),
        (f'"exp": {-(2**70)}', "JWT expired"),
        ('"exp": -1', "JWT expired"),
        ('"exp": 0', "JWT expired"),
        ('"exp": PAST.5', "JWT expired"),
        ('"nbf": 1e999', "JWT not yet valid"),
        ('"nbf": NaN', "JWT not yet valid"),
        (f'"nbf": {2**70}', "JWT not yet valid"),
        ('"nbf": SOON.5', "JWT not yet valid"),
        ('"iat": 1e999', "JWT issued at future"),
        (f'"iat": {2**63}', "JWT issued at future"),
        (f'"iat": {"9" * 5_000}', "Parsing claims failed"),
    ],
)
def test_time_that_no_clock_shows_is_not_now(api: httpx.Client, claim: str, message: str) -> None:
    assert refusal(api, claim) == (401, "PGRST303", message, None)


@pytest.mark.parametrize(
    "claim",
    [
        '"exp": null',
        '"nbf": null',
        '"iat": null',
        '"nbf": -1',
        '"iat": 0',
        '"exp": SOON.5',
        '"nbf": PAST.5',
    ],
)
def test_time_that_is_missing_or_right_is_believed(api: httpx.Client, claim: str) -> None:
    headers = {"Authorization": f"Bearer {signed(claim)}"}
    assert api.get("/rpc/who", headers=headers).json() == "flows_rest_author"


def signed(claim: str) -> str:
    """With claims that Python's JSON would write otherwise, or not at all."""
    claim = claim.replace("PAST", str(NOW - 60)).replace("SOON", str(NOW + 3600))
    return jws.sign(f'{{"role": "flows_rest_author", {claim}}}'.encode(), SECRET)


def refusal(api: httpx.Client, claim: str) -> tuple[int, str, str, str | None]:
    response = api.get("/clients", headers={"Authorization": f"Bearer {signed(claim)}"})
    problem = response.json()
    return response.status_code, problem["code"], problem["message"], problem["details"]


def test_times_may_differ_by_half_a_minute(api: httpx.Client) -> None:
    now = int(time.time())
    near = bearer(**ROLE, exp=now - 5, nbf=now + 5, iat=now + 5)
    assert api.get("/rpc/who", headers=near).status_code == 200


def test_role_that_does_not_exist_is_no_login(api: httpx.Client) -> None:
    response = api.get("/clients", headers=bearer(role="nobody_at_all"))
    assert (response.status_code, response.json()["code"]) == (401, "22023")


async def test_audience_that_is_named_must_be_the_settings(serving: Serving) -> None:
    async with serving(jwt_aud="workshop") as api:
        for audience, status in (
            ("workshop", 200), (["other", "workshop"], 200), ([], 200), (None, 200), ("other", 401), (["other"], 401),
        ):  # fmt: skip
            claims: dict[str, Any] = ROLE if audience is None else {**ROLE, "aud": audience}
            response = await api.get("/rpc/who", headers=bearer(**claims))
            assert response.status_code == status, audience
            if status == 401:
                assert response.json()["message"] == "JWT not in audience"


async def test_without_an_anonymous_role_a_token_is_needed(serving: Serving) -> None:
    async with serving(db_anon_role="") as api:
        response = await api.get("/clients")
        assert (response.status_code, response.json()["code"]) == (401, "PGRST302")
        assert response.json()["message"] == "Anonymous access is disabled"
        assert response.headers["WWW-Authenticate"] == "Bearer"
        assert (await api.get("/clients", headers=author())).status_code == 200


async def test_without_a_secret_no_token_is_believed(serving: Serving) -> None:
    async with serving(jwt_secret="") as api:
        response = await api.get("/clients", headers=author())
        assert (response.status_code, response.json()["code"]) == (500, "PGRST300")
        assert (await api.get("/clients")).status_code == 200


async def test_secret_may_be_base64(serving: Serving) -> None:
    encoded = base64.urlsafe_b64encode(SECRET.encode()).decode().replace("=", ".")
    async with serving(jwt_secret=encoded, jwt_secret_is_base64="true") as api:
        assert (await api.get("/rpc/who", headers=author())).json() == "flows_rest_author"


async def test_secret_may_be_a_web_key_or_a_set_of_them(serving: Serving) -> None:
    private = generate_jwk("RS256") | {"kid": "one"}
    key = {name: private[name] for name in ("kty", "n", "e", "alg", "kid")}
    symmetric = {"kty": "oct", "k": base64.urlsafe_b64encode(SECRET.encode()).decode().rstrip("="), "alg": "HS256"}
    signed = {"Authorization": f"Bearer {jwt.encode(ROLE, private, 'RS256', headers={'kid': 'one'})}"}
    async with serving(jwt_secret=json.dumps(key)) as api:
        assert (await api.get("/rpc/who", headers=signed)).json() == "flows_rest_author"
        assert (await api.get("/rpc/who", headers=author())).status_code == 401
    async with serving(jwt_secret=json.dumps({"keys": [symmetric, key]})) as api:
        for headers in (signed, author()):
            assert (await api.get("/rpc/who", headers=headers)).json() == "flows_rest_author"


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ({"kty": "oct", "k": "AAAA", "alg": "RS256"}, "kty oct does not verify RS256"),
        ({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "alg": "ES512"}, "kty EC does not verify ES512"),
        ({"kty": "RSA", "e": "AQAB"}, "this RSA key cannot be read"),
        ({"kty": "unheard"}, "kty unheard does not verify None"),
        ({"keys": [1]}, "the JWT secret is no JSON web key"),
    ],
)
async def test_web_key_that_verifies_nothing_is_refused_at_the_start(
    serving: Serving, key: dict[str, Any], reason: str
) -> None:
    with pytest.raises(SettingsError, match=f"FLOWS_API_REST_JWT_SECRET: .*{reason}"):
        async with serving(jwt_secret=json.dumps(key)):
            pass


@pytest.mark.parametrize("crv", ["P-256", "P-384", "P-521"])
async def test_elliptic_key_is_of_its_curves_algorithm(serving: Serving, crv: str) -> None:
    curves: dict[str, tuple[str, ec.EllipticCurve]] = {
        "P-256": ("ES256", ec.SECP256R1()),
        "P-384": ("ES384", ec.SECP384R1()),
        "P-521": ("ES512", ec.SECP521R1()),
    }
    algorithm, curve = curves[crv]
    private = jwk.construct(cast(Any, ec.generate_private_key(curve)), algorithm)
    key = {name: value for name, value in private.to_dict().items() if name in ("kty", "crv", "x", "y")}
    token = jws.sign(json.dumps(ROLE).encode(), private, algorithm=algorithm)
    async with serving(jwt_secret=json.dumps(key)) as api:
        assert (await api.get("/rpc/who", headers={"Authorization": f"Bearer {token}"})).json() == "flows_rest_author"


async def test_secret_that_is_too_short_is_refused_at_the_start(serving: Serving) -> None:
    with pytest.raises(SettingsError, match=r"FLOWS_API_REST_JWT_SECRET: .* at least 32 characters"):
        async with serving(jwt_secret="short"):
            pass


@pytest.mark.parametrize(
    ("path", "claims", "role"),
    [
        (".role", {"role": "a"}, "a"),
        ("$.role", {"role": "a"}, "a"),
        (".app.role", {"app": {"role": "a"}}, "a"),
        ('."https://a.example/roles"[0]', {"https://a.example/roles": ["a", "b"]}, "a"),
        ("$['app']['role']", {"app": {"role": "a"}}, "a"),
        ("$.roles[1]", {"roles": ["a", "b"]}, "b"),
        ('.roles[?(@ == "b")]', {"roles": ["a", "b"]}, "b"),
        ('.roles[?(@ != "a")]', {"roles": ["a", "b"]}, "b"),
        ('.roles[?(@ ^== "ad")]', {"roles": ["a", "admin"]}, "admin"),
        ('.roles[?(@ ==^ "in")]', {"roles": ["a", "admin"]}, "admin"),
        ('.roles[?(@ *== "mi")]', {"roles": ["a", "admin"]}, "admin"),
        ("$.roles[?@ == 'b']", {"roles": ["a", "b"]}, "b"),
        ("$.roles[-1]", {"roles": ["a", "b"]}, "b"),
        ("$.roles[-3]", {"roles": ["a", "b"]}, None),
        ("$.roles[?search(@, '^ad')]", {"roles": ["a", "admin"]}, "admin"),
        ('$.roles[?(search(@, "min$"))]', {"roles": ["a", "admin"]}, "admin"),
        ("$.roles[?search(@, 'x')]", {"roles": ["a", "admin"]}, None),
        (".role", {"role": 1}, "1"),
        (".role", {}, None),
        (".roles[5]", {"roles": []}, None),
        (".app.role", {"app": "text"}, None),
    ],
)
def test_role_stands_where_the_setting_says(path: str, claims: dict[str, Any], role: str | None) -> None:
    assert ClaimPath.parse(path).find(claims) == role


@pytest.mark.parametrize("path", ["role", ".", ".a[", ".a[?(@ = 1)]", ".a b", "$.a[?search(@, '(')]"])
def test_place_that_cannot_be_read_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="role claim key"):
        ClaimPath.parse(path)
