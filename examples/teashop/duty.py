"""Who is on duty: staff who scanned the counter's code with their own phone, and are told of each paid order."""

from __future__ import annotations

import secrets
import sqlite3

CODE_SECONDS = 600
SCENE = "duty."


def new_code(db: sqlite3.Connection, now: int) -> str:
    """A scene nobody can guess, good for ten minutes; to be drawn as a code and scanned at the counter."""
    scene = SCENE + secrets.token_hex(12)
    db.execute("delete from duty_code where expires_at <= ?", (now,))
    db.execute("insert into duty_code (scene, expires_at) values (?, ?)", (scene, now + CODE_SECONDS))
    return scene


def begin(db: sqlite3.Connection, now: int, *, scene: str, openid: str) -> bool:
    """Somebody scanned a code. True when it was a counter's code that is still good."""
    good = db.execute("select 1 from duty_code where scene = ? and expires_at > ?", (scene, now)).fetchone()
    if good:
        db.execute("insert or ignore into duty (openid, since) values (?, ?)", (openid, now))
    return bool(good)


def end(db: sqlite3.Connection, openid: str) -> bool:
    """True when that person was on duty."""
    return db.execute("delete from duty where openid = ?", (openid,)).rowcount > 0


def everybody(db: sqlite3.Connection) -> list[sqlite3.Row]:
    return db.execute("select openid, since from duty order by since, openid limit 100").fetchall()
