"""GitLab session cookie."""

from __future__ import annotations

from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def gitlab_session_cookie() -> Rule:
    """https://docs.gitlab.com/administration/logs/"""
    return Rule(
        id="gitlab-session-cookie",
        entity=SECRET,
        label="GitLab session cookie",
        pattern="_gitlab_session=(?P<value>[0-9a-z]{32})(?:$|[^A-Za-z0-9_-])",
        triggers=("_gitlab_session=[0-9a-z]{32}",),
        score=0.97,
        matches=("Cookie: _gitlab_session=⟦{x32}⟧; path=/",),
        ignores=("_gitlab_session=deleted",),
    )
