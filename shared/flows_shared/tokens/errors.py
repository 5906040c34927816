"""Every way in which a token can be wrong, each an error of its own."""

from flows_shared.errors import FlowsError


class TokenError(FlowsError):
    """The request carries no token that can be believed."""

    code = "auth.token"


class TokenMissing(TokenError):
    code = "auth.token_missing"

    def __init__(self) -> None:
        super().__init__("no token: send the header 'Authorization: Bearer <token>'")


class TokenMalformed(TokenError):
    code = "auth.token_malformed"


class TokenClaimsWrong(TokenMalformed):
    """It was signed, but a claim is not of its kind."""


class TokenAlgorithmRefused(TokenError):
    code = "auth.token_algorithm"


class TokenKeyUnknown(TokenError):
    code = "auth.token_key"


class TokenSignatureWrong(TokenError):
    code = "auth.token_signature"


class TokenExpired(TokenError):
    code = "auth.token_expired"


class TokenNotYetValid(TokenError):
    code = "auth.token_not_yet_valid"


class TokenIssuerWrong(TokenError):
    code = "auth.token_issuer"


class TokenAudienceWrong(TokenError):
    code = "auth.token_audience"
