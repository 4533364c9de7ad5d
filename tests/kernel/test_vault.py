"""The vault: keyed hashes are plain HMAC-SHA-256, so that any language can check a home."""

import hashlib
import hmac

from hutong.kernel.vault import Vault


def test_a_mac_is_hmac_sha_256_under_the_homes_own_key() -> None:
    key = hashlib.sha256(b"mac" + b"7" * 32).digest()
    for parts in ((), ("",), ("session", "a" * 500), ("茶", "1")):
        expected = hmac.digest(key, "\x00".join(("pin", *parts)).encode(), "sha256").hex()
        vault = Vault(b"7" * 32)
        assert vault.mac("pin", *parts) == expected == vault.mac("pin", *parts)
