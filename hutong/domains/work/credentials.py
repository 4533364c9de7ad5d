"""Credentials: agents and the directory's secrets, each with one access token at a time."""

from hutong.kernel.clock import DAY_MS, SECOND_MS, Millis
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError
from hutong.kernel.frozen import Frozen

from . import corps
from .errors import (
    CORPID_MISSING,
    SECRET_MISSING,
    TOKEN_EXPIRED,
    TOKEN_INVALID,
    TOKEN_MISSING,
    WRONG_SECRET,
)
from .tables import AccessToken, Corp, CorpId, Credential, CredentialKind

TOKEN_MS = 7200 * SECOND_MS  # published
REMEMBERED_MS = DAY_MS  # how long an expired token is told from an invented one
FIRST_AGENT = 1000002  # the first number a corp's own application gets
DIRECTORY_AGENTS = {CredentialKind.CONTACT: 2000002, CredentialKind.EXTERNAL_CONTACT: 2000003}
AGENTS_PER_CORP = 500


class Keys(Frozen):
    """The open keys of a credential, for its administrator."""

    secret: str
    token: str
    encoding_aes_key: str


def create(
    tx: Tx, corp: Corp, *, kind: CredentialKind, name: str, description: str = "", callback_url: str = ""
) -> Credential:
    """Make an agent with the next free number, or the corp's directory credential of this kind.

    A directory credential exists once: making it again returns the first.
    """
    tx.lock(corp)
    if (agentid := DIRECTORY_AGENTS.get(kind)) is None:
        last = tx.value(
            "select max(agentid) from work_credential where corpid = :corp and agentid < :above",
            corp=corp.corpid,
            above=FIRST_AGENT + AGENTS_PER_CORP,
        )
        agentid = FIRST_AGENT if last is None else last + 1
    elif (existing := tx.find(Credential, corpid=corp.corpid, agentid=agentid)) is not None:
        return existing
    secret = tx.new_handle("", 43)
    return tx.insert(
        Credential(
            corpid=corp.corpid,
            agentid=agentid,
            kind=kind,
            name=name,
            description=description,
            secret_mac=tx.vault.mac("work.secret", corp.corpid, secret),
            secret_sealed=tx.vault.seal(secret),
            token_sealed=tx.vault.seal(tx.new_handle("", 32)),
            encoding_aes_key_sealed=tx.vault.seal(tx.new_handle("", 43)),
            created_at=tx.now,
            callback_url=callback_url,
        )
    )


def keys(snapshot: Snapshot, credential: Credential) -> Keys:
    """The credential's keys, opened."""
    return Keys(
        secret=snapshot.vault.unseal(credential.secret_sealed),
        token=snapshot.vault.unseal(credential.token_sealed),
        encoding_aes_key=snapshot.vault.unseal(credential.encoding_aes_key_sealed),
    )


def list_(snapshot: Snapshot, corpid: CorpId) -> list[Credential]:
    """Every credential of the corp, by number."""
    return snapshot.all(
        Credential,
        "where corpid = :corp order by agentid limit :limit",
        corp=corpid,
        limit=AGENTS_PER_CORP + len(DIRECTORY_AGENTS),
    )


def issue_token(tx: Tx, *, corpid: str, secret: str) -> tuple[str, int]:
    """The access token of a corp's secret, and the seconds it has left.

    The same token comes back while it is valid. Raises CORPID_MISSING, SECRET_MISSING, UNKNOWN_CORP,
    WRONG_SECRET.
    """
    if not corpid:
        raise DomainError(CORPID_MISSING)
    if not secret:
        raise DomainError(SECRET_MISSING)
    corps.get(tx, corpid)
    credential = tx.find_locked(
        Credential, corpid=corpid, secret_mac=tx.vault.mac("work.secret", corpid, secret)
    )
    if credential is None:
        raise DomainError(WRONG_SECRET, corpid=corpid)
    current = tx.one(
        AccessToken,
        "where corpid = :corp and agentid = :agent and expires_at > :now order by expires_at desc limit 1",
        corp=credential.corpid,
        agent=credential.agentid,
        now=tx.now,
    )
    if current is not None:
        left = (current.expires_at - tx.now + SECOND_MS - 1) // SECOND_MS
        return tx.vault.unseal(current.token_sealed), left
    tx.run("delete from work_access_token where expires_at < :old", old=tx.now - REMEMBERED_MS)
    token = tx.new_handle("", 214)
    tx.insert(
        AccessToken(
            token_mac=tx.vault.mac("work.token", token),
            token_sealed=tx.vault.seal(token),
            corpid=credential.corpid,
            agentid=credential.agentid,
            expires_at=Millis(tx.now + TOKEN_MS),
        )
    )
    return token, TOKEN_MS // SECOND_MS


def authenticate(snapshot: Snapshot, token: str) -> Credential:
    """Whose access token this is. Raises TOKEN_MISSING, TOKEN_INVALID or TOKEN_EXPIRED."""
    if not token:
        raise DomainError(TOKEN_MISSING)
    found = snapshot.find(AccessToken, token_mac=snapshot.vault.mac("work.token", token))
    if found is None:
        raise DomainError(TOKEN_INVALID)
    if snapshot.now >= found.expires_at:
        raise DomainError(TOKEN_EXPIRED)
    return snapshot.get(Credential, corpid=found.corpid, agentid=found.agentid)
