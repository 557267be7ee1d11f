"""What no mix with beds can be for a profile, another mix of the same render may be: which file that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from producer.audit.audit import Audit
from producer.audit.finding import Finding
from producer.audit.verdicts import NARRATION
from producer.model.mixes import MIXES

_SPEECH_ALONE = MIXES["narration_only"].name


def shipped(audits: Sequence[Audit]) -> tuple[Audit, ...]:
    """The same audits; findings that tell to ship the narration name its file where that is among them, and good."""
    good = {(one.profile, one.facts.codec): one.name for one in audits if one.mix == _SPEECH_ALONE and not one.findings}

    def named(audit: Audit, finding: Finding) -> Finding:
        file = good.get((audit.profile, audit.facts.codec), "")
        if not file or NARRATION not in finding.mend:
            return finding
        return replace(finding, mend=f"ship {file} instead, which is in this folder and passes", instead=file)

    return tuple(replace(one, findings=tuple(named(one, found) for found in one.findings)) for one in audits)
