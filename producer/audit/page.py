from collections.abc import Sequence
from producer.audit.audit import Audit


def html(audits: Sequence[Audit], title: str) -> str:
    return ""
