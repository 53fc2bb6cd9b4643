"""The applier's memory: which uids it ever gave to whom here, and the document that it last applied in full."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from team_host import paths
from team_host.errors import Refused
from team_host.files import FileState, read_state, write_file
from team_host.sudoers_line import Grant, parse_sudoers_line


@dataclass(frozen=True)
class Record:
    """`uids` maps each uid that was ever used here to its login, and never shrinks. `document` is raw JSON."""

    uids: Mapping[int, str] = field(default_factory=dict)
    document: Mapping[str, Any] = field(default_factory=dict)

    def made(self, login: str, uid: int) -> bool:
        """Whether the applier made this account, or was about to."""
        return self.uids.get(uid) == login

    def grant(self, label: str) -> Grant | None:
        """The grant of that label when a run last came to its end."""
        line = self.document.get("sudoers", {}).get(label)
        try:
            return parse_sudoers_line(line) if isinstance(line, str) else None
        except Refused:
            return None


def read_record() -> Record:
    """The record; an empty one when there is none, or when it is damaged.

    Losing it is safe: accounts still carry their marker. It only means more caution (an account that nobody
    wants any more is closed but not deleted).
    """
    state = read_state(paths.RECORD)
    try:
        raw = json.loads(state.content) if state else {}
        uids = {int(uid): str(login) for uid, login in raw.get("uids", {}).items()}
        document = raw.get("document", {})
        return Record(uids, document if isinstance(document, dict) else {})
    except (ValueError, AttributeError):
        return Record()


def write_record(record: Record) -> None:
    """Replace the record."""
    raw = {
        "document": record.document,
        "uids": {str(uid): login for uid, login in sorted(record.uids.items())},
        "version": 1,
    }
    text = json.dumps(raw, indent=2, sort_keys=True) + "\n"
    write_file(paths.RECORD, FileState(text.encode(), 0o600, 0, 0))
