"""Records to engine: rebuild a catalogue's index, follow its change log."""

from indexer.follower import Follower
from indexer.rebuild import RebuildReport, rebuild, roll_back

__all__ = ["Follower", "RebuildReport", "rebuild", "roll_back"]
