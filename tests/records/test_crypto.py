"""Encryption at rest: bound to its row, rotated without loss, and the key file is private."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from bot.records import crypto
from bot.records.crypto import Keyring, SealError
from bot.settings import Settings


def test_a_value_opens_only_in_its_own_place() -> None:
    keyring = Keyring("a master key")
    sealed = keyring.seal("message.body", "1", b"I am afraid")
    assert b"afraid" not in sealed
    assert keyring.open("message.body", "1", sealed) == b"I am afraid"
    for place, row in (("message.body", "2"), ("ticket.note", "1")):
        with pytest.raises(SealError):
            keyring.open(place, row, sealed)


def test_a_damaged_value_is_refused() -> None:
    keyring = Keyring("a master key")
    sealed = bytearray(keyring.seal("t.c", "1", b"word"))
    sealed[-1] ^= 1
    with pytest.raises(SealError):
        keyring.open("t.c", "1", bytes(sealed))


def test_an_old_key_still_opens_and_a_new_one_seals() -> None:
    sealed = Keyring("old").seal("t.c", "1", b"word")
    rotated = Keyring("new", ("old",))
    assert rotated.open("t.c", "1", sealed) == b"word"
    assert rotated.needs_rotation(sealed)
    assert not rotated.needs_rotation(rotated.seal("t.c", "1", b"word"))
    with pytest.raises(SealError):
        Keyring("new").open("t.c", "1", sealed)


def test_look_ups_are_stable_and_keyed() -> None:
    assert Keyring("a").lookup("phone", "+1") == Keyring("a").lookup("phone", "+1")
    assert Keyring("a").lookup("phone", "+1") != Keyring("b").lookup("phone", "+1")


def test_the_key_file_is_made_once_and_private(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    first = crypto.master_key(settings)
    assert crypto.master_key(settings) == first
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]
