"""One difference between the access document and the machine."""

from collections.abc import Callable
from dataclasses import dataclass

from team_host.document import AccessDocument
from team_host.host import Host


@dataclass(frozen=True)
class Change:
    """What to say about the difference, and what removes it.

    `sentences` are printed when `perform` has done its work, or, by `--check`, instead of it. A change
    without sentences is bookkeeping and no difference for a reader.
    """

    sentences: tuple[str, ...]
    perform: Callable[[], object]


Phase = Callable[[AccessDocument, Host], list[Change]]
