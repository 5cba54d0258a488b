"""Identity numbers and phones are kept sealed, with an index by which the same number is found again."""

import hashlib
import hmac

from cryptography.hazmat.primitives.ciphers.aead import AESSIV


class Seal:
    """The house's seal, made from its secret; another secret opens nothing and finds nothing.

    >>> seal = Seal(b"a secret of the house")
    >>> seal.opened(seal.sealed("phone", "13800000000"), "phone")
    '13800000000'
    """

    def __init__(self, secret: bytes) -> None:
        self._cipher = AESSIV(hashlib.sha512(b"lendmill seal" + secret).digest())
        self._index_key = hashlib.sha256(b"lendmill index" + secret).digest()

    def sealed(self, what: str, text: str) -> bytes:
        """Unreadable without the secret, and not to be passed off as something else (`what` is bound in)."""
        return self._cipher.encrypt(text.encode(), [what.encode()])

    def opened(self, sealed: bytes, what: str) -> str:
        """What was sealed; a changed byte raises `cryptography.exceptions.InvalidTag`."""
        return self._cipher.decrypt(sealed, [what.encode()]).decode()

    def index(self, what: str, text: str) -> bytes:
        """The same text always gives the same index; the index does not give the text."""
        return hmac.new(self._index_key, f"{what}:{text}".encode(), hashlib.sha256).digest()
