"""One thing that is not as it should be on this machine, as the audit reports it."""

from dataclasses import dataclass
from typing import Literal

# drift: not as the plan says. leftover: something by which access that is gone could come back.
# unmanaged: an account, key or right that team-runtime did not make.
Kind = Literal["drift", "leftover", "unmanaged"]


@dataclass(frozen=True, order=True)
class Finding:
    """`item` is what it is about: a path, an account, or a part such as `sudo`.

    `sentence` says what is wrong, `fix` what to do about it: whole sentences of printable ASCII.
    """

    kind: Kind
    item: str
    sentence: str
    fix: str
