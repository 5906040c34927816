"""New keys, for who has none yet."""

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jose import jwk

from flows_shared.tokens.keys import PUBLIC_MEMBERS, thumbprint


def generate_jwk(algorithm: str) -> dict[str, str]:
    """A new private key for RS256 or ES256, as a JSON Web Key."""
    pair: EllipticCurvePrivateKey | RSAPrivateKey = (
        ec.generate_private_key(ec.SECP256R1())
        if algorithm == "ES256"
        else rsa.generate_private_key(public_exponent=65537, key_size=3072)
    )
    made = {name: _text(value) for name, value in jwk.construct(_pem(pair), algorithm).to_dict().items()}
    kid = thumbprint({name: made[name] for name in PUBLIC_MEMBERS[made["kty"]]})
    return {**made, "kid": kid, "alg": algorithm, "use": "sig"}


def _pem(pair: EllipticCurvePrivateKey | RSAPrivateKey) -> bytes:
    return pair.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
