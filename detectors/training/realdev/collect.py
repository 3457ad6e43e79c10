"""Draws the texts of the real development set from Debian packages: ``python -m training.realdev.collect``.

Needs the Debian packages named in ``detectors/training/README.md``. Prints nothing of the texts, writes ``texts.jsonl``.
The drawn files' other paragraphs may be used as silver prose; the drawn paragraphs themselves are excluded by hash.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from pathlib import Path

HERE = Path(__file__).parent
QUOTAS = {  # source -> (how many texts, language)
    "fortunes": (130, "en"),
    "irc": (40, "en"),
    "fortunes-de": (45, "de"),
    "irc-de": (15, "de"),
    "fortunes-es": (40, "es"),
    "changelog": (60, "en"),
    "news": (60, "en"),
    "thanks": (40, "en"),
    "copyright": (30, "en"),
    "foldoc": (50, "en"),
    "debian-history": (40, "en"),
    "manual": (40, "en"),
}
_NAMELIKE = re.compile(r"(?<=[a-z,;:(] )[A-ZÀ-Þ][a-zà-ÿ]+")
_RUDE = re.compile(r"\b(fuck|shit|cunt|nigg|whore|slut|rape|tits|porn|sex)", re.I)


def main() -> None:
    rng = random.Random(20240607)
    texts = []
    for source, (wanted, lang) in QUOTAS.items():
        pool = sorted(set(filter(_usable, paragraphs(source))))
        rng.shuffle(pool)
        namelike = [t for t in pool if len(_NAMELIKE.findall(t)) >= 2]
        chosen = namelike[: wanted * 6 // 10]
        chosen += [t for t in pool if t not in set(chosen)][: wanted - len(chosen)]
        texts += [{"source": source, "lang": lang, "text": t} for t in chosen]
    rng.shuffle(texts)
    with (HERE / "texts.jsonl").open("w") as out:
        for number, text in enumerate(texts, 1):
            out.write(json.dumps({"id": number, **text}, ensure_ascii=False) + "\n")


def paragraphs(source: str) -> list[str]:
    """Return the candidate texts of one kind of source."""
    games, doc = Path("/usr/share/games/fortunes"), Path("/usr/share/doc")
    if source == "fortunes":
        skip = {"knghtbrd", "ascii-art", "limerick"}
        return _fortunes(f for f in sorted(games.glob("*.u8")) if f.stem not in skip)
    if source == "irc":
        return _fortunes([games / "knghtbrd.u8"])
    if source == "fortunes-de":
        return _fortunes(
            f for f in sorted((games / "de").glob("*.u8")) if "debian" not in f.stem and f.stem != "asciiart"
        )
    if source == "irc-de":
        return _fortunes(sorted((games / "de").glob("*debian*.u8")))
    if source == "fortunes-es":
        return _fortunes(sorted((games / "es").glob("*.u8")) or sorted((games / "es").glob("*[!t]")))
    if source == "foldoc":
        text = gzip.decompress(Path("/usr/share/dictd/foldoc.dict.dz").read_bytes()).decode(errors="replace")
        return [p for p in re.split(r"\n\s*\n", text) if p.count("\n") > 1]
    if source == "debian-history":
        return _blocks(
            sorted(Path("/usr/share/doc/debian-history").rglob("*.txt.gz"))
            + sorted((doc / "debian-history").rglob("*.gz"))
        )
    if source == "manual":
        return _blocks(
            [
                Path("/usr/share/developers-reference/developers-reference.txt.gz"),
                *sorted((doc / "debian-faq").rglob("*.txt.gz")),
            ]
        )
    patterns = {
        "changelog": ["*/changelog.Debian.gz", "*/changelog.gz"],
        "news": ["*/NEWS*.gz"],
        "thanks": ["*/THANKS*", "*/AUTHORS*", "*/CREDITS*", "*/Credits*"],
        "copyright": ["*/copyright"],
    }[source]
    return _blocks([f for p in patterns for f in sorted(doc.glob(p))], per_file=40)


def _fortunes(files: object) -> list[str]:
    out = []
    for file in files:  # type: ignore[attr-defined]
        out += re.split(r"\n%\n", file.read_text(errors="replace"))
    return out


def _blocks(files: list[Path], per_file: int = 4000) -> list[str]:
    out = []
    for file in files:
        content = file.read_bytes()
        text = (gzip.decompress(content) if file.suffix == ".gz" else content).decode(errors="replace")[:400_000]
        rng = random.Random(file.name + file.parent.name)
        blocks = re.split(r"\n\s*\n|\n(?=\s*[*-] )", text)
        rng.shuffle(blocks)
        out += blocks[:per_file]
    return out


def _usable(text: str) -> bool:
    text = text.strip()
    letters = sum(c.isalpha() or c.isspace() for c in text)
    return (
        40 <= len(text) <= 420
        and letters > 0.75 * len(text)
        and not _RUDE.search(text)
        and "\x00" not in text
        and "�" not in text
    )


if __name__ == "__main__":
    main()
