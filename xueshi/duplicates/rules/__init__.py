"""What two claims have in common (``spelling``) and what follows (``judging``): pure, no database."""

from xueshi.duplicates.rules.judging import Claimed, Feature, Held, Source, judge, meets
from xueshi.duplicates.rules.spelling import Key, keys_of, value_of

__all__ = ["Claimed", "Feature", "Held", "Key", "Source", "judge", "keys_of", "meets", "value_of"]
