"""What a text is about, by the words that are frequent in it and rare in the others (tf-idf; Salton & Buckley 1988).

Pure, and nothing but the standard library: the worker calls it, the test holds it to the definition.
"""

import math
import re
from collections import Counter

WORD = re.compile(r"[a-z][a-z-]{2,}")
CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)


def count_terms(text):
    """How often each word of at least three letters stands in the prose of a Markdown text."""
    counts = Counter(WORD.findall(CODE.sub(" ", text).lower()))
    return dict(sorted(counts.items()))


def weigh(documents):
    """For each document its words with their weight: share of the document × ln(documents / those that have the word).

    `documents`: by name, the counts of `count_terms`.
    """
    having = Counter(word for counts in documents.values() for word in counts)
    weights = {}
    for name, counts in documents.items():
        words = sum(counts.values())
        weights[name] = {
            word: count / words * math.log(len(documents) / having[word]) for word, count in counts.items()
        }
    return weights


def keywords(weights, most=5):
    """The heaviest words of a document; of equal ones the first in the alphabet."""
    return sorted(weights, key=lambda word: (-weights[word], word))[:most]


def similarity(one, other):
    """Cosine of two documents' weights: 0 when they share no word that tells documents apart, 1 for the same."""
    product = sum(weight * other.get(word, 0.0) for word, weight in one.items())
    length = math.hypot(*one.values()) * math.hypot(*other.values())
    return product / length if length else 0.0


def nearest(weights):
    """For each document the other one that is most like it, and how much."""
    found = {}
    for name, one in weights.items():
        others = [(similarity(one, other), who) for who, other in weights.items() if who != name]
        likeness, who = max(others, default=(0.0, None))
        found[name] = (who, likeness)
    return found
