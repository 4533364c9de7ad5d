"""What must hold in every conversation, whatever happened."""

from hutong.kernel.db import Snapshot

MOST = 100  # sentences of one sort

_CHECKS = {
    "conversation {} says it has {} messages, and has {}": (
        "select c.id, c.last_seq, count(x.seq) from chat_conversation c"
        " left join chat_message x on x.conversation_id = c.id group by c.id, c.last_seq"
        " having count(x.seq) <> c.last_seq or coalesce(max(x.seq), 0) <> c.last_seq"
    ),
    "conversation {} says it has {} members, and has {}": (
        "select c.id, c.members, count(m.user_id) from chat_conversation c"
        " left join chat_member m on m.conversation_id = c.id group by c.id, c.members"
        " having count(m.user_id) <> c.members"
    ),
    "group {} has {} owners": (
        "select c.id, sum(case when m.role = 'OWNER' then 1 else 0 end) from chat_conversation c"
        " join chat_member m on m.conversation_id = c.id where c.kind = 'GROUP' group by c.id"
        " having sum(case when m.role = 'OWNER' then 1 else 0 end) <> 1"
    ),
    "in conversation {}, member {} has read beyond its end": (
        "select m.conversation_id, m.user_id from chat_member m join chat_conversation c"
        " on c.id = m.conversation_id where m.read_seq > c.last_seq or m.cleared_seq > c.last_seq"
    ),
}


def audit(snapshot: Snapshot) -> list[str]:
    """One sentence for each thing that is wrong."""
    return [
        sentence.format(*row)
        for sentence, sql in _CHECKS.items()
        for row in snapshot.rows(f"{sql} limit :most", most=MOST)
    ]
