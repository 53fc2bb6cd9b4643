"""SSH public keys: whether a base64 text is one whole key of its type (RFC 4253 6.6, RFC 5656, RFC 8709)."""

import base64
import binascii
import hashlib
from collections.abc import Callable

RSA_LEAST_BITS = 3072

Fields = list[bytes]


def _ed25519(fields: Fields) -> str | None:
    return None if len(fields) == 1 and len(fields[0]) == 32 else "is not a 32-byte Ed25519 key"


def _sk_ed25519(fields: Fields) -> str | None:
    return None if len(fields) == 2 and len(fields[0]) == 32 and fields[1] else "is not an Ed25519 security key"


def _ecdsa(curve: bytes, point_size: int) -> Callable[[Fields], str | None]:
    def check(fields: Fields) -> str | None:
        whole = len(fields) == 2 and fields[0] == curve and len(fields[1]) == point_size and fields[1][:1] == b"\x04"
        return None if whole else f"is not an uncompressed point of {curve.decode()}"

    return check


def _sk_ecdsa(fields: Fields) -> str | None:
    if len(fields) != 3 or not fields[2]:
        return "is not an ECDSA security key"
    return _ecdsa(b"nistp256", 65)(fields[:2])


def _rsa(fields: Fields) -> str | None:
    if len(fields) != 2:
        return "is not an RSA key"
    bits = int.from_bytes(fields[1]).bit_length()
    return None if bits >= RSA_LEAST_BITS else f"is an RSA key of {bits} bits; at least {RSA_LEAST_BITS} are wanted"


CHECKS: dict[str, Callable[[Fields], str | None]] = {
    "ssh-ed25519": _ed25519,
    "sk-ssh-ed25519@openssh.com": _sk_ed25519,
    "ecdsa-sha2-nistp256": _ecdsa(b"nistp256", 65),
    "ecdsa-sha2-nistp384": _ecdsa(b"nistp384", 97),
    "ecdsa-sha2-nistp521": _ecdsa(b"nistp521", 133),
    "sk-ecdsa-sha2-nistp256@openssh.com": _sk_ecdsa,
    "ssh-rsa": _rsa,
}


def problem_of_key(key_type: str, text: str) -> str | None:
    """Why this is not a usable public key, as the end of a sentence; `None` when it is one."""
    check = CHECKS.get(key_type)
    if check is None:
        return f"has a type that is not one of {', '.join(CHECKS)}"
    try:
        blob = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return "is not base64"
    fields = _fields(blob)
    if not fields or base64.b64encode(blob).decode() != text:
        return "is cut off, or has bytes after its end"
    if fields[0] != key_type.encode():
        return f"says {key_type} but holds a key of another type"
    return check(fields[1:])


def fingerprint_of(text: str) -> str:
    """`SHA256:...` of a key's base64 text, as sshd and `ssh-keygen -l` write it."""
    digest = hashlib.sha256(base64.b64decode(text)).digest()
    return f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}"


def _fields(blob: bytes) -> Fields | None:
    """The length-prefixed strings of the blob (RFC 4251 section 5); `None` unless they fill it exactly."""
    fields = []
    rest = blob
    while rest:
        size = int.from_bytes(rest[:4])
        if len(rest) < 4 + size:
            return None
        fields.append(rest[4 : 4 + size])
        rest = rest[4 + size :]
    return fields
