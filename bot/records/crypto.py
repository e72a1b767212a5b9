"""Encryption at rest: AES-256-GCM values bound to their row, and keyed hashes for look-ups.

A sealed value is `version (1 byte) | key id (4 bytes) | nonce (12 bytes) | ciphertext and tag`. The associated
data is `table.column:row id`, so a value copied to another row or column does not open.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.settings import Settings, get_settings

VERSION = b"\x01"
KEY_ID_BYTES = 4
NONCE_BYTES = 12
HEADER_BYTES = len(VERSION) + KEY_ID_BYTES + NONCE_BYTES


class SealError(ValueError):
    """A sealed value is damaged, belongs to another row, or was sealed with a key we do not have."""


def _derive(master: str, purpose: str) -> bytes:
    kdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=f"palliative-intake/{purpose}".encode())
    return kdf.derive(master.encode())


class Keyring:
    """The current master key and the earlier ones that old rows may still need.

    Args:
        master: the current master key, any string of good entropy.
        old: earlier master keys, only used to open.
    """

    def __init__(self, master: str, old: tuple[str, ...] = ()) -> None:
        self._ciphers: dict[bytes, AESGCM] = {}
        self._lookup_keys = [_derive(key, "lookup") for key in (master, *old)]
        for key in (master, *old):
            derived = _derive(key, "seal")
            self._ciphers[hashlib.sha256(derived).digest()[:KEY_ID_BYTES]] = AESGCM(derived)
        self._current = next(iter(self._ciphers))
        self._masters = (master, *old)

    def seal(self, place: str, row_id: str, value: bytes) -> bytes:
        """Encrypt `value` for one place (`table.column`) of one row."""
        nonce = os.urandom(NONCE_BYTES)
        ciphertext = self._ciphers[self._current].encrypt(nonce, value, f"{place}:{row_id}".encode())
        return VERSION + self._current + nonce + ciphertext

    def open(self, place: str, row_id: str, sealed: bytes) -> bytes:
        """Decrypt what `seal` made for the same place and row.

        Raises:
            SealError: the value is damaged, moved, or its key is unknown.
        """
        sealed = bytes(sealed)
        key_id = sealed[1 : 1 + KEY_ID_BYTES]
        cipher = self._ciphers.get(key_id)
        if sealed[:1] != VERSION or cipher is None:
            raise SealError(f"{place}: sealed with a key this installation does not have")
        nonce = sealed[1 + KEY_ID_BYTES : HEADER_BYTES]
        try:
            return cipher.decrypt(nonce, sealed[HEADER_BYTES:], f"{place}:{row_id}".encode())
        except InvalidTag as error:
            raise SealError(f"{place}: damaged, or moved from another row") from error

    def needs_rotation(self, sealed: bytes) -> bool:
        """True when the value was sealed with an earlier key."""
        return bytes(sealed)[1 : 1 + KEY_ID_BYTES] != self._current

    def seal_json(self, place: str, row_id: str, value: Any) -> bytes:
        """`seal` for any JSON value."""
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return self.seal(place, row_id, text.encode())

    def open_json(self, place: str, row_id: str, sealed: bytes) -> Any:
        """`open` for what `seal_json` made."""
        return json.loads(self.open(place, row_id, sealed))

    def lookup(self, purpose: str, value: str) -> str:
        """A keyed hash (hex) by which a value such as a phone number is found without being readable."""
        return hmac.new(self._lookup_keys[0], f"{purpose}:{value}".encode(), hashlib.sha256).hexdigest()

    def lookups(self, purpose: str, value: str) -> list[str]:
        """`lookup` with the current key and with each earlier one."""
        text = f"{purpose}:{value}".encode()
        return [hmac.new(key, text, hashlib.sha256).hexdigest() for key in self._lookup_keys]

    def subkey(self, purpose: str) -> bytes:
        """A 32-byte key for another purpose (audit chain, internal secrets), derived from the master key."""
        return _derive(self._masters[0], purpose)

    def subkeys(self, purpose: str) -> list[bytes]:
        """`subkey` of the current key and of each earlier one."""
        return [_derive(master, purpose) for master in self._masters]


def master_key(settings: Settings) -> str:
    """The configured master key, or the one in the data folder's key file, made (mode 600) when missing."""
    configured = settings.secret_key.get_secret_value()
    if configured:
        return configured
    return _key_file(settings.data / "secret.key")


def _key_file(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        # Written whole under another name first: a crash must not leave half a key behind.
        handle, name = tempfile.mkstemp(dir=path.parent, prefix="secret.")
        draft = Path(name)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process made the key first: theirs is the one
        finally:
            draft.unlink()
    return path.read_text(encoding="utf-8").strip()


@lru_cache(maxsize=1)
def get_keyring() -> Keyring:
    """The keyring of this process."""
    settings = get_settings()
    old = tuple(key for key in settings.old_secret_keys.get_secret_value().split(",") if key)
    return Keyring(master_key(settings), old)
