"""What the corpora are, who made them, and under which licence: the notice that goes with weights that learnt from them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

# start of a source's name -> work, makers, licence, address
CORPORA = {
    "broad-twitter": ("Broad Twitter Corpus", "L. Derczynski, K. Bontcheva, I. Roberts, 2016", "CC BY 4.0", "https://github.com/GateNLP/broad_twitter_corpus"),
    "wnut17": ("WNUT 2017, emerging and rare entities", "L. Derczynski, E. Nichols, M. van Erp, N. Limsopatham, 2017", "CC BY 4.0", "https://github.com/leondz/emerging_entities_17"),
    "swedish": ("Swedish NER corpus (web news)", "A. Klintberg, over Språkbanken's Webbnyheter", "CC BY 4.0", "https://github.com/klintan/swedish-ner-corpus"),
    "norne": ("NorNE", "F. Jørgensen, T. Aasmoe, A.-S. Ruud Husevåg, L. Øvrelid, E. Velldal, 2020", "CC0 1.0 for the annotation", "https://github.com/ltgoslo/norne"),
    "germeval": ("GermEval 2014", "D. Benikova, C. Biemann, M. Reznicek, 2014", "CC BY 4.0", "https://sites.google.com/site/germeval2014ner"),
    "legal-de": ("German legal entity recognition", "E. Leitner, G. Rehm, J. Moreno-Schneider, 2020", "CC BY 4.0", "https://github.com/elenanereiss/Legal-Entity-Recognition"),
    "europeana": ("Europeana Newspapers NER corpora (de, fr, nl)", "C. Neudecker, 2016", "CC0 1.0", "https://github.com/EuropeanaNewspapers/ner-corpora"),
    "crossner": ("CrossNER (AI, literature, music, politics, science)", "Z. Liu, Y. Xu, T. Yu et al., 2021", "MIT for the annotation; text of Wikipedia, CC BY-SA", "https://github.com/zliucr/CrossNER"),
    "wikiann": ("WikiANN (fr, nl)", "X. Pan et al., 2017; splits A. Rahimi et al., 2019", "text of Wikipedia, CC BY-SA 3.0", "https://github.com/afshinrahimi/mmner"),
    "stockmark": ("Named entities of the Japanese Wikipedia", "Stockmark Inc.", "CC BY-SA 3.0", "https://github.com/stockmarkteam/ner-wikipedia-dataset"),
    "gsd-ja": ("UD Japanese GSD with named entities", "Universal Dependencies contributors; Megagon Labs", "CC BY-SA 4.0", "https://github.com/megagonlabs/UD_Japanese-GSD"),
    "uner": ("Universal NER (en EWT)", "S. Mayhew et al., 2024, over Universal Dependencies", "CC BY-SA 4.0", "https://www.universalner.org"),
    "zh-gsd": ("Universal NER (zh GSD)", "S. Mayhew et al., 2024, over Universal Dependencies", "CC BY-SA 4.0", "https://www.universalner.org"),
    "pt-bosque": ("Universal NER (pt Bosque)", "S. Mayhew et al., 2024, over Universal Dependencies", "CC BY-SA 4.0", "https://www.universalner.org"),
    "da-ddt": ("Universal NER (da DDT)", "S. Mayhew et al., 2024, over Universal Dependencies", "CC BY-SA 4.0", "https://www.universalner.org"),
    "hr-set": ("Universal NER (hr SET)", "S. Mayhew et al., 2024, over Universal Dependencies", "CC BY-SA 4.0", "https://www.universalner.org"),
    "sv-talbanken": ("Universal NER (sv Talbanken)", "S. Mayhew et al., 2024, over Universal Dependencies", "CC BY-SA 4.0", "https://www.universalner.org"),
    "sk-snk": ("Universal NER (sk SNK)", "S. Mayhew et al., 2024, over Universal Dependencies", "CC BY-SA 4.0", "https://www.universalner.org"),
    "klue-ko": ("KLUE-NER", "S. Park et al., 2021", "CC BY-SA 4.0", "https://klue-benchmark.com"),
    "hiner": ("HiNER", "R. Murthy, P. Bhattacharjee, R. Sharnagat et al., 2022", "CC BY-SA 4.0", "https://github.com/cfiltnlp/HiNER"),
}  # fmt: skip
LICENCES = {
    "sa": "Creative Commons Attribution-ShareAlike 4.0 International (https://creativecommons.org/licenses/by-sa/4.0/legalcode)",
    "open": "Apache License 2.0 (https://www.apache.org/licenses/LICENSE-2.0)",
}
_OTHERS = """It also learnt from generated text (Apache-2.0, this project) and from prose of Debian packages, and its word list comes
from GeoNames (CC BY 4.0), WordNet 3.0, SCOWL, Faker (MIT), jieba (MIT, rewritten in traditional characters with
OpenCC's tables, Apache-2.0) and IPADIC; docs/model-card.md of the project names each."""
_WORD_LISTS = Path(__file__).parent / "wordlists.txt"  # notices that must go with their words


def notice(name: str, sources: Iterable[str]) -> str:
    """Return the licence and attribution of the model ``name`` that learnt from ``sources``."""
    used = sorted({start for start in CORPORA for source in sources if source.startswith(start)})
    lost = [source for source in sources if not any(source.startswith(start) for start in CORPORA)]
    if lost:
        raise ValueError(f"no attribution for {', '.join(sorted(lost))}; add it to training/licences.py")
    lines = [f"The files of this folder are licensed under the {LICENCES[name]}.", ""]
    lines += ["The weights learnt from these corpora:", ""]
    for start in used:
        work, makers, licence, address = CORPORA[start]
        lines.append(f"- {work}. {makers}. {licence}. {address}")
    lines += ["", "Changed: the corpora were converted, detokenised, sampled, spoilt by noise and turned into numbers;",
              "no text of theirs is in these files.", "", _OTHERS, "", _WORD_LISTS.read_text().rstrip()]  # fmt: skip
    return "\n".join(lines) + "\n"
