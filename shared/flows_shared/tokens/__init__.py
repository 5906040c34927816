"""JSON Web Tokens: signed and verified with keys that pin the algorithm, each refusal an error of its own."""

from flows_shared.tokens.claims import Claims
from flows_shared.tokens.errors import (
    TokenAlgorithmRefused,
    TokenAudienceWrong,
    TokenClaimsWrong,
    TokenError,
    TokenExpired,
    TokenIssuerWrong,
    TokenKeyUnknown,
    TokenMalformed,
    TokenMissing,
    TokenNotYetValid,
    TokenSignatureWrong,
)
from flows_shared.tokens.generate import generate_jwk
from flows_shared.tokens.keys import TokenKey, parse_keys
from flows_shared.tokens.mailed import derived_token, mailed_code, mailed_invite, mailed_token
from flows_shared.tokens.ring import KeyRing, secrets_ring
from flows_shared.tokens.sign import sign_token
from flows_shared.tokens.signature import read_header, signed_claims
from flows_shared.tokens.verify import bearer_token, verify_token

__all__ = [
    "Claims",
    "KeyRing",
    "TokenAlgorithmRefused",
    "TokenAudienceWrong",
    "TokenClaimsWrong",
    "TokenError",
    "TokenExpired",
    "TokenIssuerWrong",
    "TokenKey",
    "TokenKeyUnknown",
    "TokenMalformed",
    "TokenMissing",
    "TokenNotYetValid",
    "TokenSignatureWrong",
    "bearer_token",
    "derived_token",
    "generate_jwk",
    "mailed_code",
    "mailed_invite",
    "mailed_token",
    "parse_keys",
    "read_header",
    "secrets_ring",
    "sign_token",
    "signed_claims",
    "verify_token",
]
