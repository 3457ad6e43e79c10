"""Links to a person's page on a social network."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector

_PAGES = frozenset(
    [
        "share",
        "intent",
        "home",
        "search",
        "login",
        "about",
        "privacy",
        "terms",
        "hashtag",
        "explore",
        "p",
        "reel",
        "reels",
        "stories",
        "groups",
        "pages",
        "events",
        "watch",
        "settings",
        "status",
        "joinchat",
        "sharer",
    ]
)


def _a_person(text: str) -> bool:
    """Whether the last part of the path is no page of the network itself."""
    return text.rstrip("/").rpartition("/")[2].split("?")[0].casefold().lstrip("@") not in _PAGES


@detector
def social_profile() -> Rule:
    """https://schema.org/sameAs"""
    return Rule(
        id="social-profile-url",
        entity="URL",
        label="Link to a person's profile",
        pattern=(
            r"(?i)(?:^|[^\p{L}\d._@-])(?P<value>(?:https?://)?(?:[a-z]{2,3}\.)?(?:linkedin\.com/in/[\p{L}\d_%-]{3,80}"
            r"|(?:facebook\.com|fb\.com)/(?:profile\.php\?id=\d{5,20}|[a-z0-9]{1,30}\.[a-z0-9.]{1,40})"
            r"|(?:instagram\.com|tiktok\.com/@|t\.me|threads\.net/@)/?[a-z0-9_.]{3,40}|(?:twitter"
            r"|x)\.com/[a-z0-9_]{3,15}|xing\.com/profile/[\p{L}\d_-]{3,80}))(?:$|[^\p{L}\d_/.-]|[/.](?:$|\s))"
        ),
        triggers=(
            r"(?i)(?:linkedin\.com/in/|facebook\.com/|fb\.com/|instagram\.com/|tiktok\.com/@|t\.me/"
            r"|threads\.net/@|twitter\.com/|x\.com/|xing\.com/profile/)[a-z0-9_%-]",
        ),
        score=0.75,
        validate=_a_person,
        valid_score=0.8,
        matches=("⟦https://www.linkedin.com/in/jane-doe-12ab⟧", "see ⟦https://twitter.com/jane_doe84⟧ for more"),
        ignores=(
            "https://www.linkedin.com/company/acme",
            "https://twitter.com/share?u=1",
            "https://instagram.com/p/Cx1",
            "https://netflix.com/title",
        ),
    )
